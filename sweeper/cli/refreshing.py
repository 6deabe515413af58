"""`sweep report --watch`: the report written anew while its sweep runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sweeper.cli.reports import frames_of, write
from sweeper.cli.screen.output import remark
from sweeper.errors import InputError

if TYPE_CHECKING:
    from sweeper.reporting import SweepFrames

_EVERY, _LONGEST, _SHARE = 3.0, 60.0, 4
"""Seconds between two looks, at least and at most, and how many times longer than a look takes: the machine belongs to the
training."""
_RELOAD = 5
"""Seconds after which the watched page loads itself anew."""


def refresh(home: Path, name: str | None, out: Path | None, open_page: bool, target: float | None = None) -> tuple[str, bool]:
    """Writes the report whenever trials began or ended, a remark for each, until the sweep has ended. One that is being begun
    here is waited for.

    Gives the sweep's name and whether anything was written. The report of the sweep that has ended is left to the caller.
    """
    _wait_for_a_run(home, name)
    frames = frames_of(home, name, target)
    sweep, index, seen = frames.sweep.name, None, ""
    try:
        while _runs(home, frames):
            begun, stand = time.monotonic(), _stand(frames)
            if stand != seen:
                first, index = index is None, write(home, frames, out, _RELOAD).index
                remark(f"{time.strftime('%H:%M:%S')}  {stand}  {index}")
                seen = stand
                if first and open_page:
                    click.launch(index.resolve().as_uri())
            _wait(home, frames, min(max(_EVERY, _SHARE * (time.monotonic() - begun)), _LONGEST))
            frames = frames_of(home, sweep, target)
    except BaseException:
        if index is not None:
            _settle(index)
        raise
    return sweep, index is not None


def _wait_for_a_run(home: Path, name: str | None) -> None:
    """Until the sweep has a run in MLflow, or nobody works on it any longer."""
    told = False
    while (beginning := _beginning(home, name)) is not None:
        if not told:
            remark(f"{beginning} has no runs in MLflow yet; its report is written as soon as it has")
            told = True
        time.sleep(1)


def _beginning(home: Path, name: str | None) -> str | None:
    """The name of a sweep in this home that somebody works on, and of which MLflow knows nothing yet."""
    from sweeper.search.settings import read_settings
    from sweeper.tracking.home import Home, Status

    try:
        folder = Home.at(home).existing(name)
    except InputError:
        return None
    if folder.status() is not Status.RUNNING or (folder.settings.exists() and read_settings(folder).run_id):
        return None
    return folder.name


def _runs(home: Path, frames: SweepFrames) -> bool:
    """Whether somebody works on the sweep: in this home the holder of its lock, elsewhere as its run says."""
    from sweeper.tracking.home import Home, Status

    try:
        return Home.at(home).existing(frames.sweep.name).status() is Status.RUNNING
    except InputError:
        return frames.sweep.status in ("RUNNING", "SCHEDULED")


def _wait(home: Path, frames: SweepFrames, seconds: float) -> None:
    """So long, or until the sweep has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and _runs(home, frames):
        time.sleep(1)


def _stand(frames: SweepFrames) -> str:
    """`14 of 60 trials ended, 2 running`."""
    running = int((frames.trials["state"] == "RUNNING").sum())
    planned = frames.sweep.about.get("trials", "")
    return f"{len(frames.trials) - running} of {planned or len(frames.trials)} trials ended, {running} running"


def _settle(index: Path) -> None:
    """A page that nobody writes any longer does not go on loading itself."""
    page = index.read_text(encoding="utf-8")
    new = index.with_name(f".{index.name}")
    new.write_text(page.replace(f'<meta http-equiv="refresh" content="{_RELOAD}">\n', "", 1), encoding="utf-8")
    new.replace(index)
