"""A network whose weights are no numbers any more has diverged, though its loss stays finite: on every kind of program."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweeper.data.prepare import prepare
from sweeper.diagnostics.signal import all_finite
from sweeper.records import DataInfo, EpochRecord, Objective, Outcome, Reason, State
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import load
from sweeper.training.lanes import Lanes
from sweeper.training.network import Network
from sweeper.training.program import Program
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.streamed_data import StreamedData
from sweeper.training.streamed_program import StreamedProgram
from sweeper.training.trial import Trial

from .conftest import configuration, plan

LOSS = Objective("val_loss", maximize=False, metrics=("accuracy",))
EPOCHS = 3
SMALL, LARGE = 1e-3, 30.0
"""Learning rates: with the large one the branch becomes negative somewhere."""

MODEL = """
import keras
from keras import layers, ops

def build(input_shape, outputs):
    '''Below 0 the gradient of the branch is 0 times that of a power, which is no number, while its value is 0: so its kernel is
    lost in one step, and afterwards it gives 0 for whatever comes.'''
    rows = keras.Input(input_shape)
    flat = layers.Flatten()(rows)
    branch = layers.Dense(4, bias_initializer=keras.initializers.Constant(50.0), name="branch")(flat)
    branch = ops.where(branch > 0, ops.power(branch, 0.3), 0.0)
    return keras.Model(rows, layers.Dense(outputs)(layers.Concatenate()([layers.Dense(8, activation="tanh")(flat), branch])))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    (made / "own.py").write_text(MODEL)
    return made


@pytest.fixture(scope="module")
def stored(folder: Path) -> DataInfo:
    return prepare({"digits": {"stream": "always"}}, folder, folder / "data")


def settings(learning_rate: float) -> dict[str, Any]:
    return configuration({"adam": {"learning_rate": learning_rate}}, {"python": {"build": "own.py:build"}}, batch_size=128)


@pytest.fixture(scope="module", params=["resident", "lanes", "streamed"])
def program(request: pytest.FixtureRequest, backend: Backend, stored: DataInfo, folder: Path) -> Program:
    about = backend, Network(settings(SMALL), stored, str(folder)), settings(SMALL), stored, LOSS.metrics
    if request.param == "streamed":
        return StreamedProgram(*about, StreamedData(stored, backend, 256 * 400))
    return ResidentProgram(*about, load(stored, backend), 2 if request.param == "lanes" else 1)


def trained(program: Program, *rates: float) -> tuple[list[EpochRecord], list[Outcome], Lanes]:
    lanes, trials = Lanes(program), [plan(settings(rate), EPOCHS, number) for number, rate in enumerate(rates)]
    for trial in trials:
        lanes.place(Trial(trial, LOSS, 1077, 0.0))
    records, outcomes = list(lanes.begin()), []
    while lanes.running:
        records += lanes.round()
        outcomes += lanes.finish()
    return records, outcomes, lanes


def test_a_finite_loss_of_lost_weights_is_a_divergence(program: Program) -> None:
    records, [outcome], lanes = trained(program, LARGE)
    assert (outcome.state, outcome.reason, outcome.value) == (State.PRUNED, Reason.DIVERGED, None)
    last = records[-1].metrics
    assert all(math.isnan(last[name]) for name in ("train_loss", "train_eval_loss", "val_loss", "val_accuracy"))
    assert last["learning_rate"] == pytest.approx(LARGE)
    assert "train_finite" not in last
    assert lanes._training is not None
    measured = program.measure("val", lanes._training.state, lanes._training.knobs, [0] * program.lanes)
    assert math.isfinite(measured[0]["loss"]), "or the loss would have told"


@pytest.mark.parametrize("program", ["lanes"], indirect=True)
def test_its_neighbour_goes_on(program: Program) -> None:
    records, outcomes, _ = trained(program, SMALL, LARGE)
    ended = {outcome.trial: outcome for outcome in outcomes}
    assert ended[1].reason is Reason.DIVERGED
    assert (ended[0].state, ended[0].epochs) == (State.COMPLETE, EPOCHS)
    assert all(math.isfinite(record.metrics["val_loss"]) for record in records if record.trial == 0)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_one_entry_that_is_no_number_tells(backend: Backend, wrong: float) -> None:
    sound, counts = backend.array(np.ones((3, 2), "float32")), backend.array([1, 2], "int32")
    spoilt = np.ones((3, 2), "float32")
    spoilt[1, 1] = wrong
    assert float(all_finite([sound, counts])) == 1
    assert float(all_finite([sound, counts, backend.array(spoilt)])) == 0
    assert float(all_finite([counts])) == 1
