"""Shift and scale by the training part's mean and deviation.

A feature is the last axis: a column of a table, a channel of a picture (one mean over all pixels), a variable of a sequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sweeper.data.raw import Array

CHUNK = 4096
"""Rows converted in one go: float64 copies of a whole set of pictures would not fit."""


@dataclass(frozen=True)
class Scaling:
    """`mean` and `deviation` are float64 [features]; a feature that is constant in training has the deviation 1."""

    mean: Array
    deviation: Array

    def apply(self, x: Array) -> Array:
        """float32 of x's shape: constant features of the training part become exactly 0 there."""
        with np.errstate(over="ignore"):
            return ((x - self.mean) / self.deviation).astype(np.float32)


def unchanged() -> Scaling:
    """The scaling that changes nothing but the type."""
    return Scaling(np.zeros(1), np.ones(1))


def fit(x: Array) -> Scaling:
    """Mean and deviation over all rows (and pixels, and steps) of x [rows, ..., features], as scikit-learn's
    StandardScaler has them."""
    count = x.size // x.shape[-1]
    mean = sum(chunk.sum(axis=0) for chunk in _chunks(x)) / count
    squares = sum(((chunk - mean) ** 2).sum(axis=0) for chunk in _chunks(x))
    low = np.min([chunk.min(axis=0) for chunk in _chunks(x)], axis=0)
    high = np.max([chunk.max(axis=0) for chunk in _chunks(x)], axis=0)
    deviation = np.sqrt(squares / count)
    constant = (low == high) | (deviation == 0)
    return Scaling(np.where(constant, low, mean), np.where(constant, 1.0, deviation))


def _chunks(x: Array) -> Iterator[Array]:
    for start in range(0, len(x), CHUNK):
        yield x[start : start + CHUNK].reshape(-1, x.shape[-1]).astype(np.float64)
