"""An epoch of some families on the back end of `KERAS_BACKEND`, from what FAMILY_start.npz of a folder holds.

python -m tests.training.one_epoch FOLDER FAMILY...
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from sweeper.records import DataInfo, Task
from sweeper.training.backends import open_backend
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import DeviceData
from sweeper.training.network import Network
from sweeper.training.resident_program import ResidentProgram
from tests.training.conftest import FAMILIES, TEST, TRAIN, VALIDATION, configuration, plan


def train(family: str, backend: Backend, folder: Path) -> None:
    with np.load(folder / f"{family}_start.npz") as given:
        arrays = dict(given)
    rows = np.arange(TRAIN + VALIDATION + TEST, dtype="int32")
    index = {"train": rows[:TRAIN], "train_eval": rows[:VALIDATION], "val": rows[TRAIN : TRAIN + VALIDATION]}
    data = DeviceData(backend.array(arrays["x"]), backend.array(arrays["y"]), (index,))
    info = DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, {"train": TRAIN, "validation": VALIDATION}, "", "")
    trial = plan(configuration({"sgd": {"learning_rate": 0.01}}, FAMILIES[family]), 1)
    program = ResidentProgram(backend, Network(trial.configuration, info, ""), trial.configuration, info, ("accuracy",), data)
    start = program.start(trial)
    weights = [backend.array(arrays[f"w{n}"]) for n in range(len(start.state["weights"]))]
    begun = replace(start, state={**start.state, "weights": weights})
    end, [measured] = program.epoch(begun, [arrays["order"]], [arrays["rates"]], 32)
    ended = {f"w{n}": np.asarray(weight) for n, weight in enumerate(end.state["weights"])}
    np.savez(folder / f"{family}_end.npz", loss=measured["loss"], **ended)


if __name__ == "__main__":
    opened = open_backend(keras.backend.backend())
    opened.claim("")
    for name in sys.argv[2:]:
        train(name, opened, Path(sys.argv[1]))
