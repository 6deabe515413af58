"""A whole trial in a lane of its own: what is recorded, which epoch is best, how it ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sweeper.records import EpochRecord, Objective, Outcome, Reason, State, TrialPlan
from sweeper.training.device_data import DeviceData
from sweeper.training.lanes import Lanes
from sweeper.training.passes import Pass
from sweeper.training.trial import Trial, epoch_learning_rates, probed_epochs

from .conftest import TRAIN, configuration, plan

LOSS = Objective("val_loss", maximize=False, metrics=("accuracy",))


@dataclass
class Notes:
    """What a trial told while it trained."""

    records: list[EpochRecord] = field(default_factory=list)

    def curve(self, name: str) -> list[float]:
        return [record.metrics[name] for record in self.records if name in record.metrics]


Run = Callable[..., tuple[Outcome, Notes]]


@pytest.fixture
def run(build: Any, data: DeviceData) -> Run:
    """Trains a trial to its end; at the rung `stop_at` it is pruned."""

    def trained(trial: TrialPlan, objective: Objective = LOSS, stop_at: int | None = None) -> tuple[Outcome, Notes]:
        lanes = Lanes(build(trial.configuration, objective.metrics))
        lanes.place(Trial(trial, objective, TRAIN, 0.5))
        notes = Notes(list(lanes.begin()))
        while not (outcomes := lanes.finish()):
            notes.records += lanes.round()
            if lanes.running[0].waits and lanes.running[0].next - 1 == stop_at:
                lanes.running[0].prune()
        return outcomes[0], notes

    return trained


def test_a_trial_records_every_epoch_and_ends_with_its_best(run: Run) -> None:
    outcome, notes = run(plan(configuration(), 6))
    assert [record.epoch for record in notes.records] == list(range(7))
    losses = notes.curve("val_loss")[1:]
    assert (outcome.state, outcome.reason, outcome.epochs) == (State.COMPLETE, Reason.FINISHED, 6)
    assert outcome.value == min(losses)
    assert outcome.last == losses[-1]
    assert outcome.best_epoch == losses.index(min(losses)) + 1
    assert {"test_loss", "test_accuracy"} == outcome.metrics.keys()
    assert outcome.seconds["compile"] == 0.5
    assert notes.records[0].metrics.keys() >= {"train_eval_loss", "val_loss", "penalty", "layers/dense_1/gradient_rms"}
    assert "train_loss" not in notes.records[0].metrics


def test_test_metrics_belong_to_the_best_epoch(run: Run) -> None:
    """With a rate that drives the loss up again, the best epoch is not the last one, and the weights are its own."""
    settings = configuration({"adam": {"learning_rate": 0.3}})
    outcome, _ = run(plan(settings, 6))
    assert outcome.best_epoch is not None
    shorter, _ = run(plan(settings, outcome.best_epoch))
    assert (shorter.value, shorter.metrics) == (outcome.value, outcome.metrics)


def test_the_same_plan_gives_the_same_bits(run: Run) -> None:
    trial = plan(configuration(regularization={"dropout": 0.4}), 3)
    first, second = (run(trial)[1] for _ in range(2))
    assert [record.metrics for record in first.records] == [record.metrics for record in second.records]


def test_another_seed_gives_another_trial(run: Run) -> None:
    settings = configuration()
    one, other = (run(plan(settings, 2, number=number))[1] for number in (0, 1))
    assert one.curve("val_loss") != other.curve("val_loss")


def test_a_loss_that_is_not_finite_is_a_result(run: Run) -> None:
    outcome, notes = run(plan(configuration({"sgd": {"learning_rate": 1e25}}), 5))
    assert (outcome.state, outcome.reason) == (State.PRUNED, Reason.DIVERGED)
    assert outcome.epochs < 5
    assert not math.isfinite(notes.records[-1].metrics["train_loss"])


def test_a_verdict_at_a_rung_stops_a_trial(run: Run) -> None:
    outcome, notes = run(plan(configuration(), 6, rungs=(2, 4)), stop_at=4)
    assert (outcome.state, outcome.reason, outcome.epochs) == (State.PRUNED, Reason.PRUNER, 4)
    assert outcome.value == min(notes.curve("val_loss")[1:])


def test_early_stopping_ends_after_its_patience(run: Run) -> None:
    settings = configuration(
        {"adam": {"learning_rate": 0.3}}, regularization={"early_stopping": {"patience": 2, "min_delta": 0.0}}
    )
    outcome, notes = run(plan(settings, 30))
    assert (outcome.state, outcome.reason) == (State.COMPLETE, Reason.EARLY_STOP)
    assert outcome.best_epoch == outcome.epochs - 2
    assert len(notes.records) == outcome.epochs + 1


def test_an_objective_to_maximize(run: Run) -> None:
    objective = Objective("val_accuracy", maximize=True, metrics=("accuracy",))
    outcome, notes = run(plan(configuration(), 5), objective)
    assert outcome.value == max(notes.curve("val_accuracy")[1:])


def test_losses_are_without_the_penalty(run: Run, build: Any) -> None:
    """The loss before training does not change with the penalty's strength, and the penalty is what hand arithmetic says."""
    plain = configuration()
    heavy = configuration(regularization={"l2": 10.0})
    (_, one), (_, other) = (run(plan(settings, 1)) for settings in (plain, heavy))
    assert one.records[0].metrics["val_loss"] == other.records[0].metrics["val_loss"]
    assert one.records[0].metrics["penalty"] == 0.0
    kernels = [w.numpy() for w in build(heavy).start(plan(heavy)).state["weights"] if w.ndim == 2]
    assert other.records[0].metrics["penalty"] == pytest.approx(
        10.0 * sum((k.astype("float64") ** 2).sum() for k in kernels), rel=1e-6
    )


def test_zero_initialization_shows_as_symmetry(run: Run) -> None:
    _, notes = run(plan(configuration(initializer={"zeros": {}}), 2))
    assert notes.curve("layers/dense_1/symmetry") == [1.0] * 3
    assert notes.curve("layers/dense_1/gradient_rms") == [0.0] * 3


def test_the_signal_is_looked_at_at_the_start_the_first_the_middle_and_the_last_epoch() -> None:
    assert sorted(probed_epochs(20)) == [0, 1, 10, 20]
    assert sorted(probed_epochs(1)) == [0, 1]


def test_rows_come_in_a_new_order_each_epoch_unless_told_otherwise() -> None:
    trial = plan(configuration())
    first, second = (Pass.of(trial, epoch).order(TRAIN) for epoch in (1, 2))
    assert sorted(first) == list(range(TRAIN))
    assert (first != second).any()
    np.testing.assert_array_equal(Pass.of(plan(configuration(shuffle=False)), 1).order(TRAIN), np.arange(TRAIN))


def test_a_rate_for_every_step_the_last_partial_batch_included() -> None:
    assert len(epoch_learning_rates(plan(configuration()), TRAIN, 1)) == math.ceil(TRAIN / 32)
