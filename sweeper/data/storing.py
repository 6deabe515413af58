"""Prepared arrays on disk: plain .npy files that workers map, a digest over all of them, and nothing half done."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from sweeper.data.pieces import pieces
from sweeper.data.raw import PARTS, Array
from sweeper.errors import DataError
from sweeper.records import DataInfo

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


def combined_digest(digests: Iterable[str]) -> str:
    """One digest over several."""
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:DIGITS]


def is_prepared(info: DataInfo) -> bool:
    """Whether the arrays that `info` tells of lie in its folders still."""
    return all((Path(one.folder) / f"{PARTS[0]}_x.npy").is_file() for one in (info, *info.folds))


def store(folder: Path, parts: Mapping[str, Array], read: Callable[[Array], Array], y: Array, name: str) -> str:
    """Writes `PART_x.npy` and `PART_y.npy`; returns the digest.

    `parts` holds row numbers by part, and `read` gives the prepared rows of x with such numbers, float32. Raises DataError
    where a prepared number no longer fits into 32 bits.
    """
    digest = hashlib.sha256()
    for part in PARTS:
        rows = parts[part]
        if len(rows) == 0:
            continue
        example = read(rows[:1])
        shape = (len(rows), *example.shape[1:])
        digest.update(f"{part} {shape} {example.dtype} {y[rows].shape} {y.dtype}".encode())
        with (folder / f"{part}_x.npy").open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": example.dtype.str, "fortran_order": False, "shape": shape})
            for piece in pieces(len(rows), example.size):
                chunk = np.ascontiguousarray(read(rows[piece]))
                if not np.isfinite(chunk).all():
                    raise DataError(
                        f"{name}: a number of the {part} part is too large for 32 bits after standardization, "
                        "because its feature hardly varies in the training part. Leave it out, or write:  standardize: false"
                    )
                file.write(chunk.data)
                digest.update(chunk.data)
        targets = np.ascontiguousarray(y[rows])
        np.save(folder / f"{part}_y.npy", targets, allow_pickle=False)
        digest.update(targets.tobytes())
    return digest.hexdigest()[:DIGITS]
