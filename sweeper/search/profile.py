"""Where a sweep's time went: in the parent and in each worker. The seconds of a process sum to its wall clock."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sweeper.tracking.replay import TrialState

TRIALS = ("compile", "train", "evaluate", "probe")
"""What a worker's trials say of themselves."""


@dataclass(frozen=True)
class Spent:
    """One process: `seconds` by what they went into, which add up to its wall clock. `beside` is what a thread of it did at the
    same time."""

    process: str
    seconds: Mapping[str, float]
    beside: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


class Clock:
    """Told of what happens while a sweep runs. All times are on the monotonic clock."""

    def __init__(self, begun: float) -> None:
        """`begun` is when the command began."""
        self._begun = begun
        self._parent: dict[str, float] = defaultdict(float)
        self._launched: dict[str, float] = {}
        self._wall: dict[str, float] = defaultdict(float)
        self._told: dict[str, Mapping[str, float]] = {}
        self._past: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """What the parent does inside goes into `what`, less what goes into something else there."""
        before, begun = sum(self._parent.values()), time.monotonic()
        yield
        within = sum(self._parent.values()) - before
        self._parent[what] += time.monotonic() - begun - within

    def started(self) -> None:
        """Whatever the parent did so far was the start."""
        self._parent["start"] = time.monotonic() - self._begun

    def launched(self, worker: str) -> None:
        self._launched[worker] = time.monotonic()

    def hear(self, worker: str, seconds: Mapping[str, float]) -> None:
        """What a worker's process spent so far beside its trials."""
        self._told[worker] = seconds

    def gone(self, worker: str) -> None:
        """A worker's process has ended; another may take its place."""
        if worker in self._launched:
            self._wall[worker] += time.monotonic() - self._launched.pop(worker)
        for what, seconds in self._told.pop(worker, {}).items():
            self._past[worker][what] += seconds

    def spent(self, trials: Iterable[TrialState], mlflow: float) -> tuple[Spent, ...]:
        """The parent first, then the workers, all of which are gone; `mlflow` is what the thread that writes to stores took.
        What a worker's process did beside what it names (Python, and what it had not told when it was stopped) is `other`."""
        parent = {**self._parent, "end": time.monotonic() - self._begun - sum(self._parent.values())}
        of_trials = trial_seconds(trials)
        rows = [Spent("parent", parent, {"mlflow and optuna": mlflow})]
        for worker, wall in sorted(self._wall.items()):
            named = {"import": 0.0, "load": 0.0, **of_trials[worker], **self._past[worker]}
            rows.append(Spent(worker, {**named, "other": max(wall - sum(named.values()), 0.0)}, {}))
        return tuple(rows)


def trial_seconds(trials: Iterable[TrialState]) -> dict[str, dict[str, float]]:
    """worker -> what -> seconds of the trainings that ended there."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(TRIALS, 0.0))
    for trial in trials:
        if trial.outcome is not None and trial.outcome.worker:
            for what, seconds in trial.outcome.seconds.items():
                found[trial.outcome.worker][what] += seconds
    return found
