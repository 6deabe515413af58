"""From records to the state of a sweep. Pure; the order in which records arrive does not matter.

A record's identity is (trial, repeat, epoch). Of two records with the same identity the one of the earlier attempt stays,
and the other is only compared with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sweeper.records import Asked, EpochRecord, Outcome, Reason, Record, Start, State, TrialPlan
from sweeper.tracking.curve import KeptCurve

Identity = tuple[int, int]
"""Trial and repeat."""


@dataclass
class TrialState:
    """What is known of one trial (and repeat). `plan` is the latest attempt's, `asked` when it was first asked for (ms).

    `epochs` are whole records; where the state keeps one metric's curve alone, they are given up when the trial ends.
    """

    number: int
    repeat: int = 0
    plan: TrialPlan | None = None
    asked: int = 0
    starts: dict[int, Start] = field(default_factory=dict)
    epochs: dict[int, EpochRecord] = field(default_factory=dict)
    outcome: Outcome | None = None
    differing: set[int] = field(default_factory=set)
    """Epochs that were computed again with another result."""
    kept: KeptCurve | None = None

    @property
    def identity(self) -> Identity:
        return self.number, self.repeat

    @property
    def attempt(self) -> int:
        """The latest attempt that was asked for or started; 0 before."""
        return max([self.plan.attempt if self.plan else 0, *self.starts])

    @property
    def started(self) -> int:
        """When its first attempt began, Unix time in milliseconds."""
        return min([start.time for start in list(self.starts.values())], default=self.asked)

    def curve(self, metric: str) -> dict[int, float]:
        """Epoch -> value, in the order of epochs, where the metric was measured."""
        if self.kept is not None:
            assert metric == self.kept.metric, f"the curve of {self.kept.metric} is kept, not that of {metric}"
            return self.kept.values()
        return {
            epoch: self.epochs[epoch].metrics[metric] for epoch in sorted(self.epochs) if metric in self.epochs[epoch].metrics
        }

    def keep(self, metric: str) -> None:
        """Gives the records of epochs up for the curve of one metric."""
        self.kept = self.kept or KeptCurve(metric, self.epochs.values())
        self.epochs = {}


class SweepState:
    """All trials of a sweep; grows record by record.

    With `keep`, the objective's metric, a trial that has ended holds its curve of that alone: all that pruning and Optuna's
    mirror look at, in a hundredth of the memory. The other records stay in the spools.
    """

    def __init__(self, records: Iterable[Record] = (), keep: str | None = None) -> None:
        self._keep = keep
        self._trials: dict[Identity, TrialState] = {}
        for record in records:
            self.add(record)

    @property
    def trials(self) -> list[TrialState]:
        """Those that were asked for, in the order of their numbers."""
        return [self._trials[key] for key in sorted(self._trials) if self._trials[key].plan is not None]

    def trial(self, number: int, repeat: int = 0) -> TrialState:
        return self._trials.setdefault((number, repeat), TrialState(number, repeat))

    def find(self, number: int, repeat: int = 0) -> TrialState | None:
        """The trial, if anything is known of it."""
        return self._trials.get((number, repeat))

    def add(self, record: Record) -> bool:
        """Takes a record in; gives whether it says something new (not a repetition of what is known)."""
        if isinstance(record, Asked):
            return self._add_plan(record)
        trial = self.trial(record.trial, record.repeat)
        if isinstance(record, Start):
            new = record.attempt not in trial.starts
            trial.starts.setdefault(record.attempt, record)
            return new
        if isinstance(record, Outcome):
            return self._add_outcome(trial, record)
        return self._add_epoch(trial, record)

    def _add_plan(self, record: Asked) -> bool:
        trial = self.trial(record.plan.number, record.plan.repeat)
        trial.asked = min(trial.asked or record.time, record.time)
        if trial.plan is not None and trial.plan.attempt >= record.plan.attempt:
            return False
        trial.plan = record.plan
        return True

    def _add_outcome(self, trial: TrialState, record: Outcome) -> bool:
        known, record = trial.outcome, sound(record)
        if known is None or (record.attempt, record.time) < (known.attempt, known.time):
            trial.outcome = record
        if self._keep is not None:
            trial.keep(self._keep)
        return known is None

    def _add_epoch(self, trial: TrialState, record: EpochRecord) -> bool:
        if trial.kept is not None:
            new, differs = trial.kept.add(record)
            trial.differing |= {record.epoch} if differs else set()
            return new
        known = trial.epochs.get(record.epoch)
        if known is None:
            trial.epochs[record.epoch] = record
            return True
        if not _same(known.metrics, record.metrics):
            trial.differing.add(record.epoch)
        if (record.attempt, record.time) < (known.attempt, known.time):
            trial.epochs[record.epoch] = record
        return False


def sound(outcome: Outcome) -> Outcome:
    """The outcome, with a trial that is complete without a finite value told as what it is: diverged."""
    if outcome.state is State.COMPLETE and (outcome.value is None or not math.isfinite(outcome.value)):
        return replace(outcome, state=State.PRUNED, reason=Reason.DIVERGED)
    return outcome


def _same(a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    """Equal to the last bit; NaN equals NaN."""
    return a.keys() == b.keys() and all(a[name] == b[name] or (math.isnan(a[name]) and math.isnan(b[name])) for name in a)
