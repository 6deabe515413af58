"""MLflow's database, read directly: its client makes an object of each value, which takes minutes for a large sweep.

Only as long as the schema is one that this was tested with; whoever gets no connection asks the client, which gives the same.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa
from mlflow.entities import Metric, Param, Run, RunData, RunInfo, RunTag

from sweeper.reporting.reading.address import sqlite_file, unanswered
from sweeper.reporting.reading.points import Points

SCHEMAS = frozenset({"dc11669786a5"})
"""MLflow schema versions (table `alembic_version`) with which the SQL below was tested (MLflow 3.17)."""


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


_INFO = (
    "run_uuid", "name", "experiment_id", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri",
)  # fmt: skip
_RUNS = _table("runs", *_INFO)
_TAGS, _PARAMS = (_table(name, "run_uuid", "key", "value") for name in ("tags", "params"))
_METRICS, _LATEST = (
    _table(name, "run_uuid", "key", "step", "timestamp", "value", "is_nan") for name in ("metrics", "latest_metrics")
)


@contextlib.contextmanager
def known_database(uri: str) -> Iterator[sa.Connection | None]:
    """A connection that reads only, in one transaction: whatever is asked through it is as it was at one moment, also while a
    sweep writes. A SQLite file without a write-ahead log, which no sweep of ours leaves, has a transaction for each question: a
    longer one would keep its writers waiting. None where the store is no database or one we do not know.

    Raises StoreError where it does not answer.
    """
    engine = _read_only(uri)
    if engine is None:
        yield None
        return
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite" and _blocks_no_writer(connection):
                connection.exec_driver_sql("BEGIN")  # Python's driver begins one for writing alone
            yield connection if _schema(connection) in SCHEMAS else None
    except sa.exc.SQLAlchemyError as error:
        raise unanswered(uri, error) from error
    finally:
        engine.dispose()


def _blocks_no_writer(connection: sa.Connection) -> bool:
    return connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def run_again(connection: sa.Connection, run: Run) -> Run:
    """The same run as it is in the connection's transaction; as it was known where it has been deleted meanwhile."""
    found = _runs(connection, sa.select(sa.literal(run.info.run_id)), run.info.experiment_id)
    return found[0] if found else run


def child_runs(connection: sa.Connection, parent: Run) -> list[Run]:
    """The runs below a parent run that are not deleted."""
    below = sa.select(_TAGS.c.run_uuid).where(_TAGS.c.key == "mlflow.parentRunId", _TAGS.c.value == parent.info.run_id)
    return _runs(connection, below, parent.info.experiment_id)


def _runs(connection: sa.Connection, below: sa.Select[Any], experiment: str) -> list[Run]:
    tags: dict[str, list[RunTag]] = defaultdict(list)
    params: dict[str, list[Param]] = defaultdict(list)
    metrics: dict[str, list[Metric]] = defaultdict(list)
    for run, key, value in _rows(connection, sa.select(_TAGS).where(_TAGS.c.run_uuid.in_(below))):
        tags[run].append(RunTag(key, value))
    for run, key, value in _rows(connection, sa.select(_PARAMS).where(_PARAMS.c.run_uuid.in_(below))):
        params[run].append(Param(key, value))
    for run, key, step, time, value, nan in _rows(connection, sa.select(_LATEST).where(_LATEST.c.run_uuid.in_(below))):
        metrics[run].append(Metric(key, float("nan") if nan else value, time, step))
    active = (_RUNS.c.lifecycle_stage == "active", _RUNS.c.experiment_id == int(experiment))
    return [
        Run(
            RunInfo(
                run_id=run, run_name=name, experiment_id=str(owner), user_id=user, status=status, start_time=start,
                end_time=end, lifecycle_stage=stage, artifact_uri=artifacts,
            ),
            RunData(metrics[run], params[run], tags[run]),
        )
        for run, name, owner, user, status, start, end, stage, artifacts in _rows(
            connection, sa.select(_RUNS).where(_RUNS.c.run_uuid.in_(below), *active)
        )
    ]  # fmt: skip


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
        return sa.create_engine(uri, **({} if uri.startswith("mssql") else {"isolation_level": "REPEATABLE READ"}))
    return None


def _quoted(path: str) -> str:
    """A path inside a SQLite URI: its four special characters as percent codes."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23").replace("&", "%26")


def _schema(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
