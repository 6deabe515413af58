"""Arrays on disk for rows that may be more than memory holds. They last as long as the preparation."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from sweeper.data.raw import Array
from sweeper.errors import DataError


@contextmanager
def scratch_beside(into: Path) -> Iterator[Scratch]:
    """Scratch in a folder beside `into`, which is removed when the block ends."""
    folder = into.with_name(f"{into.name}.{os.getpid()}.scratch")
    try:
        yield Scratch(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Scratch:
    """Makes arrays in `folder`, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def array(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """An array of zeros to be written, mapped from disk. Raises DataError where the disk has no room for it."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size == 0:
            return np.zeros(shape, dtype)
        with _told(self._folder), self._file() as file:
            # Reserved beforehand: whoever writes to a mapped file on a full disk is killed.
            os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype, "r+", shape=shape)

    @contextmanager
    def growing(self) -> Iterator[Growing]:
        """A file to which arrays are appended. Raises DataError where the disk does not let it write."""
        with _told(self._folder):
            file = self._file()
        with file:
            yield Growing(file)

    def _file(self) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        return (self._folder / f"{self._count}.raw").open("w+b")


class Growing:
    """Arrays of one dtype behind each other on disk."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._dtype: np.dtype[Any] | None = None

    def append(self, array: Array) -> None:
        """Raises ValueError for what is no number or of another dtype than before, DataError where the disk is full."""
        self._dtype = self._dtype or array.dtype
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{array.dtype} values")
        if array.dtype != self._dtype:
            raise ValueError(f"{self._dtype} and {array.dtype} values")
        with _told(Path(self._file.name).parent):
            self._file.write(np.ascontiguousarray(array).data)

    def mapped(self, shape: tuple[int, ...]) -> Array:
        """All that was appended, as one array of this shape."""
        assert self._dtype is not None
        with _told(Path(self._file.name).parent):
            self._file.flush()
            return np.memmap(self._file, self._dtype, "r", shape=shape)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"Cannot keep the data in {folder.parent} while they are prepared: {error.strerror or error}."
        ) from error
