"""SQLite files that are copies of something safer: quick to write, never blocked by a reader, on the disk when it matters.

In write-ahead mode with `synchronous=NORMAL` a commit waits for no disk. The death of a process loses nothing; a power loss
may take the last commits, never more than a tail of them, and the file stays sound (https://www.sqlite.org/pragma.html). The
spools have what a tail held, and `reconcile` finds the runs and trials that lack it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

_PATIENCE = 60
"""Seconds to wait for another process that writes to the file."""


def write_ahead(file: Path) -> None:
    """Sets SQLite's write-ahead log, which stays set: then a reader (`mlflow ui`) never blocks the sweep.

    Where the file system refuses, the mode stays as it was, and writers wait for each other.
    """
    with contextlib.closing(sqlite3.connect(file, timeout=_PATIENCE)) as database:
        database.execute("PRAGMA journal_mode=WAL").fetchone()


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: object, record: object) -> None:
    """For the connections of this process alone, MLflow's and Optuna's; where the write-ahead log was refused, commits go on
    waiting for the disk, without which such a file could be damaged."""
    if isinstance(connection, sqlite3.Connection):
        mode = connection.execute("PRAGMA journal_mode").fetchone()
        if mode == ("wal",):
            connection.execute("PRAGMA synchronous=NORMAL")
