"""Removing a sweep from every store, or from none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sweeper.errors import InputError, StoreError
from sweeper.tracking.home import Home, SweepFolder
from sweeper.tracking.lock import Lock, held, in_use, read_holder


@dataclass(frozen=True)
class Doomed:
    """What there is of a sweep: its folder, and the store that holds its runs (`kept_in` is where they were written to)."""

    name: str
    id: str
    study: str
    folder: Path
    store: str
    kept_in: str


def doomed(home: str | Path, name: str) -> Doomed:
    """What would be removed. Raises InputError where there is no such sweep or it runs, StoreError for one that is damaged.

    Nothing but a few words of `sweep.json` is read, so that a sweep of another version can be removed, too.
    """
    place = Home.at(home)
    folder = place.existing(name)
    if held(folder.lock):
        raise InputError(in_use(folder.name, read_holder(folder.lock)))
    return _found(place, folder)


def _found(place: Home, folder: SweepFolder) -> Doomed:
    try:
        said = json.loads(folder.settings.read_text())
        found = Doomed(
            folder.name, str(said["id"]), str(said["study_name"]), folder.path, place.tracking_uri, str(said["tracking_uri"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"cannot read {folder.settings}: {error}. To be rid of the sweep's folder alone, remove {folder.path}"
        ) from error
    if not found.kept_in.startswith("sqlite:") and found.kept_in != found.store:
        raise InputError(
            f"the runs of '{folder.name}' are not in this home's MLflow, but where MLFLOW_TRACKING_URI pointed when it ran. "
            "Set it to the same address, and delete the sweep again"
        )
    return found


def delete_sweep(home: str | Path, sweep: Doomed) -> int:
    """Removes its runs from MLflow, its study from Optuna's file and its folder; gives how many runs there were.

    Each step can be taken back until the last one is done, so that a store that fails leaves the sweep whole. MLflow marks runs
    as deleted and keeps them until `mlflow gc`. Raises InputError for a sweep that runs, StoreError.
    """
    from sweeper.tracking.mlflow_store import MlflowStore
    from sweeper.tracking.optuna_mirror import delete_study

    place, folder = Home.at(home), SweepFolder(sweep.folder)
    aside = SweepFolder(folder.path.with_name(f".deleted-{folder.name}-{os.getpid()}"))
    with Lock(folder.lock, folder.name), contextlib.ExitStack() as undo:
        if (now := _found(place, folder)).id != sweep.id:
            raise InputError(f"the sweep '{folder.name}' is another one by now, begun since it was asked for; look at it again")
        store = MlflowStore(place)
        if not store.sweep_runs(sweep.id):
            raise InputError(
                f"none of the runs of '{folder.name}' is in {now.store}; when it ran they were kept in {now.kept_in}. Set "
                f"MLFLOW_TRACKING_URI to that, or, to be rid of the sweep's folder alone, remove {folder.path}"
            )
        _move(folder.path, aside.path)
        undo.callback(_move, aside.path, folder.path)
        runs = store.sweep_runs(sweep.id)
        undo.callback(store.restore, runs)
        store.discard_all(runs)
        delete_study(place, sweep.study, sweep.id)
        undo.pop_all()
        aside.settings.unlink(missing_ok=True)  # what may be left of the folder is no sweep
        shutil.rmtree(aside.path, ignore_errors=True)
    return len(runs)


def _move(path: Path, to: Path) -> None:
    try:
        path.rename(to)
    except OSError as error:
        raise StoreError(f"cannot move {path}: {error.strerror}") from error
