"""The metrics of many runs over their epochs: by SQL where the store is a database we know, else through the client.

The client asks for one metric of one run at a time, which costs minutes for a large sweep. The database is read instead,
read-only and in chunks, as long as its schema is one this reader was tested with; both ways give the same frame.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import pandas as pd
import sqlalchemy as sa
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from sweeper.reporting.reading.store import sqlite_file, unanswered

SCHEMAS = frozenset({"dc11669786a5"})
"""MLflow schema versions (table `alembic_version`) whose `metrics` table the SQL below was tested with (MLflow 3.17)."""

RUNS_A_QUERY = 200
HISTORY = ("run_id", "key", "step", "time", "value")
ONCE = ("objective", "objective_last", "best_epoch", "epochs")
"""Metrics logged once for a trial; with `seconds_*` and `test_*` they are no curves."""


def is_curve(key: str) -> bool:
    """Whether a metric is a curve over epochs."""
    return key not in ONCE and not key.startswith(("seconds_", "test_"))


def read_histories(client: MlflowClient, runs: Sequence[Run]) -> pd.DataFrame:
    """Columns `HISTORY`, a row for each run, metric and step; `time` in Unix milliseconds.

    Of several values for one step the one logged first stays. NaN and infinities come back as such.
    """
    rows = _by_sql(client.tracking_uri, runs)
    return tidy(_by_client(client, runs) if rows is None else rows)


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """Sorted, the first value of a step kept, MLflow's stand-ins for infinities (the largest doubles) undone."""
    rows = rows.sort_values(["run_id", "key", "step", "time", "value"], kind="stable", ignore_index=True)
    rows = rows.drop_duplicates(["run_id", "key", "step"], ignore_index=True)
    largest = sys.float_info.max
    return rows.assign(value=rows["value"].replace({largest: float("inf"), -largest: float("-inf")}))


def _by_client(client: MlflowClient, runs: Iterable[Run]) -> pd.DataFrame:
    found: list[tuple[str, str, int, int, float]] = []
    try:
        for run in runs:
            for key in filter(is_curve, run.data.metrics):
                history = client.get_metric_history(run.info.run_id, key)
                found += [(run.info.run_id, key, point.step, point.timestamp, point.value) for point in history]
    except (MlflowException, OSError) as error:
        raise unanswered(client.tracking_uri, error) from error
    return _typed(pd.DataFrame(found, columns=list(HISTORY)))


def _by_sql(uri: str, runs: Sequence[Run]) -> pd.DataFrame | None:
    """The same rows from the database, or None where the store is no database or one we do not know."""
    engine = _read_only(uri)
    if engine is None:
        return None
    try:
        with engine.connect() as connection:
            if _schema(connection) not in SCHEMAS:
                return None
            ids = [run.info.run_id for run in runs]
            chunks = [_chunk(connection, ids[start : start + RUNS_A_QUERY]) for start in range(0, len(ids), RUNS_A_QUERY)]
    except sa.exc.SQLAlchemyError as error:
        raise unanswered(uri, error) from error
    finally:
        engine.dispose()
    return pd.concat(chunks, ignore_index=True) if chunks else _typed(pd.DataFrame(columns=list(HISTORY)))


def _read_only(uri: str) -> sa.Engine | None:
    if uri.startswith("sqlite"):
        file = sqlite_file(uri)
        return sa.create_engine(f"sqlite:///file:{_quoted(file.resolve().as_posix())}?mode=ro&uri=true") if file else None
    if uri.split(":", 1)[0].split("+", 1)[0] in ("postgresql", "mysql", "mssql"):
        return sa.create_engine(uri)
    return None


def _quoted(path: str) -> str:
    """A path inside a SQLite URI: its four special characters as percent codes."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23").replace("&", "%26")


def _schema(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")


_METRICS = sa.table("metrics", *(sa.column(name) for name in ("run_uuid", "key", "step", "timestamp", "value", "is_nan")))


def _chunk(connection: sa.Connection, ids: list[str]) -> pd.DataFrame:
    columns = _METRICS.c
    named = (columns.run_uuid, columns.key, columns.step, columns.timestamp, columns.value, columns.is_nan)
    query = sa.select(*named).where(columns.run_uuid.in_(ids))
    rows = pd.DataFrame(connection.execute(query).all(), columns=[*HISTORY, "is_nan"])
    rows = rows[rows["key"].map(is_curve).astype(bool)]
    return _typed(rows.assign(value=rows["value"].mask(rows["is_nan"].astype(bool))).drop(columns="is_nan"))


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"run_id": "str", "key": "str", "step": "int64", "time": "int64", "value": "float64"})
