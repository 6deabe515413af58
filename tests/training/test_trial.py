"""A whole trial: what is recorded, which epoch is best, how it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sweeper.records import DataInfo, EpochRecord, Objective, Outcome, Reason, State, TrialPlan, Verdict
from sweeper.training.program import Program
from sweeper.training.trial import DeviceData, epoch_learning_rates, probed_epochs, row_order, train

from .conftest import TRAIN, configuration, plan

LOSS = Objective("val_loss", maximize=False, metrics=("accuracy",))


@dataclass
class Notes:
    """A watcher that keeps the records, stops at a rung if told so, and leaves after an epoch if told so."""

    stop_at: int | None = None
    leave_after: int | None = None
    records: list[EpochRecord] = field(default_factory=list)

    def record(self, record: EpochRecord) -> None:
        self.records.append(record)

    def verdict(self, epoch: int) -> Verdict:
        return Verdict.STOP if epoch == self.stop_at else Verdict.GO

    def stopping(self) -> bool:
        return self.records[-1].epoch == self.leave_after

    def curve(self, name: str) -> list[float]:
        return [record.metrics[name] for record in self.records if name in record.metrics]


def run(
    trial: TrialPlan, info: DataInfo, data: DeviceData, objective: Objective = LOSS, **watch: Any
) -> tuple[Outcome | None, Notes]:
    program = Program(trial.configuration, info, objective.metrics, "", data.train)
    notes = Notes(**watch)
    return train(program, trial, data, objective, notes, 0.5), notes


def test_a_trial_records_every_epoch_and_ends_with_its_best(info: DataInfo, data: DeviceData) -> None:
    outcome, notes = run(plan(configuration(), 6), info, data)
    assert outcome is not None
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


def test_test_metrics_belong_to_the_best_epoch(info: DataInfo, data: DeviceData) -> None:
    """With a rate that drives the loss up again, the best epoch is not the last one, and the weights are its own."""
    settings = configuration({"adam": {"learning_rate": 0.3}})
    outcome, _ = run(plan(settings, 6), info, data)
    assert outcome is not None
    assert outcome.best_epoch is not None
    shorter, _ = run(plan(settings, outcome.best_epoch), info, data)
    assert shorter is not None
    assert (shorter.value, shorter.metrics) == (outcome.value, outcome.metrics)


def test_the_same_plan_gives_the_same_bits(info: DataInfo, data: DeviceData) -> None:
    trial = plan(configuration(regularization={"dropout": 0.4}), 3)
    first, second = (run(trial, info, data)[1] for _ in range(2))
    assert [record.metrics for record in first.records] == [record.metrics for record in second.records]


def test_another_seed_gives_another_trial(info: DataInfo, data: DeviceData) -> None:
    settings = configuration()
    one, other = (run(plan(settings, 2, number=number), info, data)[1] for number in (0, 1))
    assert one.curve("val_loss") != other.curve("val_loss")


def test_a_loss_that_is_not_finite_is_a_result(info: DataInfo, data: DeviceData) -> None:
    outcome, notes = run(plan(configuration({"sgd": {"learning_rate": 1e25}}), 5), info, data)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == (State.PRUNED, Reason.DIVERGED)
    assert outcome.epochs < 5
    assert not math.isfinite(notes.records[-1].metrics["train_loss"])


def test_a_verdict_at_a_rung_stops_a_trial(info: DataInfo, data: DeviceData) -> None:
    outcome, notes = run(plan(configuration(), 6, rungs=(2, 4)), info, data, stop_at=4)
    assert outcome is not None
    assert (outcome.state, outcome.reason, outcome.epochs) == (State.PRUNED, Reason.PRUNER, 4)
    assert outcome.value == min(notes.curve("val_loss")[1:])


def test_a_trial_that_is_told_to_leave_has_no_outcome(info: DataInfo, data: DeviceData) -> None:
    outcome, notes = run(plan(configuration(), 6), info, data, leave_after=2)
    assert outcome is None
    assert len(notes.records) == 3


def test_early_stopping_ends_after_its_patience(info: DataInfo, data: DeviceData) -> None:
    settings = configuration(
        {"adam": {"learning_rate": 0.3}}, regularization={"early_stopping": {"patience": 2, "min_delta": 0.0}}
    )
    outcome, notes = run(plan(settings, 30), info, data)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == (State.COMPLETE, Reason.EARLY_STOP)
    assert outcome.best_epoch == outcome.epochs - 2
    assert len(notes.records) == outcome.epochs + 1


def test_an_objective_to_maximize(info: DataInfo, data: DeviceData) -> None:
    objective = Objective("val_accuracy", maximize=True, metrics=("accuracy",))
    outcome, notes = run(plan(configuration(), 5), info, data, objective)
    assert outcome is not None
    assert outcome.value == max(notes.curve("val_accuracy")[1:])


def test_losses_are_without_the_penalty(info: DataInfo, data: DeviceData) -> None:
    """The loss before training does not change with the penalty's strength, and the penalty is what hand arithmetic says."""
    plain = configuration()
    heavy = configuration(regularization={"l2": 10.0})
    (_, one), (_, other) = (run(plan(settings, 1), info, data) for settings in (plain, heavy))
    assert one.records[0].metrics["val_loss"] == other.records[0].metrics["val_loss"]
    assert one.records[0].metrics["penalty"] == 0.0
    program = Program(heavy, info, (), "", data.train)
    kernels = [w.numpy() for w in program.start(plan(heavy)).state["weights"] if w.ndim == 2]
    assert other.records[0].metrics["penalty"] == pytest.approx(
        10.0 * sum((k.astype("float64") ** 2).sum() for k in kernels), rel=1e-6
    )


def test_zero_initialization_shows_as_symmetry(info: DataInfo, data: DeviceData) -> None:
    _, notes = run(plan(configuration(initializer={"zeros": {}}), 2), info, data)
    assert notes.curve("layers/dense_1/symmetry") == [1.0] * 3
    assert notes.curve("layers/dense_1/gradient_rms") == [0.0] * 3


def test_the_signal_is_looked_at_at_the_start_the_first_the_middle_and_the_last_epoch() -> None:
    assert sorted(probed_epochs(20)) == [0, 1, 10, 20]
    assert sorted(probed_epochs(1)) == [0, 1]


def test_rows_come_in_a_new_order_each_epoch_unless_told_otherwise() -> None:
    trial = plan(configuration())
    first, second = (row_order(trial, TRAIN, epoch) for epoch in (1, 2))
    assert sorted(first) == list(range(TRAIN))
    assert (first != second).any()
    np.testing.assert_array_equal(row_order(plan(configuration(shuffle=False)), TRAIN, 1), np.arange(TRAIN))


def test_a_rate_for_every_step_the_last_partial_batch_included() -> None:
    assert len(epoch_learning_rates(plan(configuration()), TRAIN, 1)) == math.ceil(TRAIN / 32)
