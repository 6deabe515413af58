"""Finding a sweep and its trials' runs in an MLflow store.

Names are compared here, in Python: MLflow's filters are concatenated text, so nothing that a user wrote enters one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from sweeper.errors import InputError, did_you_mean
from sweeper.reporting.reading.address import sqlite_file, unanswered
from sweeper.reporting.reading.database import child_runs, experiments, tagged_runs
from sweeper.reporting.reading.run import Run
from sweeper.reporting.text import clean
from sweeper.tracking.server import without_driver
from sweeper.tracking.sqlite_file import is_database

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

PAGE = 1000
"""Runs asked for at a time."""

SHOWN = 12
"""Known sweeps an error lists."""


@dataclass(frozen=True)
class Store:
    """An MLflow store by its address. Its client is made when somebody needs it, which takes seconds."""

    tracking_uri: str

    @cached_property
    def client(self) -> MlflowClient:
        """Raises InputError where a database's driver is missing, StoreError where the store does not answer."""
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient

        try:
            return MlflowClient(self.tracking_uri)
        except ImportError as error:
            raise InputError(without_driver(self.tracking_uri, error)) from error
        except (MlflowException, SQLAlchemyError, OSError) as error:
            raise unanswered(self.tracking_uri, error) from error


def open_store(tracking_uri: str | None) -> Store:
    """The store; `None` is the one MLflow would use (`MLFLOW_TRACKING_URI`, or its default in this folder).

    Raises InputError where a SQLite file is missing (MLflow would create it) or is something else (MLflow would try for
    minutes).
    """
    uri = tracking_uri or _of_mlflow()
    if uri.startswith("sqlite"):
        file = sqlite_file(uri)
        if file is not None and not file.is_file():
            raise InputError(
                f"no MLflow store at {file}; expected the mlflow.db of a folder in which sweeps were run. "
                "Start one with `sweep run SPACE`, or point --home (SWEEP_HOME) at that folder."
            )
        if file is not None and not is_database(file):
            raise InputError(f"{file} is no SQLite database, so no MLflow store. Point --home (SWEEP_HOME) at another folder.")
    return Store(uri)


def _of_mlflow() -> str:
    import mlflow

    return str(mlflow.get_tracking_uri())


def find_sweep(
    store: Store, name: str | None, experiment: str, run_id: str | None, connection: sa.Connection | None = None
) -> Run:
    """The parent run of a sweep: by `run_id`, by `name` (the newest of that name), or the newest of all. Through the
    `connection` to a database where there is one.

    Raises InputError with the nearest name and the known ones, StoreError where the store does not answer.
    """
    sweeps = known_sweeps(store, experiment, connection)
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


def known_sweeps(store: Store, experiment: str, connection: sa.Connection | None = None) -> list[Run]:
    """The parent runs of all sweeps, newest first; empty where the experiment does not exist."""
    places = None if connection is None else experiments(connection, experiment)
    if connection is None or places is None or len(places) > 1:  # the client knows which workspace is ours
        runs = _searched(store, experiment)
    else:
        runs = [run for place in places for run in tagged_runs(connection, place, "sweeper.kind", "sweep")]
    return sorted(runs, key=lambda run: (-(run.info.start_time or 0), run.info.run_id))


def trial_runs(store: Store, sweep: Run, connection: sa.Connection | None) -> list[Run]:
    """The child runs of a sweep, in no order; runs without a trial number are left out. Through the `connection` to a database
    where there is one."""
    runs = _below(store, sweep) if connection is None else child_runs(connection, sweep)
    return [run for run in runs if run.data.tags.get("sweeper.trial", "").isdecimal()]


def _searched(store: Store, experiment: str) -> list[Run]:
    from mlflow.exceptions import MlflowException

    try:
        home = store.client.get_experiment_by_name(experiment)
        return [] if home is None else list(_pages(store.client, home.experiment_id, "tags.`sweeper.kind` = 'sweep'"))
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise unanswered(store.tracking_uri, error) from error


def _below(store: Store, sweep: Run) -> list[Run]:
    from mlflow.exceptions import MlflowException

    where = f"tags.mlflow.parentRunId = '{sweep.info.run_id}'"  # an id of MLflow's own, not a name
    try:
        return list(_pages(store.client, sweep.info.experiment_id, where))
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise unanswered(store.tracking_uri, error) from error


def sweep_name(run: Run) -> str:
    return str(run.info.run_name or run.data.tags.get("sweeper.sweep", run.info.run_id))


def _pages(client: MlflowClient, experiment_id: str, where: str) -> Iterator[Run]:
    token: str | None = None
    while True:
        page = client.search_runs([experiment_id], where, max_results=PAGE, page_token=token)
        yield from map(Run.of, page)
        token = page.token
        if not token:
            return


def _known(sweeps: list[Run]) -> str:
    if not sweeps:
        return " The store holds no sweep yet; start one with `sweep run SPACE`."
    names = list(dict.fromkeys(clean(sweep_name(run), 60) for run in sweeps))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" Known sweeps: {', '.join(names[:SHOWN])}{more}."
