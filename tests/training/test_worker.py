"""The worker's entry on real data: records on disk before they are told, programs kept, faults that end a trial and no more."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import pytest

from sweeper.data.prepare import prepare
from sweeper.records import (
    EpochRecord,
    Objective,
    Outcome,
    Reason,
    Record,
    Start,
    State,
    TrialPlan,
    WorkerSettings,
    record_from_raw,
)
from sweeper.tracking.spool import read_spool
from sweeper.training.worker import main

from .conftest import configuration, plan


class Line:
    """A channel whose parent has said everything beforehand, and looks at the spool whenever it is told something."""

    def __init__(self, spool: Path, messages: list[dict[str, Any]]) -> None:
        self._spool, self._messages = spool, deque(messages)
        self.said: list[dict[str, Any]] = []

    def receive(self) -> dict[str, Any] | None:
        return self._messages.popleft() if self._messages else None

    def waiting(self) -> bool:
        return False

    def send(self, message: dict[str, Any]) -> None:
        self.said.append(message)
        if message["say"] == "record":
            assert len(read_spool(self._spool).records) == len(self.records), "told before it was written"

    @property
    def records(self) -> list[Record]:
        return [record_from_raw(message["record"]) for message in self.said if message["say"] == "record"]

    def outcomes(self) -> list[Outcome]:
        return [record for record in self.records if isinstance(record, Outcome)]


@pytest.fixture
def serve(tmp_path: Path) -> Any:
    data = prepare({"wine": {}}, tmp_path, tmp_path / "data")
    settings = WorkerSettings(
        sweep="test",
        worker="w1",
        spool=str(tmp_path / "w1.jsonl"),
        data=data,
        objective=Objective("val_loss", maximize=False, metrics=("accuracy",)),
        folder=str(tmp_path),
    )

    def served(*messages: dict[str, Any]) -> Line:
        line = Line(Path(settings.spool), list(messages))
        main(line, settings)
        return line

    return served


def train(trial: TrialPlan) -> dict[str, Any]:
    return {"do": "train", "plan": trial.to_raw()}


def test_two_trials_of_one_structure_share_a_program(serve: Any, tmp_path: Path) -> None:
    trials = [plan(configuration({"adam": {"learning_rate": rate}}), 2, number) for number, rate in enumerate((0.1, 0.01))]
    line = serve(*map(train, trials))
    assert line.said[0]["say"] == "ready"
    assert line.said[0]["device"] == "CPU"
    starts = [record for record in line.records if isinstance(record, Start)]
    assert [start.compiled for start in starts] == [True, False]
    assert starts[0].structure == starts[1].structure
    assert [outcome.state for outcome in line.outcomes()] == [State.COMPLETE] * 2
    assert line.outcomes()[1].seconds["compile"] == 0.0
    assert list(read_spool(tmp_path / "w1.jsonl").records) == line.records


def test_a_builder_that_raises_fails_its_trial_with_the_users_line_and_the_next_one_trains(serve: Any, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def build(input_shape, outputs):\n    raise ValueError('no such layer')\n")
    broken = configuration(model={"python": {"build": "own.py:build"}})
    line = serve(train(plan(broken, 1)), train(plan(configuration(), 1, 1)))
    failed, complete = line.outcomes()
    assert (failed.state, failed.reason) == (State.FAILED, Reason.ERROR)
    assert failed.message == "own.py, line 2, in build: ValueError: no such layer\n        raise ValueError('no such layer')"
    assert "Traceback" in failed.trace
    assert complete.state is State.COMPLETE


def test_an_own_model_trains_and_starts_from_the_trials_seed(serve: Any, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import keras\n\n"
        "def build(input_shape, outputs, units):\n"
        "    layers = [keras.Input(input_shape), keras.layers.Dense(units, 'relu'), keras.layers.Dropout(0.2)]\n"
        "    return keras.Sequential([*layers, keras.layers.Dense(outputs, 'softmax')])\n"
    )
    own = configuration(model={"python": {"build": "own.py:build", "units": 5}})
    trials = [plan(own, 3, number=number) for number in (0, 1)]
    line = serve(*map(train, [*trials, trials[0]]))
    values = [outcome.value for outcome in line.outcomes()]
    assert values[0] == values[2] != values[1]


def test_a_stop_ends_the_worker_with_the_trial_unfinished(serve: Any) -> None:
    trial = plan(configuration(), 5, rungs=(2,))
    line = serve(train(trial), {"do": "stop"})
    assert line.outcomes() == []
    assert [record.epoch for record in line.records if isinstance(record, EpochRecord)] == [0, 1, 2]


def test_a_verdict_at_a_rung_is_obeyed(serve: Any) -> None:
    trial = plan(configuration(), 5, rungs=(1, 3))
    verdicts = [{"do": "verdict", "trial": 0, "verdict": word} for word in ("go", "stop")]
    line = serve(train(trial), *verdicts)
    [outcome] = line.outcomes()
    assert (outcome.reason, outcome.epochs) == (Reason.PRUNER, 3)


def test_a_verdict_on_a_trial_that_had_diverged_at_the_rung_is_passed_over(serve: Any) -> None:
    wild = plan(configuration({"sgd": {"learning_rate": 1e30}}), 3, rungs=(1,))
    line = serve(train(wild), {"do": "verdict", "trial": 0, "verdict": "stop"}, train(plan(configuration(), 1, 1)))
    assert [outcome.reason for outcome in line.outcomes()] == [Reason.DIVERGED, Reason.FINISHED]
