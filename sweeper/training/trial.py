"""One trial as the host sees it while it trains: what its next epoch needs, its best epoch so far, and when it ends."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sweeper.parts.schedules import learning_rates
from sweeper.records import EpochRecord, Objective, Outcome, Reason, State, TrialPlan
from sweeper.training.early_stopping import Patience
from sweeper.training.knobs import optimizer_settings
from sweeper.training.passes import Pass


@dataclass(frozen=True)
class Ending:
    """How a trial ends."""

    state: State
    reason: Reason


class Trial:
    """Told of every epoch, in order, from epoch 0 (the state before training) on.

    `compile_seconds` is what its program cost, 0 where it was compiled for an earlier trial. `seconds` is what was spent on it:
    `compile`, `train`, `evaluate`, `probe`; where lanes trained side by side, its share. `improved` says whether the epoch
    that was told last is the best one so far. The objective's value is that of the best epoch from the first on.
    """

    def __init__(self, plan: TrialPlan, objective: Objective, rows: int, compile_seconds: float) -> None:
        """`rows` are those of its training part."""
        self.plan = plan
        self.seconds: dict[str, float] = defaultdict(float, compile=compile_seconds)
        self.next = 0
        self.improved = False
        self.ending: Ending | None = None
        self._objective, self._rows = objective, rows
        self._patience = Patience(objective, plan.configuration["regularization"].get("early_stopping"))
        self._probed = probed_epochs(plan.epochs)
        self._epochs = 0
        self._value = self._last = math.nan
        self._best_epoch: int | None = None

    @property
    def batch_size(self) -> int:
        return int(self.plan.configuration["training"]["batch_size"])

    @property
    def next_pass(self) -> Pass:
        """The way through its training rows in the next epoch."""
        return Pass.of(self.plan, self.next)

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each step of the next epoch [steps]."""
        return epoch_learning_rates(self.plan, self._rows, self.next)

    @property
    def is_probed(self) -> bool:
        """Whether the signal is looked at after the next epoch."""
        return self.next in self._probed

    @property
    def waits(self) -> bool:
        """Whether it stands at a rung, for a verdict."""
        return self.ending is None and self.next - 1 in self.plan.rungs

    def take(self, metrics: Mapping[str, float], spent: Mapping[str, float]) -> EpochRecord:
        """Note the next epoch, with what it gave and what it cost, and decide whether the trial has come to its end."""
        epoch, plan = self.next, self.plan
        for what, seconds in spent.items():
            self.seconds[what] += seconds
        record = EpochRecord(plan.number, epoch, metrics, spent, _now(), plan.repeat, plan.attempt)
        self.next += 1
        self._judge(record)
        return record

    def prune(self) -> None:
        """End it where it stands."""
        self.ending = Ending(State.PRUNED, Reason.PRUNER)

    def outcome(self, metrics: Mapping[str, float]) -> Outcome:
        """How it ended; `metrics` are those measured once, with the weights of the best epoch."""
        assert self.ending is not None
        return Outcome(
            trial=self.plan.number,
            state=self.ending.state,
            reason=self.ending.reason,
            value=self._value if math.isfinite(self._value) else None,
            last=self._last if math.isfinite(self._last) else None,
            best_epoch=self._best_epoch,
            epochs=self._epochs,
            seconds=dict(self.seconds),
            time=_now(),
            metrics=metrics,
            repeat=self.plan.repeat,
            attempt=self.plan.attempt,
        )

    @property
    def has_best(self) -> bool:
        """Whether any epoch gave a value."""
        return self._best_epoch is not None

    def _judge(self, record: EpochRecord) -> None:
        epoch, value = record.epoch, record.metrics.get(self._objective.metric, math.nan)
        self._epochs, self.improved = epoch, False
        if not _finite(record, self._objective):
            self.ending = Ending(State.PRUNED, Reason.DIVERGED)
            return
        if epoch == 0:
            return
        self._last = value
        if self._objective.better(value, self._value):
            self._value, self._best_epoch, self.improved = value, epoch, True
        if epoch == self.plan.epochs:
            self.ending = Ending(State.COMPLETE, Reason.FINISHED)
        elif self._patience.is_over(value):
            self.ending = Ending(State.COMPLETE, Reason.EARLY_STOP)


def probed_epochs(epochs: int) -> frozenset[int]:
    """The epochs after which the signal is looked at: the start, the first, the middle and the last."""
    return frozenset({0, 1, (epochs + 1) // 2, epochs})


def epoch_learning_rates(plan: TrialPlan, rows: int, epoch: int) -> np.ndarray:
    """The learning rate of each step of this epoch, counted from 1: [steps] float32. Before training, those of epoch 1."""
    settings = optimizer_settings(plan.configuration)
    steps = math.ceil(rows / plan.configuration["training"]["batch_size"])
    schedule = settings.get("schedule") or {"constant": {}}
    return learning_rates(schedule, float(settings["learning_rate"]), max(epoch, 1), steps, plan.epochs)


def _finite(record: EpochRecord, objective: Objective) -> bool:
    """Whether the trial's losses and objective are still numbers; other metrics may be undefined (a class not in a part)."""
    watched = {"train_loss", "train_eval_loss", "val_loss", objective.metric} & record.metrics.keys()
    return all(math.isfinite(record.metrics[name]) for name in watched)


def _now() -> int:
    return int(time.time() * 1000)
