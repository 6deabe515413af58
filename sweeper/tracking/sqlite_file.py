"""SQLite's files, looked at without harm to the connections that this process has to them.

Nothing here opens such a file itself: closing it would drop the locks that this process holds on it (POSIX, fcntl). Another
process that closes the database would then take itself for the last one and delete the write-ahead log, and this one would
read, and write, what nobody else sees (https://www.sqlite.org/howtocorrupt.html, section 2.2).
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import subprocess
import sys
from pathlib import Path

_SYNC = "import os, sys; [os.fsync(os.open(part, os.O_RDONLY)) for part in sys.argv[1:]]"


def is_database(file: Path) -> bool:
    """Whether SQLite would open this file: an empty one becomes a database with the first table. Nothing is made beside it, as
    the files of a write-ahead log would be, for only the first page is read (`immutable`)."""
    if file.stat().st_size == 0:
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as database:
            database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:  # locked, or not to be read: whoever opens it next will say so
        return True
    except sqlite3.DatabaseError as error:  # damaged, or in the midst of being written, it is one all the same
        return error.sqlite_errorcode != sqlite3.SQLITE_NOTADB
    return True


def bring_to_disk(file: Path) -> None:
    """Waits until all that was committed is on the disk, in a process of its own. Raises OSError."""
    parts = [str(part) for part in (file.with_name(f"{file.name}-wal"), file) if part.exists()]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", _SYNC, *parts], capture_output=True, text=True)
    if done.returncode:
        raise OSError(errno.EIO, (done.stderr.splitlines() or ["it cannot be brought to the disk"])[-1], str(file))
