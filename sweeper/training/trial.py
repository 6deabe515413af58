"""One trial, epoch by epoch: train, measure, record, and decide whether to go on."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sweeper.parts.schedules import learning_rates
from sweeper.records import EpochRecord, Objective, Outcome, Reason, State, TrialPlan, Verdict
from sweeper.seeds import derive
from sweeper.training.early_stopping import Patience
from sweeper.training.program import Program, Rows, Started, optimizer_settings


@dataclass(frozen=True)
class DeviceData:
    """The parts of the data on the device; `train_eval` is a fixed piece of the training part, evaluated like validation."""

    train: Rows
    train_eval: Rows
    validation: Rows | None
    test: Rows | None


class Watcher(Protocol):
    """Who is told of a trial while it trains; called in the worker, between epochs."""

    def record(self, record: EpochRecord) -> None:
        """An epoch ended. Returns once the record before this one is on disk."""

    def verdict(self, epoch: int) -> Verdict:
        """Asked at rungs, after the epoch's record; waits for the answer."""

    def stopping(self) -> bool:
        """Whether the worker was asked to leave."""


Seconds = defaultdict[str, float]
"""Wall-clock seconds by what they were spent on: `compile`, `train`, `evaluate`, `probe`."""


@dataclass
class Progress:
    """What is known of a trial so far: the best epoch and its state, and the seconds spent."""

    objective: Objective
    seconds: Seconds = field(default_factory=lambda: defaultdict(float))
    epochs: int = 0
    value: float = math.nan
    last: float = math.nan
    best_epoch: int | None = None
    best: Started | None = None

    def take(self, epoch: int, value: float, started: Started) -> None:
        self.epochs, self.last = epoch, value
        if self.objective.better(value, self.value):
            self.value, self.best_epoch, self.best = value, epoch, started


@contextmanager
def timed(what: str, spent: Seconds) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent[what] += time.perf_counter() - begun


def probed_epochs(epochs: int) -> frozenset[int]:
    """The epochs after which the signal is looked at: the start, the first, the middle and the last."""
    return frozenset({0, 1, (epochs + 1) // 2, epochs})


def train(
    program: Program, plan: TrialPlan, data: DeviceData, objective: Objective, watcher: Watcher, compile_seconds: float
) -> Outcome | None:
    """Train a trial to its end; None if the watcher asked to stop, so that the trial is unfinished.

    `compile_seconds` is what its program cost, 0 where it was compiled for an earlier trial. The objective's value is that of
    the best epoch from the first on; the test part is measured once, with that epoch's weights.
    """
    progress = Progress(objective)
    progress.seconds["compile"] = compile_seconds
    started = program.start(plan)
    patience = Patience(objective, plan.configuration["regularization"].get("early_stopping"))
    reason = Reason.FINISHED
    for epoch in range(plan.epochs + 1):
        started, record = _epoch(program, plan, data, started, epoch, progress)
        watcher.record(record)
        value = record.metrics.get(objective.metric, math.nan)
        if not _finite(record, objective):
            progress.epochs = epoch
            return _outcome(plan, progress, State.PRUNED, Reason.DIVERGED, program, data)
        if epoch == 0:
            continue
        progress.take(epoch, value, started)
        if epoch == plan.epochs:
            break
        if patience.is_over(value):
            reason = Reason.EARLY_STOP
            break
        if epoch in plan.rungs and watcher.verdict(epoch) is Verdict.STOP:
            return _outcome(plan, progress, State.PRUNED, Reason.PRUNER, program, data)
        if watcher.stopping():
            return None
    return _outcome(plan, progress, State.COMPLETE, reason, program, data)


def row_order(plan: TrialPlan, rows: int, epoch: int) -> np.ndarray:
    """The order of the rows in this epoch [rows] int32: a permutation from the trial's seed, or as they lie."""
    if not plan.configuration["training"].get("shuffle", True):
        return np.arange(rows, dtype="int32")
    return np.random.default_rng(derive(plan.seeds.order, "epoch", epoch)).permutation(rows).astype("int32")


def epoch_learning_rates(plan: TrialPlan, rows: int, epoch: int) -> np.ndarray:
    """The learning rate of each step of this epoch, counted from 1: [steps] float32."""
    settings = optimizer_settings(plan.configuration)
    steps = math.ceil(rows / plan.configuration["training"]["batch_size"])
    schedule = settings.get("schedule") or {"constant": {}}
    return learning_rates(schedule, float(settings["learning_rate"]), max(epoch, 1), steps, plan.epochs)


def _epoch(
    program: Program, plan: TrialPlan, data: DeviceData, started: Started, epoch: int, progress: Progress
) -> tuple[Started, EpochRecord]:
    """Train one epoch (none for epoch 0, the state before training) and measure everything that is due."""
    spent: Seconds = defaultdict(float)
    metrics: dict[str, float] = {}
    rates = epoch_learning_rates(plan, len(data.train), epoch)
    if epoch > 0:
        with timed("train", spent):
            batch_size = int(plan.configuration["training"]["batch_size"])
            order = row_order(plan, len(data.train), epoch)
            started, measured = program.epoch(started, data.train, order, rates, batch_size)
        metrics |= {f"train_{name}": value for name, value in measured.items()}
        metrics["learning_rate"] = float(rates[-1])
    with timed("evaluate", spent):
        for split, rows in (("train_eval", data.train_eval), ("val", data.validation)):
            if rows is not None:
                metrics |= {f"{split}_{name}": value for name, value in program.evaluate(started, rows).items()}
        metrics["penalty"] = program.penalty(started)
    if epoch in probed_epochs(plan.epochs):
        with timed("probe", spent):
            metrics |= program.signal(started, float(rates[-1]))
    for what, seconds in spent.items():
        progress.seconds[what] += seconds
    now = int(time.time() * 1000)
    return started, EpochRecord(plan.number, epoch, metrics, dict(spent), now, plan.repeat, plan.attempt)


def _finite(record: EpochRecord, objective: Objective) -> bool:
    """Whether the trial's losses and objective are still numbers; other metrics may be undefined (a class not in a part)."""
    watched = {"train_loss", "train_eval_loss", "val_loss", objective.metric} & record.metrics.keys()
    return all(math.isfinite(record.metrics[name]) for name in watched)


def _outcome(plan: TrialPlan, progress: Progress, state: State, reason: Reason, program: Program, data: DeviceData) -> Outcome:
    metrics: dict[str, float] = {}
    if progress.best is not None and data.test is not None:
        with timed("evaluate", progress.seconds):
            metrics = {f"test_{name}": value for name, value in program.evaluate(progress.best, data.test).items()}
    return Outcome(
        trial=plan.number,
        state=state,
        reason=reason,
        value=progress.value if math.isfinite(progress.value) else None,
        last=progress.last if math.isfinite(progress.last) else None,
        best_epoch=progress.best_epoch,
        epochs=progress.epochs,
        seconds=dict(progress.seconds),
        time=int(time.time() * 1000),
        metrics=metrics,
        repeat=plan.repeat,
        attempt=plan.attempt,
    )
