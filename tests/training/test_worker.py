"""The worker's entry on real data: records on disk before they are told, programs kept, faults that end a trial and no more."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

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
from sweeper.training.resident_program import ResidentProgram
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
        if message["say"] == "records":
            assert len(read_spool(self._spool).records) == len(self.records), "told before it was written"

    @property
    def records(self) -> list[Record]:
        return [record_from_raw(raw) for message in self.said if message["say"] == "records" for raw in message["records"]]

    def outcomes(self) -> list[Outcome]:
        return [record for record in self.records if isinstance(record, Outcome)]


@pytest.fixture
def described(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The data section; tests say another one by parametrizing it."""
    return getattr(request, "param", {"wine": {}})


@pytest.fixture
def serve(tmp_path: Path, described: dict[str, Any]) -> Any:
    data = prepare(described, tmp_path, tmp_path / "data")
    settings = WorkerSettings(
        sweep="test",
        worker="w1",
        spool=str(tmp_path / "w1.jsonl"),
        data=data,
        objective=Objective("val_loss", maximize=False, metrics=("accuracy",)),
        folder=str(tmp_path),
    )

    def served(*messages: dict[str, Any], lanes: int = 1) -> Line:
        line = Line(Path(settings.spool), list(messages))
        main(line, replace(settings, lanes=lanes))
        return line

    return served


def train(*trials: TrialPlan) -> dict[str, Any]:
    return {"do": "train", "plans": [trial.to_raw() for trial in trials]}


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


def test_what_an_own_model_draws_and_does_not_train_follows_from_the_trials_seed_too(serve: Any, tmp_path: Path) -> None:
    """Random features; another trial before it changes nothing."""
    (tmp_path / "own.py").write_text(
        "import keras\n\n"
        "def build(input_shape, outputs):\n"
        "    layers = [keras.Input(input_shape), keras.layers.Dense(16, 'relu', trainable=False)]\n"
        "    return keras.Sequential([*layers, keras.layers.Dense(outputs)])\n"
    )
    own = configuration(model={"python": {"build": "own.py:build"}})
    [first] = serve(train(plan(own, 2, number=5))).outcomes()
    (tmp_path / "w1.jsonl").unlink()
    other, second = serve(train(plan(own, 2, number=4)), train(plan(own, 2, number=5))).outcomes()
    assert first.value == second.value != other.value


def test_a_subclassed_model_that_asks_for_nothing_trains(serve: Any, tmp_path: Path) -> None:
    """`call` without `training`, a weight that is no kernel, and a penalty that so finds nothing to act on."""
    (tmp_path / "own.py").write_text(
        "import keras\n\n"
        "class Scaled(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 3), name='w')\n"
        "    def call(self, x):\n"
        "        return keras.ops.matmul(x, self.w)\n\n"
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.scaled = Scaled()\n"
        "    def call(self, x):\n"
        "        return self.scaled(x)\n\n"
        "def build(input_shape, outputs):\n"
        "    return Own()\n"
    )
    own = configuration(model={"python": {"build": "own.py:build"}}, regularization={"l2": 1e-3})
    [outcome] = serve(train(plan(own, 3))).outcomes()
    assert (outcome.message, outcome.state) == ("", State.COMPLETE), outcome.trace


@pytest.mark.parametrize("described", [{"wine": {"folds": 5}}, {"wine": {"folds": 5, "train_rows": 60}}], indirect=True)
@pytest.mark.parametrize("lanes", [1, 5])
def test_folds_of_unequal_size_train_all(serve: Any, lanes: int) -> None:
    """113, 113, 114, 114, 114 rows to train on, and 29, 29, 28, 28, 28 to validate."""
    line = serve(train(*(plan(configuration(), 2, repeat=fold, fold=fold) for fold in range(5))), lanes=lanes)
    assert [outcome.message for outcome in line.outcomes()] == [""] * 5
    assert {outcome.state for outcome in line.outcomes()} == {State.COMPLETE}


def test_a_trial_that_diverges_before_training_ends_there_whoever_lies_beside_it(serve: Any) -> None:
    wild = plan(configuration(initializer={"random_normal": {"stddev": 1e30}}), 1, 0)
    line = serve(train(wild, plan(configuration(initializer={"random_normal": {"stddev": 0.1}}), 1, 1)), lanes=2)
    outcomes = {outcome.trial: outcome for outcome in line.outcomes()}
    assert (outcomes[0].reason, outcomes[0].epochs, outcomes[0].value) == (Reason.DIVERGED, 0, None)
    assert outcomes[1].reason is Reason.FINISHED
    assert [record.epoch for record in line.records if isinstance(record, EpochRecord) and record.trial == 0] == [0]


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


