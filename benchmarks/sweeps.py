"""How the benchmarks run a sweep, and read what it trained."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sweeper.records import TrialPlan
from sweeper.tracking.home import Home, SweepFolder
from sweeper.tracking.reading import Spools
from sweeper.tracking.replay import TrialState

HERE = Path(__file__).resolve().parent
_NAME = "measured"


def space(name: str) -> Path:
    return HERE / "spaces" / f"{name}.yaml"


def command(name: str, home: Path, **options: str | int | None) -> list[str]:
    """`sweep run` of a space of ours, without pruning and report; an option that is None is left to sweep."""
    given = [text for option, value in options.items() if value is not None for text in (f"--{option}", str(value))]
    entry = [sys.executable, str(HERE.parent / "sweep.py"), "run", str(space(name)), "--name", _NAME, "--home", str(home)]
    return [*entry, "--pruner", "none", "--no-report", *given]


def folder(home: Path) -> SweepFolder:
    return Home.at(home).sweep(_NAME)


def trials(home: Path) -> list[TrialState]:
    """All trials in the order of their numbers. Raises RuntimeError where one has not ended."""
    found = Spools(folder(home).spool).state().trials
    if unfinished := [trial.number for trial in found if trial.outcome is None]:
        raise RuntimeError(f"trials without an outcome: {unfinished}")
    return found


def plans(home: Path) -> list[TrialPlan]:
    return [trial.plan for trial in trials(home) if trial.plan is not None]


def configurations(home: Path) -> list[dict[str, Any]]:
    """What was trained, by number: each resolved configuration with its `epochs`, and its number as `seed`."""
    return [{**plan.configuration, "epochs": plan.epochs, "seed": plan.number} for plan in plans(home)]
