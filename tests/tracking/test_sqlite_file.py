"""Looking at a database's file harms no connection to it, and says what it is."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sweeper.tracking.sqlite_file import bring_to_disk, is_database

WRITE = (
    "import sqlite3, sys; database = sqlite3.connect(sys.argv[1]); "
    "database.execute('INSERT INTO runs VALUES (2)'); database.commit(); database.close()"
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in write-ahead mode that has read: it holds SQLite's shared lock on the file."""
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE runs (id INTEGER)")
        database.execute("INSERT INTO runs VALUES (1)")
        assert rows(database) == [(1,)]
        yield database


def rows(database: sqlite3.Connection) -> list[tuple[int]]:
    return database.execute("SELECT id FROM runs ORDER BY id").fetchall()


@pytest.mark.parametrize("look", [is_database, bring_to_disk])
def test_a_connection_sees_what_another_process_wrote_after_the_file_was_looked_at(
    opened: sqlite3.Connection, tmp_path: Path, look: Callable[[Path], object]
) -> None:
    file = tmp_path / "mlflow.db"
    look(file)
    subprocess.run([sys.executable, "-c", WRITE, str(file)], check=True)
    assert rows(opened) == [(1,), (2,)]
    opened.execute("INSERT INTO runs VALUES (3)")
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert rows(other) == [(1,), (2,), (3,)]


def test_the_log_of_an_open_database_stays_when_another_process_closes_it(opened: sqlite3.Connection, tmp_path: Path) -> None:
    """What the locks are for: only the last one that closes takes the log away."""
    assert is_database(tmp_path / "mlflow.db")
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path / "mlflow.db")], check=True)
    assert (tmp_path / "mlflow.db-wal").exists()


def test_nothing_is_made_beside_a_database_that_nobody_has_open(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE runs (id INTEGER)")
    assert is_database(tmp_path / "mlflow.db")
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize(
    ("content", "right"), [(b"", True), (b"a page of text that is no database at all" * 100, False), (b"SQL", False)]
)
def test_what_is_a_database(tmp_path: Path, content: bytes, right: bool) -> None:
    file = tmp_path / "?a#b.db"
    file.write_bytes(content)
    assert is_database(file) is right
    assert file.read_bytes() == content


def test_a_database_that_was_cut_off_in_a_checkpoint_is_one(tmp_path: Path) -> None:
    """Its first page may tell of pages that are in the write-ahead log alone."""
    file = tmp_path / "mlflow.db"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE runs (text)")
        database.executemany("INSERT INTO runs VALUES (?)", [("x" * 1000,)] * 100)
        database.commit()
    file.write_bytes(file.read_bytes()[:4096])
    assert is_database(file)


def test_a_database_that_another_process_writes_to_is_one(opened: sqlite3.Connection, tmp_path: Path) -> None:
    opened.execute("BEGIN EXCLUSIVE")
    assert is_database(tmp_path / "mlflow.db")


def test_what_cannot_be_brought_to_the_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mlflow.db").touch()
    monkeypatch.setattr("sweeper.tracking.sqlite_file._SYNC", "raise OSError(28, 'No space left on device')")
    with pytest.raises(OSError, match="No space left on device"):
        bring_to_disk(tmp_path / "mlflow.db")
