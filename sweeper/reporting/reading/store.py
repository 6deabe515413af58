"""Finding a sweep and its trials' runs in an MLflow store.

Names are compared here, in Python: MLflow's filters are concatenated text, so nothing that a user wrote enters one.
"""

from __future__ import annotations

from collections.abc import Iterator

import mlflow
import sqlalchemy as sa
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from sqlalchemy.exc import SQLAlchemyError

from sweeper.errors import InputError, did_you_mean
from sweeper.reporting.reading.address import sqlite_file, unanswered
from sweeper.reporting.reading.database import child_runs
from sweeper.reporting.text import clean
from sweeper.tracking.server import without_driver
from sweeper.tracking.sqlite_file import is_database

PAGE = 1000
"""Runs asked for at a time."""

SHOWN = 12
"""Known sweeps an error lists."""


def open_store(tracking_uri: str | None) -> MlflowClient:
    """A client of the store; `None` is the one MLflow would use (`MLFLOW_TRACKING_URI`, or its default in this folder).

    Raises InputError where a SQLite file is missing (MLflow would create it) or is something else (MLflow would try for
    minutes) or a database's driver, StoreError where the store does not answer.
    """
    uri = tracking_uri or mlflow.get_tracking_uri()
    if uri.startswith("sqlite"):
        file = sqlite_file(uri)
        if file is not None and not file.is_file():
            raise InputError(
                f"no MLflow store at {file}; expected the mlflow.db of a folder in which sweeps were run. "
                "Start one with `sweep run SPACE`, or point --home (SWEEP_HOME) at that folder."
            )
        if file is not None and not is_database(file):
            raise InputError(f"{file} is no SQLite database, so no MLflow store. Point --home (SWEEP_HOME) at another folder.")
    try:
        return MlflowClient(uri)
    except ImportError as error:
        raise InputError(without_driver(uri, error)) from error
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise unanswered(uri, error) from error


def find_sweep(client: MlflowClient, name: str | None, experiment: str, run_id: str | None) -> Run:
    """The parent run of a sweep: by `run_id`, by `name` (the newest of that name), or the newest of all.

    Raises InputError with the nearest name and the known ones, StoreError where the store does not answer.
    """
    sweeps = known_sweeps(client, experiment)
    if run_id is not None:
        found = [run for run in sweeps if run.info.run_id == run_id]
        if not found:
            raise InputError(f"no sweep has the run id '{clean(run_id, 64)}'.{_known(sweeps)}")
        return found[0]
    if not sweeps:
        raise InputError(
            f"the MLflow store holds no sweep (experiment '{clean(experiment, 60)}', runs with the tag sweeper.kind = sweep). "
            "Start one with `sweep run SPACE`."
        )
    if name is None:
        return sweeps[0]
    named = [run for run in sweeps if sweep_name(run) == name]
    if not named:
        near = did_you_mean(name, [clean(sweep_name(run)) for run in sweeps])
        raise InputError(f"there is no sweep named '{clean(name, 60)}'.{near}{_known(sweeps)}")
    return named[0]


def known_sweeps(client: MlflowClient, experiment: str) -> list[Run]:
    """The parent runs of all sweeps, newest first; empty where the experiment does not exist."""
    try:
        home = client.get_experiment_by_name(experiment)
        if home is None:
            return []
        runs = list(_pages(client, home.experiment_id, "tags.`sweeper.kind` = 'sweep'"))
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise unanswered(client.tracking_uri, error) from error
    return sorted(runs, key=lambda run: (-(run.info.start_time or 0), run.info.run_id))


def trial_runs(client: MlflowClient, sweep: Run, connection: sa.Connection | None) -> list[Run]:
    """The child runs of a sweep, in no order; runs without a trial number are left out. Through the `connection` to a database
    where there is one."""
    runs = _below(client, sweep) if connection is None else child_runs(connection, sweep)
    return [run for run in runs if run.data.tags.get("sweeper.trial", "").isdecimal()]


def _below(client: MlflowClient, sweep: Run) -> list[Run]:
    where = f"tags.mlflow.parentRunId = '{sweep.info.run_id}'"  # an id of MLflow's own, not a name
    try:
        return list(_pages(client, sweep.info.experiment_id, where))
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise unanswered(client.tracking_uri, error) from error


def sweep_name(run: Run) -> str:
    return str(run.info.run_name or run.data.tags.get("sweeper.sweep", run.info.run_id))


def _pages(client: MlflowClient, experiment_id: str, where: str) -> Iterator[Run]:
    token: str | None = None
    while True:
        page = client.search_runs([experiment_id], where, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _known(sweeps: list[Run]) -> str:
    if not sweeps:
        return " The store holds no sweep yet; start one with `sweep run SPACE`."
    names = list(dict.fromkeys(clean(sweep_name(run), 60) for run in sweeps))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" Known sweeps: {', '.join(names[:SHOWN])}{more}."
