"""Removing a sweep from every store, or from none."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sweeper.errors import InputError, StoreError
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.lock import Lock, held, in_use, read_holder

_ASIDE = re.compile(r"\.deleted-(.+)-\d+")
"""The name of a folder that is being deleted: its sweep's, and the process that does it."""


@dataclass(frozen=True)
class Doomed:
    """What there is of a sweep: its folder, and the store that holds its runs (`kept_in` is where they were written to).
    `begun` says whether it is known to have had any."""

    name: str
    id: str
    study: str
    folder: Path
    store: str
    kept_in: str
    begun: bool


def doomed(home: str | Path, name: str) -> Doomed:
    """What would be removed; of a sweep whose deletion was broken off, what is left. Raises InputError where there is no such
    sweep or it runs, StoreError for one that is damaged.

    Nothing but a few words of `sweep.json` is read, so that a sweep of another version can be removed, too.
    """
    place = Home.at(home)
    if name not in place.names():
        for left in _aside(place, name):
            return left
    folder = place.existing(name)
    if held(folder.lock):
        raise InputError(in_use(folder.name, read_holder(folder.lock)))
    return _found(place, folder, name)


def left_behind(home: Home) -> list[str]:
    """The names of sweeps whose deletion was broken off, so that it has to be ended."""
    names = (_ASIDE.fullmatch(path.name) for path in home.sweeps.glob(".deleted-*"))
    return sorted({found[1] for found in names if found and any(_aside_folders(home, found[1]))})


def remains(home: Home, name: str) -> Iterator[Doomed]:
    """What is worth nothing of this name: imports and deletions that were broken off. Raises InputError and StoreError as
    `doomed` does."""
    yield from _aside(home, name)
    folder = home.sweep(name)
    if is_broken_import(folder):
        yield _found(home, folder, name)


def is_broken_import(folder: SweepFolder) -> bool:
    """Whether this is an import that was broken off: it cannot be gone on with, and is whole in the files that it came from."""
    try:
        return folder.status() is Status.UNFINISHED and bool(json.loads(folder.settings.read_text())["imported"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def delete_sweep(home: str | Path, sweep: Doomed) -> int:
    """Removes its runs from MLflow, its study from Optuna's file and its folder; gives how many runs there were.

    Each step can be taken back until the last one is done, so that a store that fails leaves the sweep whole. A kill leaves the
    folder under another name, by which the next deletion finds it and goes on. MLflow marks runs as deleted and keeps them
    until `mlflow gc`. Raises InputError for a sweep that runs or is gone, StoreError.
    """
    from sweeper.tracking.mlflow_store import MlflowStore
    from sweeper.tracking.optuna_mirror import delete_study

    place, folder = Home.at(home), SweepFolder(sweep.folder)
    with Lock(folder.lock, sweep.name), contextlib.ExitStack() as undo:
        now = _found(place, folder, sweep.name)
        if now.id != sweep.id:
            raise InputError(f"the sweep '{sweep.name}' is another one by now, begun since it was asked for; look at it again")
        store = MlflowStore(place)
        runs = store.sweep_runs(sweep.id)
        if not runs and now.begun:
            raise InputError(
                f"none of the runs of '{sweep.name}' is in {now.store}; when it ran they were kept in {now.kept_in}. Set "
                f"MLFLOW_TRACKING_URI to that, or, to be rid of the sweep's folder alone, remove {folder.path}"
            )
        aside = _put_aside(folder, undo)
        undo.callback(store.restore, runs)
        store.discard_all(runs)
        delete_study(place, sweep.study, sweep.id)
        undo.pop_all()
        aside.settings.unlink(missing_ok=True)  # what may be left of the folder is no sweep
        shutil.rmtree(aside.path, ignore_errors=True)
    for path in place.sweeps.glob(".deleted-*"):
        if SweepFolder(path).status() is None:  # whoever emptied it was killed
            shutil.rmtree(path, ignore_errors=True)
    return len(runs)


def _found(home: Home, folder: SweepFolder, name: str) -> Doomed:
    try:
        said = json.loads(folder.settings.read_text())
        begun = bool(said["run_id"]) and not _ASIDE.fullmatch(folder.name)  # its runs may be gone by now
        found = Doomed(
            name, str(said["id"]), str(said["study_name"]), folder.path, home.tracking_uri, str(said["tracking_uri"]), begun
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"cannot read {folder.settings}: {error}. To be rid of the sweep's folder alone, remove {folder.path}"
        ) from error
    if not found.kept_in.startswith("sqlite:") and found.kept_in != found.store:
        raise InputError(
            f"the runs of '{name}' are not in this home's MLflow, but where MLFLOW_TRACKING_URI pointed when it ran. "
            "Set it to the same address, and delete the sweep again"
        )
    return found


def _aside(home: Home, name: str) -> Iterator[Doomed]:
    return (_found(home, folder, name) for folder in _aside_folders(home, name))


def _aside_folders(home: Home, name: str) -> Iterator[SweepFolder]:
    """The folders of this sweep that nobody goes on deleting."""
    for path in sorted(home.sweeps.glob(".deleted-*")):
        found = _ASIDE.fullmatch(path.name)
        if found and found[1] == name and SweepFolder(path).status() in (Status.FINISHED, Status.UNFINISHED):
            yield SweepFolder(path)


def _put_aside(folder: SweepFolder, undo: contextlib.ExitStack) -> SweepFolder:
    if _ASIDE.fullmatch(folder.name):
        return folder
    aside = SweepFolder(folder.path.with_name(f".deleted-{folder.name}-{os.getpid()}"))
    _move(folder.path, aside.path)
    undo.callback(_move, aside.path, folder.path)
    return aside


def _move(path: Path, to: Path) -> None:
    try:
        path.rename(to)
    except OSError as error:
        raise StoreError(f"cannot move {path}: {error.strerror}") from error