def test_trials_lie_side_by_side_and_a_lane_that_falls_free_takes_the_next(serve: Any, tmp_path: Path) -> None:
    """Five trials in three lanes, of one program, which is compiled once."""
    trials = [plan(configuration({"adam": {"learning_rate": 0.01}}), epochs, n) for n, epochs in enumerate((1, 3, 2, 2, 1))]
    line = serve(train(*trials), lanes=3)
    starts = [record for record in line.records if isinstance(record, Start)]
    assert [(start.trial, start.lanes, start.compiled) for start in starts] == [
        (0, 3, True), (1, 3, False), (2, 3, False), (3, 3, False), (4, 3, False),
    ]  # fmt: skip
    assert {outcome.trial: outcome.epochs for outcome in line.outcomes()} == {0: 1, 1: 3, 2: 2, 3: 2, 4: 1}
    assert line.outcomes()[0].trial == 0
    (tmp_path / "w1.jsonl").unlink()
    [again] = serve(train(trials[3]), lanes=3).outcomes()
    alike = {outcome.trial: outcome for outcome in line.outcomes()}[3]
    assert (again.value, again.metrics) == (alike.value, alike.metrics)


def test_verdicts_go_to_the_trials_they_are_on(serve: Any) -> None:
    trials = [plan(configuration(), 4, number, rungs=(2,)) for number in range(3)]
    words = [(2, "go"), (0, "stop"), (1, "go")]
    verdicts = [{"do": "verdict", "trial": number, "repeat": 0, "verdict": word} for number, word in words]
    line = serve(train(*trials), *verdicts, lanes=3)
    assert {outcome.trial: (outcome.reason, outcome.epochs) for outcome in line.outcomes()} == {
        0: (Reason.PRUNER, 2),
        1: (Reason.FINISHED, 4),
        2: (Reason.FINISHED, 4),
    }


def test_plans_of_another_batch_size_wait_for_lanes_of_their_own(serve: Any) -> None:
    trials = [plan(configuration(batch_size=size), 1, number) for number, size in enumerate((32, 16, 32))]
    line = serve(train(*trials), lanes=2)
    assert [outcome.trial for outcome in line.outcomes()] == [0, 2, 1]
    assert {outcome.state for outcome in line.outcomes()} == {State.COMPLETE}


def test_memory_that_does_not_suffice_halves_the_lanes_and_loses_no_trial(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The device refuses four lanes, as it does where they do not fit."""
    epoch = ResidentProgram.epoch

    def refusing(self: ResidentProgram, *arguments: Any) -> Any:
        if self.lanes > 2 and arguments[-1] > 2:  # not the batch of two rows with which a program is run in
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        return epoch(self, *arguments)

    monkeypatch.setattr(ResidentProgram, "epoch", refusing)
    trials = [plan(configuration(), 2, number) for number in range(4)]
    line = serve(train(*trials), lanes=4)
    assert {(outcome.trial, outcome.state, outcome.attempt) for outcome in line.outcomes()} == {
        (number, State.COMPLETE, 2) for number in range(4)
    }
    assert {start.lanes for start in line.records if isinstance(start, Start) and start.attempt == 2} == {2}
    [told] = [message for message in line.said if message["say"] == "lanes" and message["lanes"] == 2]
    assert told["why"] == "no memory for more lanes"


def test_memory_that_is_short_when_lanes_are_filled_halves_them_once(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put = ResidentProgram.put

    def refusing(self: ResidentProgram, training: Any, lane: int, one: Any) -> Any:
        if self.lanes > 2 and training is not None:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        return put(self, training, lane, one)

    monkeypatch.setattr(ResidentProgram, "put", refusing)
    line = serve(train(*(plan(configuration(), 1, number) for number in range(4))), lanes=4)
    assert {outcome.state for outcome in line.outcomes()} == {State.COMPLETE}
    assert [message["lanes"] for message in line.said if message["say"] == "lanes"][-1] == 2


def test_what_cannot_have_lanes_is_told_why(serve: Any, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import keras\n\n"
        "def build(input_shape, outputs):\n"
        "    layers = [keras.Input(input_shape), keras.layers.Reshape((13, 1)), keras.layers.Conv1D(4, 3)]\n"
        "    return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(outputs)])\n"
    )
    line = serve(train(plan(configuration(model={"python": {"build": "own.py:build"}}), 1)), lanes=8)
    assert line.outcomes()[0].state is State.COMPLETE
    [told] = [message for message in line.said if message["say"] == "lanes"]
    assert (told["lanes"], "convolutions" in told["why"]) == (1, True)
