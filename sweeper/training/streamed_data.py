"""Prepared data that stay on disk, because they are larger than the device or the memory: they come in chunks of many steps,
and the next chunk is brought to the device while the present one is used."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweeper.data.arrays import Part, Parts, concatenated
from sweeper.data.streams import ahead, in_order, shuffled
from sweeper.diagnostics.probe import PROBE_ROWS
from sweeper.records import DataInfo
from sweeper.training.backends.backend import Array, Backend
from sweeper.training.device_data import TEST, TRAIN, TRAIN_EVAL, VALIDATION, DeviceData, network_targets
from sweeper.training.passes import Pass

CHUNK = 32 * 2**20
"""Bytes of a chunk's inputs; the rows of several chunks are mixed with each other in memory."""


@dataclass(frozen=True)
class Chunk:
    """x [rows, *input_shape] and y [rows] or [rows, outputs] on the device."""

    x: Array
    y: Array
    rows: int


Chunks = Generator[Chunk, None, None]
"""Closing it ends the thread that reads ahead."""


class StreamedData:
    """The parts of all folds on disk. `probed` are the first training rows of each fold, on the device."""

    def __init__(self, info: DataInfo, backend: Backend, chunk: int | None = None) -> None:
        """`chunk` are the bytes of a chunk's inputs, `CHUNK` where nothing is said."""
        self._info, self._backend = info, backend
        self._rows = max(1, (chunk or CHUNK) // (4 * math.prod(info.input_shape)))
        self._parts = [_parts(fold) for fold in info.folds or (info,)]
        self.probed = self._first_rows()

    def count(self, fold: int, part: str) -> int:
        """The number of rows of a part; 0 where there are none."""
        return len(self._parts[fold].get(part, ()))

    def training(self, one: Pass, batch_size: int) -> Chunks:
        """The training rows in the order of the pass, mixed as far as `data.streams.shuffled` does; all chunks but the last
        hold whole batches."""
        part, rows = self._parts[one.fold][TRAIN], self._whole_batches(batch_size)
        chunks = in_order(part, rows) if one.seed is None else shuffled(part, rows, one.seed)
        return self._on_device(chunks, one.fold)

    def part(self, fold: int, part: str) -> Chunks:
        """A part as it lies."""
        return self._on_device(in_order(self._parts[fold][part], self._rows), fold)

    def training_sizes(self, fold: int, batch_size: int) -> set[int]:
        """The numbers of rows that chunks of the training part have."""
        return _sizes(self.count(fold, TRAIN), self._whole_batches(batch_size))

    def part_sizes(self, fold: int) -> set[int]:
        """The numbers of rows that chunks have in evaluations."""
        return set().union(*(_sizes(self.count(fold, part), self._rows) for part in (TRAIN_EVAL, VALIDATION, TEST)))

    def example(self, rows: int) -> Chunk:
        """A chunk of the shape that one of so many rows has."""
        x, y = self.probed.x, self.probed.y
        x, y = (self._backend.array(np.zeros((rows, *one.shape[1:])), str(np.asarray(one).dtype)) for one in (x, y))
        return Chunk(x, y, rows)

    def _whole_batches(self, batch_size: int) -> int:
        return max(self._rows // batch_size, 1) * batch_size

    def _on_device(self, chunks: Iterator[Part], fold: int) -> Chunks:
        info, adopt = self._info.fold(fold), self._backend.adopt
        with closing(ahead(Chunk(adopt(one.x), adopt(network_targets(one, info)), len(one)) for one in chunks)) as ready:
            yield from ready

    def _first_rows(self) -> DeviceData:
        xs: list[np.ndarray] = []
        ys: list[np.ndarray] = []
        index: list[dict[str, Any]] = []
        for fold, parts in enumerate(self._parts):
            first, used = parts[TRAIN].first(PROBE_ROWS), sum(map(len, xs))
            xs.append(first.x)
            ys.append(network_targets(first, self._info.fold(fold)))
            index.append({TRAIN: np.arange(used, used + len(first), dtype="int32")})
        return DeviceData(self._backend.adopt(concatenated(xs)), self._backend.adopt(concatenated(ys)), tuple(index))


def _parts(fold: DataInfo) -> dict[str, Part]:
    stored = Parts.open(fold)
    found = {TRAIN: stored.train, TRAIN_EVAL: stored.train_eval, VALIDATION: stored.validation, TEST: stored.test}
    return {name: part for name, part in found.items() if part is not None}


def _sizes(rows: int, chunk: int) -> set[int]:
    return {size for size in (min(rows, chunk), rows % chunk) if size}
