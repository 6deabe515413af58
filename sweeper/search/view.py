"""A look at the sweeps of a home, from their own files alone: no store is opened, and nothing heavy is imported.

Also right while the sweep runs: what is on the disk at this moment is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.records import EpochRecord, Reason, State, Value
from sweeper.search.settings import Settings, read_settings
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.replay import SweepState, TrialState
from sweeper.tracking.spool import read_spools


@dataclass(frozen=True)
class TrialView:
    """A trial as users see it. `state` is RUNNING where it was asked for and has not ended.

    `metrics` are those of the best epoch (of the last one where there is no best), with what is measured once (`test_*`)
    beside them.
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

    @property
    def curves(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """Each metric as (epoch, value) pairs in the order of epochs."""
        curves: dict[str, list[tuple[int, float]]] = {}
        for epoch in sorted(self.history):
            for name, value in self.history[epoch].metrics.items():
                curves.setdefault(name, []).append((epoch, value))
        return {name: tuple(curves[name]) for name in sorted(curves)}


@dataclass(frozen=True)
class SweepView:
    """A sweep as it stands. `remarks` tell of what the reader met (a line that a crash cut off)."""

    name: str
    folder: Path
    status: Status
    settings: Settings
    space_text: str
    trials: tuple[TrialView, ...]
    remarks: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """complete, pruned, failed, diverged: together the trials that ended."""
        return count((trial.state, trial.reason) for trial in self.trials)

    @property
    def best(self) -> TrialView | None:
        """The complete trial with the best value; of equals the first."""
        best: TrialView | None = None
        for trial in self.trials:
            if trial.state is not State.COMPLETE or trial.value is None:
                continue
            if best is None or best.value is None or self.settings.objective.better(trial.value, best.value):
                best = trial
        return best

    def trial(self, number: int) -> TrialView | None:
        return next((trial for trial in self.trials if trial.number == number), None)


def list_sweeps(home: str | Path) -> list[SweepView]:
    """All sweeps of a home, oldest first; without their trials' epochs, which would take most of the time to read."""
    return [_view(Home.at(home).sweep(name), epochs=False) for name in Home.at(home).names()]


def newest(home: str | Path) -> str | None:
    """The name of the sweep that was started last."""
    return Home.at(home).newest()


def open_sweep(home: str | Path, name: str | None = None) -> SweepView:
    """The sweep of this name, or the newest. Raises InputError where there is none, StoreError where it cannot be read."""
    return _view(Home.at(home).existing(name))


def count(ended: object) -> dict[str, int]:
    """Counts (state, reason) pairs under complete, pruned, failed and diverged."""
    counts = {"complete": 0, "pruned": 0, "failed": 0, "diverged": 0}
    for state, reason in ended:  # type: ignore[attr-defined]
        if state is State.PRUNED:
            counts["diverged" if reason == Reason.DIVERGED else "pruned"] += 1
        elif state is not State.RUNNING:
            counts[state.value.lower()] += 1
    return counts


def _view(folder: SweepFolder, epochs: bool = True) -> SweepView:
    spools, remarks = read_spools(folder.spool, epochs)
    state = SweepState(record for records in spools.values() for record in records)
    try:
        text = folder.space.read_text()
    except OSError:
        text = ""
    return SweepView(
        name=folder.name,
        folder=folder.path,
        status=folder.status() or Status.UNFINISHED,
        settings=read_settings(folder),
        space_text=text,
        trials=tuple(_trial(trial, folder) for trial in state.trials),
        remarks=remarks,
    )


def _trial(trial: TrialState, folder: SweepFolder) -> TrialView:
    plan, outcome = trial.plan, trial.outcome
    assert plan is not None
    start = trial.starts[max(trial.starts)] if trial.starts else None
    worker = outcome.worker if outcome and outcome.worker else start.worker if start else ""
    shown = outcome.best_epoch if outcome and outcome.best_epoch is not None else max(trial.epochs, default=0)
    at_best = trial.epochs[shown].metrics if shown in trial.epochs else {}
    spent = outcome.seconds if outcome else _total(trial)
    return TrialView(
        number=trial.number,
        state=outcome.state if outcome else State.RUNNING,
        reason=outcome.reason.value if outcome else "",
        value=outcome.value if outcome else None,
        last=outcome.last if outcome else None,
        best_epoch=outcome.best_epoch if outcome else None,
        epochs=outcome.epochs if outcome else max(trial.epochs, default=0),
        seconds=sum(spent.values()),
        params=plan.parameters,
        metrics={**at_best, **(outcome.metrics if outcome else {})},
        history=trial.epochs,
        configuration=plan.configuration,
        phase=plan.phase,
        block=plan.block,
        attempt=trial.attempt,
        worker=worker,
        device=outcome.device if outcome and outcome.device else start.device if start else "",
        structure=start.structure if start else "",
        message=outcome.message if outcome else "",
        trace=outcome.trace if outcome else "",
        log=folder.logs / f"{worker}.log" if worker else None,
    )


def _total(trial: TrialState) -> dict[str, float]:
    total: dict[str, float] = {}
    for record in trial.epochs.values():
        for name, seconds in record.seconds.items():
            total[name] = total.get(name, 0.0) + seconds
    return total
