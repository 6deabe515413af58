"""MLflow's empty database is made once in a session: its migrations take seconds, copying what they give nothing."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa


@cache
def empty_database() -> bytes:
    """The database as MLflow makes it, with its tables and no run."""
    from mlflow.store.db import utils

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mlflow.db"
        engine = sa.create_engine(f"sqlite:///{file}")
        utils._initialize_tables(engine)
        engine.dispose()
        return file.read_bytes()


@pytest.fixture(scope="session", autouse=True)
def quick_stores() -> Iterator[None]:
    """Whatever asks MLflow for a new SQLite file in this process gets a copy, and its migrations are looked through but once
    for the revision that a store must have; a folder's conftest.py names this fixture."""
    from mlflow.store.db import utils

    def copied(engine: sa.Engine) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as made:
            made.deserialize(empty_database())
            with contextlib.closing(sqlite3.connect(str(engine.url.database))) as file:
                made.backup(file)

    empty_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "_initialize_tables", copied)
        patch.setattr(utils, "_get_latest_schema_revision", cache(utils._get_latest_schema_revision))
        yield
