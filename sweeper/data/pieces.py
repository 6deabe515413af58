"""Rows in pieces of bounded size, so that data larger than memory are prepared without ever being held as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sweeper.data.raw import Array

PIECE = 32 * 2**20
"""Bytes of a piece as float64. Standardizing it holds about four times as much for a moment."""


def pieces(rows: int, numbers: int) -> Iterator[slice]:
    """Slices that together cover `rows` rows of so many numbers each, in order."""
    step = max(1, PIECE // (8 * max(numbers, 1)))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def gathered(x: Array, rows: Array) -> Array:
    """The rows of x with these numbers, in their order. What lies on disk is read in the order in which it lies there."""
    if not isinstance(x, np.memmap):
        return x[rows]
    order = np.argsort(rows, kind="stable")
    found = np.empty((len(rows), *x.shape[1:]), x.dtype)
    found[order] = x[rows[order]]
    return found
