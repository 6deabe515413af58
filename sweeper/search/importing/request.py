"""What `sweep import` is asked for, and what it gives back: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DESIGNS = ("unknown", "independent", "paired")
"""How the trials were drawn: `independent` of each other's outcomes, `paired` in blocks under which every choice was tried
once, or not known, in which case no choice is called better."""


@dataclass(frozen=True)
class Said:
    """Which columns mean what, as far as the user says it; None and empty are guessed. `metrics` are names of ours
    (`val_loss`) with their columns."""

    trial: tuple[str, ...] = ()
    step: str | None = None
    unit: str | None = None
    seconds: str | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    repeat: str | None = None
    block: str | None = None
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportRequest:
    """`maximize` None: as the metric is known; `compare` are parameters; `data` is what the user calls the data set."""

    curves: Path
    parameters: Path
    home: Path
    said: Said = Said()
    name: str | None = None
    objective: str | None = None
    maximize: bool | None = None
    compare: tuple[str, ...] = ()
    target: float | None = None
    design: str = "unknown"
    data: str | None = None


@dataclass(frozen=True)
class Imported:
    """The sweep that was made: its counts as `SweepSummary` has them, and the remarks that its reader needs."""

    sweep: str
    home: Path
    trials: int
    trainings: int
    evaluations: int
    counts: Mapping[str, int]
    tracking_uri: str
    run_id: str
