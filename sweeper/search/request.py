"""What the command line asks of a sweep, and what it gets back: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.errors import SweepError
from sweeper.records import Value
from sweeper.search.profile import Spent
from sweeper.search.programs import Programs


@dataclass(frozen=True)
class SweepRequest:
    """`sweep run`'s options; None means: as the space says, or the default of the design; 0 `lanes`: as many as pay."""

    source: str
    home: Path
    name: str | None = None
    trials: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    seed: int = 0
    workers: int | None = None
    device: str | None = None
    backend: str = "tensorflow"
    executor: str = "local"
    sampler: str | None = None
    pruner: str | None = None
    until: float | None = None
    lanes: int = 0
    overrides: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """`overrides`, and behind them the options that stand for a line of the space's file."""
        options = {
            "search.sampler": self.sampler,
            "search.pruner": self.pruner,
            "budget.trials": self.trials,
            "budget.epochs": self.epochs,
        }
        return (*self.overrides, *(f"{key}={value}" for key, value in options.items() if value is not None))


@dataclass(frozen=True)
class Best:
    trial: int
    value: float
    epoch: int
    params: Mapping[str, Value]
    spread: float | None = None
    """Standard deviation of its repeats."""


@dataclass(frozen=True)
class SweepSummary:
    """A sweep that ended. `counts` has the keys complete, pruned, failed, diverged, which add up to the trials."""

    sweep: str
    home: Path
    counts: Mapping[str, int]
    best: Best | None
    baseline: float | None
    objective: str
    seconds: float
    programs: Programs
    tracking_uri: str
    experiment_id: str
    run_id: str
    storage: str
    study_name: str
    exit_code: int = 0
    failure: tuple[int, str] | None = None
    """The first trial that failed, by its number, and what went wrong in it."""
    notes: tuple[str, ...] = field(default=())
    spent: tuple[Spent, ...] = field(default=())
    """Where the time went, the parent first."""


class Hopeless(SweepError):
    """The first trials failed alike: nothing can come of going on."""


class SweepFailed(SweepError):
    """Nothing can come of the sweep, and it was ended; `summary` is what there is of it."""

    def __init__(self, message: str, summary: SweepSummary) -> None:
        super().__init__(message)
        self.summary = summary
