"""Prepared arrays as a worker sees them: mapped from disk, read as they are used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from sweeper.data.raw import Array
from sweeper.errors import DataError
from sweeper.records import DataInfo

ALIGNMENT = 64
"""Bytes: an array whose memory begins at a multiple of them can be used by TensorFlow on a CPU where it lies."""


@dataclass(frozen=True)
class Part:
    """x is float32 [rows, *input_shape]; y is int32 [rows] (classes) or float32 [rows, outputs] (numbers)."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def first(self, rows: int) -> Part:
        """The first `rows` rows."""
        return Part(self.x[:rows], self.y[:rows])


@dataclass(frozen=True)
class Parts:
    """The parts of a data set; `validation` and `test` are None where they have no rows."""

    train: Part
    validation: Part | None
    test: Part | None

    @property
    def train_eval(self) -> Part:
        """The first rows of the training part, as many as the validation part has: both are evaluated alike."""
        return self.train if self.validation is None else self.train.first(len(self.validation))

    @staticmethod
    def open(info: DataInfo) -> Parts:
        """The arrays in `info.folder`. Raises DataError where they are gone or are not what `info` says."""
        train = _part(info, "train")
        if train is None:
            raise DataError(f"{info.name}: the prepared data have no training part.")
        return Parts(train, _part(info, "validation"), _part(info, "test"))


def aligned(shape: Sequence[int], dtype: DTypeLike) -> Array:
    """An array with nothing in it yet, whose memory begins at a multiple of `ALIGNMENT` bytes."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + ALIGNMENT, "uint8")
    begin = -room.ctypes.data % ALIGNMENT
    return room[begin : begin + size].view(dtype).reshape(shape)


def taken(array: Array, rows: Array) -> Array:
    """These rows of an array, in aligned memory of their own."""
    found = aligned((len(rows), *array.shape[1:]), array.dtype)
    # "clip" writes straight to its place; the default gathers elsewhere first, for a row that is not there.
    return np.take(array, rows, axis=0, out=found, mode="clip")


def concatenated(arrays: Sequence[Array]) -> Array:
    """The rows of all of them behind each other, in aligned memory of their own."""
    kind = np.result_type(*arrays)
    found = aligned((sum(map(len, arrays)), *arrays[0].shape[1:]), kind)
    return np.concatenate(arrays, out=found)


def _part(info: DataInfo, name: str) -> Part | None:
    rows = info.rows.get(name, 0)
    if rows == 0:
        return None
    folder = Path(info.folder)
    try:
        x, y = (np.load(folder / f"{name}_{what}.npy", mmap_mode="r", allow_pickle=False) for what in "xy")
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{info.name}: the prepared data in {folder} cannot be read: {error}") from error
    if x.shape != (rows, *info.input_shape) or len(y) != rows:
        raise DataError(f"{info.name}: the prepared data in {folder} are not those that the sweep began with.")
    return Part(x, y)
