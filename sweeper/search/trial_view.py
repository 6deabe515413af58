"""A trial as users see it: what all its repeats came to, and each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from sweeper.records import EpochRecord, State, Value
from sweeper.tracking.combined import Combined
from sweeper.tracking.home import SweepFolder
from sweeper.tracking.replay import TrialState


@dataclass(frozen=True)
class RepeatView:
    """One training of a trial, with the seeds of its own or on another fold."""

    repeat: int
    fold: int
    value: float | None
    state: State
    reason: str
    best_epoch: int | None
    epochs: int
    seconds: float


@dataclass(frozen=True)
class TrialView:
    """A trial as users see it. `state` is RUNNING where it was asked for and has not ended.

    `metrics` are those of the best epoch (of the last one where there is no best), with what is measured once (`test_*`)
    beside them. Where the sweep trains each configuration several times, `repeats` are its trainings so far, value and metrics
    are their means, `spread` is the standard deviation of their values, and `history` is repeat 0's, as far as it was read.
    """

    number: int
    state: State
    reason: str
    value: float | None
    last: float | None
    best_epoch: int | None
    epochs: int
    seconds: float
    params: Mapping[str, Value]
    metrics: Mapping[str, float]
    history: Mapping[int, EpochRecord] = field(repr=False)
    configuration: Mapping[str, object]
    phase: str
    block: int | None
    attempt: int
    worker: str
    device: str
    structure: str
    message: str
    trace: str
    log: Path | None
    repeats: tuple[RepeatView, ...] = ()
    spread: float | None = None

    @property
    def curves(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """Each metric as (epoch, value) pairs in the order of epochs."""
        curves: dict[str, list[tuple[int, float]]] = {}
        for epoch in sorted(self.history):
            for name, value in self.history[epoch].metrics.items():
                curves.setdefault(name, []).append((epoch, value))
        return {name: tuple(curves[name]) for name in sorted(curves)}


def view_of(found: Combined, trainings: int, folder: SweepFolder) -> TrialView:
    """`trainings` is how many repeats the sweep has of each trial, `folder` the sweep's."""
    plan, outcome, first = found.plan, found.outcome, found.first
    start = first.starts[max(first.starts)] if first.starts else None
    worker = outcome.worker if outcome and outcome.worker else start.worker if start else ""
    return TrialView(
        number=found.number,
        state=outcome.state if outcome else State.RUNNING,
        reason=outcome.reason.value if outcome else "",
        value=outcome.value if outcome else None,
        last=outcome.last if outcome else None,
        best_epoch=outcome.best_epoch if outcome else None,
        epochs=max(_epochs(trial) for trial in found.trials),
        seconds=sum(_seconds(trial) for trial in found.trials),
        params=plan.parameters,
        metrics=_means([_metrics(trial) for trial in found.trials]),
        history=first.epochs,
        configuration=plan.configuration,
        phase=plan.phase,
        block=plan.block,
        attempt=max(trial.attempt for trial in found.trials),
        worker=worker,
        device=outcome.device if outcome and outcome.device else start.device if start else "",
        structure=start.structure if start else "",
        message=outcome.message if outcome else "",
        trace=outcome.trace if outcome else "",
        log=folder.logs / f"{worker}.log" if worker else None,
        repeats=tuple(map(_repeat, found.trials)) if trainings > 1 else (),
        spread=found.spread,
    )


def _repeat(trial: TrialState) -> RepeatView:
    outcome = trial.outcome
    return RepeatView(
        repeat=trial.repeat,
        fold=trial.plan.fold if trial.plan else 0,
        value=outcome.value if outcome else None,
        state=outcome.state if outcome else State.RUNNING,
        reason=outcome.reason.value if outcome else "",
        best_epoch=outcome.best_epoch if outcome else None,
        epochs=_epochs(trial),
        seconds=_seconds(trial),
    )


def _epochs(trial: TrialState) -> int:
    return trial.outcome.epochs if trial.outcome else max(trial.epochs, default=0)


def _seconds(trial: TrialState) -> float:
    if trial.outcome is not None:
        return sum(trial.outcome.seconds.values())
    return sum(seconds for record in trial.epochs.values() for seconds in record.seconds.values())


def _metrics(trial: TrialState) -> dict[str, float]:
    outcome = trial.outcome
    shown = outcome.best_epoch if outcome and outcome.best_epoch is not None else max(trial.epochs, default=0)
    at_best = trial.epochs[shown].metrics if shown in trial.epochs else {}
    return {**at_best, **(outcome.metrics if outcome else {})}


def _means(repeats: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each metric that all repeats have."""
    if len(repeats) == 1:
        return dict(repeats[0])
    names = [name for name in repeats[0] if all(name in metrics for metrics in repeats)]
    return {name: fmean(metrics[name] for metrics in repeats) for name in names}
