"""Where the report of a sweep is read from and written to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.errors import InputError, SweepError

if TYPE_CHECKING:
    from sweeper.reporting import SweepFrames, WrittenReport

CURVES = ".curves"
"""Beside the sweeps of a home: what a server told of runs that have ended."""


def frames_of(home: Path, name: str | None) -> SweepFrames:
    """The frames of a sweep: of one in this home by its run, of any other by its name in the store."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # it would draw into our own screen
    from sweeper.reporting import read_sweep
    from sweeper.search.settings import read_settings
    from sweeper.tracking.home import Home

    cache = Home.at(home).sweeps / CURVES
    try:
        settings = read_settings(Home.at(home).existing(name))
    except InputError:
        uri = Home.at(home).tracking_uri
        _check_there(uri, home, name)
        return read_sweep(name, uri, cache=cache)
    if not settings.run_id:
        raise SweepError(f"{settings.name} has no runs in MLflow yet. Go on with it first: sweep resume {settings.name}")
    # A home may have been moved or copied: its own store lies in it, wherever that was when the sweep ran.
    own = settings.tracking_uri.startswith("sqlite") and "MLFLOW_TRACKING_URI" not in os.environ
    uri = Home.at(home).tracking_uri if own else settings.tracking_uri
    return read_sweep(settings.name, uri, run_id=settings.run_id, cache=cache)


def write(home: Path, frames: SweepFrames, out: Path | None = None) -> WrittenReport:
    """Write the report into `out`, else into `reports/NAME` of the home."""
    from sweeper.reporting import write_report
    from sweeper.tracking.home import Home

    return write_report(frames, out or shown(Home.at(home).folder / "reports" / Path(frames.sweep.name).name))


def folder_of(home: Path, name: str) -> Path | None:
    """The folder from which paths in a sweep's space count; None for a sweep of another home."""
    from sweeper.search.settings import read_settings
    from sweeper.tracking.home import Home

    try:
        return Path(read_settings(Home.at(home).existing(name)).folder)
    except InputError:
        return None


def shown(path: Path) -> Path:
    """A path as it is shortest to type from here."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _check_there(uri: str, home: Path, name: str | None) -> None:
    """Reading a SQLite store that is not there would make an empty one."""
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists():
        what = f"sweep '{name}'" if name else "sweep"
        raise InputError(f"There is no {what} in {home.absolute()}. Start one with: sweep run SPACE")
