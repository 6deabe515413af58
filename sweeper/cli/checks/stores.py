"""Whether the stores of a home can be read, and of which schema they are. Nothing is written or made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sweeper.cli.checks.finding import Finding
from sweeper.cli.screen.text import without_password
from sweeper.errors import SweepError

_SCHEMAS = {"mlflow": "select version_num from alembic_version", "optuna": "select version_num from alembic_version"}


def check_stores(folder: Path) -> Iterator[Finding]:
    from sweeper.tracking.home import Home

    home = Home.at(folder)
    yield _mlflow(home.tracking_uri, home.mlflow_file)
    yield _file("optuna", home.optuna_file)
    yield from _sweeps(home.folder)


def _mlflow(uri: str, file: Path | None) -> Finding:
    if file is not None:
        return _file("mlflow", file)
    return Finding("mlflow", f"runs go to {without_password(uri)}, as MLFLOW_TRACKING_URI says", None)


def _file(kind: str, file: Path) -> Finding:
    if not file.exists():
        return Finding(kind, f"{file} is not there yet; the first run makes it", None)
    try:
        with sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True) as store:
            [schema] = store.execute(_SCHEMAS[kind]).fetchone() or ["unknown"]
            [sound] = store.execute("pragma quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return Finding(kind, f"{file} cannot be read: {error}", False, f"move {file} away; the spools still hold the trials")
    if sound != "ok":
        return Finding(kind, f"{file} is damaged: {sound}", False, f"move {file} away; the spools still hold the trials")
    return Finding(kind, f"{file}, schema {schema}")


def _sweeps(folder: Path) -> Iterator[Finding]:
    from sweeper.cli.screen.text import plural
    from sweeper.search.view import open_sweep
    from sweeper.tracking.home import Home, Status

    for name in Home.at(folder).names():
        try:
            sweep = open_sweep(folder, name)
        except SweepError as error:
            yield Finding("sweep", str(error), False)
            continue
        unfinished = sweep.status is Status.UNFINISHED
        ended = f"{name} is {sweep.status}, {sum(sweep.counts.values())} of {plural(sweep.settings.trials, 'trial')} ended"
        command = "delete" if sweep.settings.imported else "resume"
        yield Finding("sweep", ended, None if unfinished else True, f"sweep {command} {name}" if unfinished else "")
