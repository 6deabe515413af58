"""What is known of a running sweep, told by its events; the live display and the plain lines both read it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sweeper.records import Objective, Outcome, Reason, State, TrialPlan
from sweeper.search.progress import EpochEnded, Event, Note, Preparing, RepeatEnded, Started, TrialEnded, TrialStarted


@dataclass
class RunningTrial:
    plan: TrialPlan
    worker: str
    epoch: int = 0
    curve: list[float] = field(default_factory=list)


@dataclass
class Progress:
    """`now` is a clock in seconds; times count from the `Started` event. What ran and runs is counted in trials, whose repeats
    are in `running` each by itself, as (trial, repeat)."""

    now: Callable[[], float] = time.monotonic
    text: str = ""
    started: Started | None = None
    since: float = 0.0
    counts: dict[str, int] = field(default_factory=lambda: {"complete": 0, "pruned": 0, "failed": 0, "diverged": 0})
    best: tuple[TrialPlan, Outcome] | None = None
    running: dict[tuple[int, int], RunningTrial] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if isinstance(event, Preparing):
            self.text = event.text
        elif isinstance(event, Started):
            self.started, self.since = event, self.now()
            for plan, outcome in event.earlier:
                self._ended(plan, outcome)
        elif isinstance(event, TrialStarted):
            self.running[event.plan.number, event.plan.repeat] = RunningTrial(event.plan, event.worker)
        elif isinstance(event, EpochEnded):
            self._epoch(event)
        elif isinstance(event, RepeatEnded):
            self.running.pop((event.plan.number, event.plan.repeat), None)
        elif isinstance(event, TrialEnded):
            self._ended(event.plan, event.outcome)
        elif isinstance(event, Note):
            self.notes.append(event.text)

    @property
    def ended(self) -> int:
        """Trials that ended in this run; those of an earlier one are in `done` too."""
        return sum(self.counts.values()) - (len(self.started.earlier) if self.started else 0)

    @property
    def done(self) -> int:
        return self.ended + (self.started.resumed if self.started else 0)

    @property
    def seconds(self) -> float:
        return self.now() - self.since if self.started else 0.0

    @property
    def per_minute(self) -> float | None:
        return 60 * self.ended / self.seconds if self.ended and self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        if self.started is None or not self.per_minute:
            return None
        return 60 * max(self.started.trials - self.done, 0) / self.per_minute

    def _epoch(self, event: EpochEnded) -> None:
        trial = self.running.get((event.record.trial, event.record.repeat))
        if trial is None or self.started is None:
            return
        trial.epoch = event.record.epoch
        value = event.record.metrics.get(self.started.objective)
        if value is not None and event.record.epoch > 0:
            trial.curve.append(value)

    def _ended(self, plan: TrialPlan, outcome: Outcome) -> None:
        self.counts[_kind(outcome)] += 1
        if outcome.state is not State.COMPLETE or outcome.value is None or self.started is None:
            return
        best = self.best[1].value if self.best else None
        objective = Objective(self.started.objective, self.started.maximize)
        if best is None or objective.better(outcome.value, best):
            self.best = plan, outcome


def _kind(outcome: Outcome) -> str:
    if outcome.state is State.PRUNED:
        return "diverged" if outcome.reason is Reason.DIVERGED else "pruned"
    return "complete" if outcome.state is State.COMPLETE else "failed"
