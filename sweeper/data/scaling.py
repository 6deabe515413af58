"""Shift and scale by the training part's mean and deviation.

A feature is the last axis: a column of a table, a channel of a picture (one mean over all pixels), a variable of a sequence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sweeper.data.raw import Array


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


def fit(read: Iterable[Array]) -> Scaling:
    """Mean and deviation over all rows (and pixels, and steps) of the pieces [rows, ..., features] that are `read`, as
    scikit-learn's StandardScaler has them.

    One pass: each piece's own mean and squares are joined to those before (Chan, Golub and LeVeque 1983, formula 2.1), in
    float64.
    """
    count, mean, squares = 0, np.zeros(1), np.zeros(1)
    low, high = np.full(1, np.inf), np.full(1, -np.inf)
    for piece in read:
        numbers = piece.reshape(-1, piece.shape[-1]).astype(np.float64)
        own = numbers.mean(axis=0)
        apart, total = own - mean, count + len(numbers)
        squares = squares + ((numbers - own) ** 2).sum(axis=0) + apart**2 * (count * len(numbers) / total)
        mean, count = mean + apart * (len(numbers) / total), total
        low, high = np.minimum(low, numbers.min(axis=0)), np.maximum(high, numbers.max(axis=0))
    deviation = np.sqrt(squares / count)
    constant = (low == high) | (deviation == 0)
    return Scaling(np.where(constant, low, mean), np.where(constant, 1.0, deviation))
