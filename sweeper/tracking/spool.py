"""A spool: an append-only file of records, one line each, which survives the death of any process at any moment.

A line is the CRC-32 of the JSON text in eight hexadecimal digits, a space, and the text. It is written by one `os.write`, so a
killed process leaves whole lines; a line that is torn (power, a full disk) is the last one and is dropped by the reader.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sweeper.errors import StoreError
from sweeper.records import Record, record_from_json

_EPOCH = b'{"kind":"epoch",'
"""How the JSON text of an epoch's record begins, and of no other."""
_WHOSE = re.compile(rb'"trial":(\d+),"epoch":(\d+),.*,"repeat":(\d+),"attempt":\d+\}')
"""What is behind that: inside a string, these quotes would have backslashes."""

Wanted = Callable[[int, int, int], bool]
"""Whether the record of this trial, repeat and epoch is to be read."""


def no_epochs(trial: int, repeat: int, epoch: int) -> bool:
    return False


class SpoolWriter:
    """Appends to one file, whose only writer it is.

    `append` hands the line to the kernel at once and has a thread bring it to the disk (fsync) while the next epoch is
    computed; it waits only for the fsync of the record before. So a record that was appended outlives the death of the
    process, and is on the disk before the record after it is written.
    """

    def __init__(self, path: str | Path) -> None:
        """Opens or creates the file (0600); a torn tail of an earlier writer is cut off. Raises StoreError."""
        self.path = Path(path)
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            _cut_torn_tail(self._file)
        except OSError as error:
            raise _fault(self.path, 0, error) from error
        self._asked, self._synced = 0, 0
        self._turn = threading.Condition()
        self._fault: OSError | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._sync, name=f"fsync {self.path.name}", daemon=True)
        self._thread.start()

    def append(self, record: Record) -> None:
        """Writes a record. Raises StoreError (disk full, ...), naming the file; what was written before stays readable."""
        self.append_all([record])

    def append_all(self, records: Iterable[Record]) -> None:
        """Writes several records with one call and one fsync."""
        lines = b"".join(map(encode, records))
        with self._turn:
            self._wait()
            try:
                _write(self._file, lines)
            except OSError as error:
                raise _fault(self.path, len(lines), error) from error
            self._asked += 1
            self._turn.notify_all()

    def flush(self) -> None:
        """Waits until all that was appended is on the disk."""
        with self._turn:
            self._wait()

    def __enter__(self) -> SpoolWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with self._turn:
            self._wait()
            self._closing = True
            self._turn.notify_all()
        self._thread.join()
        os.close(self._file)

    def _wait(self) -> None:
        self._turn.wait_for(lambda: self._synced == self._asked or self._fault is not None)
        if self._fault is not None:
            raise _fault(self.path, 0, self._fault) from self._fault

    def _sync(self) -> None:
        """The thread: an fsync for whatever was appended since the last one."""
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._closing or self._synced < self._asked)
                if self._synced == self._asked:
                    return
                asked = self._asked
            try:
                os.fsync(self._file)
            except OSError as error:
                self._fault = error
            with self._turn:
                self._synced = asked
                self._turn.notify_all()
                if self._fault is not None:
                    return


class Reading:
    """The records of one spool in the order of writing, one after the other; it can be gone through once.

    The file may be being written meanwhile. After the last record `torn` is the number of bytes that were dropped at the end.
    """

    def __init__(self, path: Path, wanted: Wanted | None = None) -> None:
        """With `wanted` the records of other epochs, which are most of a spool, are passed over: checked, but not parsed."""
        self.path, self.torn = path, 0
        self._wanted = wanted

    def __iter__(self) -> Iterator[Record]:
        """Raises StoreError, naming file and line, where a line other than the last is broken: then the file was damaged by
        something else than a crash, and nothing is guessed."""
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        self.torn += len(line)
                        return  # what a writer appends now would look like a line of its own
                    if self.torn:
                        raise _damaged(self.path, number - 1)
                    text = _text(line[:-1])
                    if text is not None and self._passes_over(text):
                        continue
                    record = None if text is None else _record(text)
                    if record is None:
                        self.torn = len(line)
                    else:
                        yield record
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}") from error

    def _passes_over(self, text: bytes) -> bool:
        if self._wanted is None or not text.startswith(_EPOCH):
            return False
        if self._wanted is no_epochs:
            return True
        whose = _WHOSE.fullmatch(text, len(_EPOCH))
        if whose is None:
            return False
        trial, epoch, repeat = map(int, whose.groups())
        return not self._wanted(trial, repeat, epoch)


@dataclass(frozen=True)
class Read:
    """The records of a spool in the order of writing; `torn` is the number of bytes that were dropped at its end."""

    records: tuple[Record, ...]
    torn: int


def read_spool(path: Path, wanted: Wanted | None = None) -> Read:
    """Reads a spool at once; see `Reading`, also for what it raises."""
    reading = Reading(path, wanted)
    return Read(tuple(reading), reading.torn)


def encode(record: Record) -> bytes:
    text = record.to_json().encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(line: bytes) -> Record | None:
    """The record of a line without its newline, or None if the line is broken."""
    text = _text(line)
    return None if text is None else _record(text)


def _record(text: bytes) -> Record | None:
    try:
        return record_from_json(text.decode())
    except (ValueError, TypeError, KeyError):
        return None


def _text(line: bytes) -> bytes | None:
    """What stands behind the checksum, if that is right."""
    text = line[9:]
    return text if line[:9] == b"%08x " % zlib.crc32(text) else None


def _write(file: int, lines: bytes) -> None:
    """All or nothing: a full disk may take a part of a line, which is cut off again."""
    before = os.fstat(file).st_size
    written = os.write(file, lines)
    if written == len(lines):
        return
    os.ftruncate(file, before)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _cut_torn_tail(file: int) -> None:
    size = os.fstat(file).st_size
    content = os.pread(file, size, 0)
    lines = content.split(b"\n")
    end = size - len(lines.pop())
    if lines and decode(lines[-1]) is None:
        end -= len(lines[-1]) + 1
    if end < size:
        os.ftruncate(file, end)


def _damaged(path: Path, number: int) -> StoreError:
    return StoreError(
        f"{path}:{number} is damaged: its checksum does not match, and it is not the last line, so no crash did this. "
        "Restore the file from a copy, or delete the sweep."
    )


def _fault(path: Path, size: int, error: OSError) -> StoreError:
    what = f"cannot write {size} bytes to {path}" if size else f"cannot write to {path}"
    return StoreError(f"{what}: {error.strerror}. What was trained so far is safe; make room and resume.")
