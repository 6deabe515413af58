"""Prepared arrays on disk: plain .npy files that workers map, a digest over all of them, and nothing half done."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from sweeper.data.raw import PARTS, Array
from sweeper.errors import DataError

CHUNK = 4096
DIGITS = 16
"""Hexadecimal digits of the digest that are kept: 64 bits."""


@contextmanager
def replacing(into: Path) -> Iterator[Path]:
    """A folder beside `into` that takes its place when the block ends well, and vanishes when it does not.

    Raises DataError where the disk does not let it write.
    """
    draft = into.with_name(f"{into.name}.{os.getpid()}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        yield draft
        if into.exists():
            shutil.rmtree(into)
        draft.rename(into)
    except OSError as error:
        raise DataError(f"Cannot write the prepared data to {into}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def store(folder: Path, x: Array, y: Array, parts: Mapping[str, Array], transform: Callable[[Array], Array], name: str) -> str:
    """Writes `PART_x.npy` (float32, what `transform` makes of x's rows) and `PART_y.npy`; returns the digest.

    `parts` holds row numbers by part. Raises DataError where a transformed number no longer fits into 32 bits.
    """
    digest = hashlib.sha256()
    for part in PARTS:
        rows = parts[part]
        if len(rows) == 0:
            continue
        example = transform(x[rows[:1]])
        stored = np.lib.format.open_memmap(
            folder / f"{part}_x.npy", mode="w+", dtype=np.float32, shape=(len(rows), *example.shape[1:])
        )
        digest.update(f"{part} {stored.shape} {stored.dtype} {y[rows].shape} {y.dtype}".encode())
        for start in range(0, len(rows), CHUNK):
            chunk = np.ascontiguousarray(transform(x[rows[start : start + CHUNK]]))
            if not np.isfinite(chunk).all():
                raise DataError(
                    f"{name}: a number of the {part} part is too large for 32 bits after standardization, "
                    "because its feature hardly varies in the training part. Leave it out, or write:  standardize: false"
                )
            stored[start : start + CHUNK] = chunk
            digest.update(chunk.tobytes())
        stored.flush()
        targets = np.ascontiguousarray(y[rows])
        np.save(folder / f"{part}_y.npy", targets, allow_pickle=False)
        digest.update(targets.tobytes())
    return digest.hexdigest()[:DIGITS]
