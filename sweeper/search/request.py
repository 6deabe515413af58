"""What the command line asks of a sweep, and what it gets back: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.records import Value


@dataclass(frozen=True)
class SweepRequest:
    """`sweep run`'s options; None means: as the space says, or the default of the design."""

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
    programs: int
    tracking_uri: str
    experiment_id: str
    run_id: str
    storage: str
    exit_code: int = 0
    notes: tuple[str, ...] = field(default=())
