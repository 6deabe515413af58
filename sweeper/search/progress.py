"""What a running sweep tells whoever watches it. The watcher is called in the parent's loop and must be quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sweeper.records import EpochRecord, Outcome, TrialPlan


@dataclass(frozen=True)
class Preparing:
    """Before the first trial; `text` is one line for people (`starting 2 workers on the cpu, ...`)."""

    text: str


@dataclass(frozen=True)
class Started:
    """The sweep runs. `resumed` trials were finished by an earlier run of it."""

    name: str
    trials: int
    epochs: int
    objective: str
    maximize: bool
    device: str
    workers: int
    tracking_uri: str
    experiment_id: str
    run_id: str
    resumed: int = 0
    earlier: tuple[tuple[TrialPlan, Outcome], ...] = ()
    """Those trials, so that counts and the best one are the sweep's and not this run's alone."""
    repeats: int = 1
    """How often each trial is trained: seeds times folds."""


@dataclass(frozen=True)
class TrialStarted:
    """A worker has one repeat of a trial."""

    plan: TrialPlan
    worker: str


@dataclass(frozen=True)
class EpochEnded:
    record: EpochRecord


@dataclass(frozen=True)
class RepeatEnded:
    """One training of a trial has ended; where nothing is repeated, the trial has with it."""

    plan: TrialPlan
    outcome: Outcome


@dataclass(frozen=True)
class TrialEnded:
    """A trial has ended with all its repeats: `outcome` is what they came to, `spread` their standard deviation."""

    plan: TrialPlan
    outcome: Outcome
    spread: float | None = None


@dataclass(frozen=True)
class Note:
    """A warning or a remark, one line."""

    text: str


Event = Preparing | Started | TrialStarted | EpochEnded | RepeatEnded | TrialEnded | Note
Watch = Callable[[Event], None]
