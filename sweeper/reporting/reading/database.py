"""MLflow's database, read directly: its client makes an object of each value, which takes minutes for a large sweep, and
seconds to import for any.

Only as long as the schema is one that this was tested with; whoever gets no connection asks the client, which gives the same.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa

from sweeper.errors import InputError
from sweeper.reporting.reading.address import sqlite_file, unanswered
from sweeper.reporting.reading.points import Points
from sweeper.reporting.reading.run import Run, RunData, RunInfo
from sweeper.tracking.server import without_driver

SCHEMAS = frozenset({"dc11669786a5"})
"""MLflow schema versions (table `alembic_version`) with which the SQL below was tested (MLflow 3.17)."""


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


_INFO = ("run_uuid", "name", "experiment_id", "status", "start_time", "end_time", "artifact_uri")
_RUNS = _table("runs", *_INFO, "lifecycle_stage")
_EXPERIMENTS = _table("experiments", "experiment_id", "name")
_TAGS, _PARAMS = (_table(name, "run_uuid", "key", "value") for name in ("tags", "params"))
_METRICS, _LATEST = (
    _table(name, "run_uuid", "key", "step", "timestamp", "value", "is_nan") for name in ("metrics", "latest_metrics")
)


@contextlib.contextmanager
def known_database(uri: str) -> Iterator[sa.Connection | None]:
    """A connection that reads only, in one transaction: whatever is asked through it is as it was at one moment, also while a
    sweep writes. A SQLite file without a write-ahead log, which no sweep of ours leaves, has a transaction for each question: a
    longer one would keep its writers waiting. None where the store is no database or one we do not know.

    Raises StoreError where it does not answer, InputError where its driver is missing.
    """
    engine = _read_only(uri)
    try:
        if engine is not None:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite" and _blocks_no_writer(connection):
                    connection.exec_driver_sql("BEGIN")  # Python's driver begins one for writing alone
                if _schema(connection) in SCHEMAS:
                    yield connection
                    return
    except sa.exc.SQLAlchemyError as error:
        raise unanswered(uri, error) from error
    finally:
        if engine is not None:
            engine.dispose()
    yield None


def _blocks_no_writer(connection: sa.Connection) -> bool:
    return connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def experiments(connection: sa.Connection, name: str) -> list[int]:
    """The ids of those that are called so; each workspace may have one."""
    wanted = sa.select(_EXPERIMENTS.c.experiment_id).where(_EXPERIMENTS.c.name == name)
    return [int(own) for (own,) in _rows(connection, wanted)]


def tagged_runs(connection: sa.Connection, experiment: int, tag: str, value: str) -> list[Run]:
    """The runs of an experiment with this tag that are not deleted."""
    own = sa.select(_TAGS.c.run_uuid).where(_TAGS.c.key == tag, _TAGS.c.value == value)
    return _runs(connection, own, str(experiment))


def child_runs(connection: sa.Connection, parent: Run) -> list[Run]:
    """The runs below a parent run that are not deleted."""
    return tagged_runs(connection, int(parent.info.experiment_id), "mlflow.parentRunId", parent.info.run_id)


def _runs(connection: sa.Connection, below: sa.Select[Any], experiment: str) -> list[Run]:
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    params: dict[str, dict[str, str]] = defaultdict(dict)
    metrics: dict[str, dict[str, float]] = defaultdict(dict)
    for run, key, value in _rows(connection, sa.select(_TAGS).where(_TAGS.c.run_uuid.in_(below))):
        tags[run][key] = value
    for run, key, value in _rows(connection, sa.select(_PARAMS).where(_PARAMS.c.run_uuid.in_(below))):
        params[run][key] = value
    latest = sa.select(_LATEST.c.run_uuid, _LATEST.c.key, _LATEST.c.value, _LATEST.c.is_nan)
    for run, key, value, nan in _rows(connection, latest.where(_LATEST.c.run_uuid.in_(below))):
        metrics[run][key] = float("nan") if nan else value
    active = (_RUNS.c.lifecycle_stage == "active", _RUNS.c.experiment_id == int(experiment))
    info = sa.select(*(_RUNS.c[name] for name in _INFO)).where(_RUNS.c.run_uuid.in_(below), *active)
    return [
        Run(RunInfo(run, name, str(owner), *rest), RunData(metrics[run], params[run], tags[run]))
        for run, name, owner, *rest in _rows(connection, info)
    ]


def points(connection: sa.Connection, run_id: str, places: Mapping[str, int]) -> Points:
    """Every value that a run logged of the metrics of `places`, in no order."""
    columns = _METRICS.c
    wanted = sa.select(columns.key, columns.step, columns.timestamp, columns.value, columns.is_nan)
    rows = _rows(connection, wanted.where(columns.run_uuid == run_id, columns.key.in_(places)))
    if not rows:
        return Points.of([], [], [], [])
    keys, steps, times, values, nan = zip(*rows, strict=True)
    found = Points.of([places[key] for key in keys], steps, times, values)
    found.value[np.array(nan, "bool")] = np.nan
    return found


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """As the database's driver gives them: SQLAlchemy's own rows would take as long as all the rest."""
    cursor = connection.execute(query).cursor
    assert cursor is not None
    return list(cursor.fetchall())


def _read_only(uri: str) -> sa.Engine | None:
    if uri.startswith("sqlite"):
        file = sqlite_file(uri)
        return sa.create_engine(f"sqlite:///file:{_quoted(file.resolve().as_posix())}?mode=ro&uri=true") if file else None
    if uri.split(":", 1)[0].split("+", 1)[0] in ("postgresql", "mysql", "mssql"):
        try:
            return sa.create_engine(uri, **({} if uri.startswith("mssql") else {"isolation_level": "REPEATABLE READ"}))
        except ImportError as error:
            raise InputError(without_driver(uri, error)) from error
    return None


def _quoted(path: str) -> str:
    """A path inside a SQLite URI: its four special characters as percent codes."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23").replace("&", "%26")


def _schema(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
