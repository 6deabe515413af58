"""Where the report of a sweep is read from and written to."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.errors import InputError, StoreError, SweepError

if TYPE_CHECKING:
    from sweeper.executors.beside import Beside
    from sweeper.reporting import SweepFrames, WrittenReport

CURVES = ".curves"
"""Beside the sweeps of a home: what a server told of runs that have ended."""


def frames_of(home: Path, name: str | None, target: float | None = None) -> SweepFrames:
    """The frames of a sweep: of one in this home by its run, of any other by its name in the store. `target` is what epochs are
    counted to; None leaves that to the sweep."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # it would draw into our own screen
    from sweeper.reporting import read_sweep
    from sweeper.tracking.home import Home

    name, uri, run_id = _source(home, name)
    return read_sweep(name, uri, run_id=run_id, cache=Home.at(home).sweeps / CURVES, target=target)


def write(home: Path, frames: SweepFrames, out: Path | None = None, refresh: int = 0) -> WrittenReport:
    """Write the report into `out`, else into `reports/NAME` of the home.

    With `refresh` it is one of several, and its page loads itself anew after so many seconds; else it is attached to the
    sweep's run too, and a remark says where that cannot be.
    """
    from sweeper.reporting import write_report
    from sweeper.tracking.home import Home, file_name

    folder = out or shown(Home.at(home).folder / "reports" / file_name(frames.sweep.name))
    if refresh:
        return write_report(frames, folder, refresh=refresh)
    uri = _source(home, frames.sweep.name)[1]
    with _attaching() as process:
        process.call("ready", uri)
        written = write_report(frames, folder)
        _attach(process, uri, frames, written)
    return written


def _attaching() -> AbstractContextManager[Beside]:
    """What attaches needs seconds to import MLflow, which a process beside does meanwhile, where it is not imported yet."""
    from sweeper.executors.beside import beside, here

    module = "sweeper.tracking.attaching"
    return here(module) if "mlflow" in sys.modules else beside(module)


def _attach(process: Beside, uri: str, frames: SweepFrames, written: WrittenReport) -> None:
    from sweeper.cli.screen.output import remark

    try:
        process.call("attach_report", uri, frames.sweep.run_id, written.index.parent, written.tables)()
    except StoreError as error:
        remark(str(error))


def _source(home: Path, name: str | None) -> tuple[str | None, str, str | None]:
    """The sweep's name, the address of the store with its runs, and the id of its own run where that is known."""
    from sweeper.search.settings import read_settings
    from sweeper.tracking.home import Home

    uri = Home.at(home).tracking_uri
    try:
        settings = read_settings(Home.at(home).existing(name))
    except InputError:
        _check_there(uri, home, name)
        return name, uri, None
    if not settings.run_id and settings.imported:
        raise SweepError(
            f"the import of {settings.name} has not ended. If it was broken off, import {settings.imported} again by its name"
        )
    if not settings.run_id:
        raise SweepError(f"{settings.name} has no runs in MLflow yet. Go on with it first: sweep resume {settings.name}")
    # A home may have been moved or copied: its own store lies in it, wherever that was when the sweep ran.
    own = settings.tracking_uri.startswith("sqlite") and "MLFLOW_TRACKING_URI" not in os.environ
    return settings.name, uri if own else settings.tracking_uri, settings.run_id


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
