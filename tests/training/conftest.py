"""A small real problem for the engine's tests: the first digits, and configurations to train on them."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from sweeper.records import DataInfo, Task, TrialPlan
from sweeper.seeds import Seeds
from sweeper.training.backends import open_backend
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import DeviceData
from sweeper.training.network import Network
from sweeper.training.resident_program import ResidentProgram

TRAIN, VALIDATION, TEST = 203, 60, 50
"""203 rows leave a last batch of 11 at batch size 32."""


def configuration(
    optimizer: dict[str, Any] | None = None,
    model: dict[str, Any] | None = None,
    regularization: dict[str, Any] | None = None,
    initializer: dict[str, Any] | None = None,
    **training: Any,
) -> dict[str, Any]:
    """A configuration with every default filled in, as the space reader gives it."""
    nothing = dict.fromkeys(("l1", "l2", "dropout", "noise", "early_stopping"))
    return {
        "model": model or {"mlp": {"layers": "24-16", "depth": None, "activation": "relu", "normalization": None}},
        "initializer": initializer or {"he_normal": {}},
        "regularization": {**nothing, **(regularization or {})},
        "optimizer": optimizer or {"adam": {"learning_rate": 0.01}},
        "training": {"batch_size": 32, "class_weight": None, "shuffle": True, **training},
    }


_SHARED = {"activation": "relu", "normalization": "batch"}
FAMILIES: dict[str, dict[str, Any]] = {
    "mlp": {"mlp": {"layers": "24-16", "depth": None, **_SHARED}},
    "cnn": {"cnn": {"filters": "4-8", "kernel_size": 3, "pooling": "max", "head": "flatten", "dense": None, **_SHARED}},
    "rnn": {"rnn": {"cell": "lstm", "layers": 1, "units": 6, "bidirectional": False, "head": "last"}},
    "transformer": {
        "transformer": {
            "depth": 1, "heads": 2, "head_width": 4, "feed_forward": 2, "activation": "relu", "normalization": "pre",
            "positions": "learned",
        }
    },
}  # fmt: skip
"""A small one of each family."""


def plan(settings: dict[str, Any], epochs: int = 3, number: int = 0, **fields: Any) -> TrialPlan:
    return TrialPlan(number, {}, settings, Seeds.of(7, number), epochs, **fields)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return ((x - x.mean()) / x.std()).astype("float32").reshape(-1, 8, 8, 1), y.astype("int32")


@pytest.fixture(scope="session")
def info() -> DataInfo:
    rows = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
    return DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, rows, "", "", class_counts=(20,) * 9 + (23,))


@pytest.fixture(scope="session")
def backend() -> Backend:
    """Keras's own, which `KERAS_BACKEND` says: tests/training/test_backends.py runs these tests on the other one too."""
    opened = open_backend(keras.backend.backend())
    opened.claim("")
    return opened


@pytest.fixture(scope="session")
def data(digits: tuple[np.ndarray, np.ndarray], backend: Backend) -> DeviceData:
    x, y = digits
    rows = np.arange(TRAIN + VALIDATION + TEST, dtype="int32")
    train, validation, test = np.split(rows, np.cumsum([TRAIN, VALIDATION]))
    index = {"train": train, "train_eval": train[:VALIDATION], "val": validation, "test": test}
    return DeviceData(backend.array(x[: len(rows)]), backend.array(y[: len(rows)]), (index,))


@pytest.fixture(scope="session")
def build(backend: Backend, info: DataInfo, data: DeviceData) -> Any:
    """`build(configuration, metrics=(), lanes=1)`: a program over the digits, or over other data with their shape."""

    def built(
        settings: dict[str, Any], metrics: tuple[str, ...] = (), lanes: int = 1, other: DeviceData | None = None
    ) -> ResidentProgram:
        return ResidentProgram(backend, Network(settings, info, ""), settings, info, metrics, other or data, lanes)

    return built


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, backend: Backend, info: DataInfo) -> str:
    """Each family for which the back end has lanes."""
    name = str(request.param)
    why = backend.why_one_lane(Network(configuration(model=FAMILIES[name]), info, "").layers)
    if why:
        pytest.skip(why)
    return name
