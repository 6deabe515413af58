"""Signal health of a layer: how vanishing and exploding gradients, dead and saturated units and symmetry are seen.

All functions are pure, of arrays, in `keras.ops`, and return scalars.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

Array = Any

SATURATION = {"tanh": (-0.97, 0.97), "sigmoid": (0.03, 0.97), "hard_sigmoid": (0.03, 0.97), "softsign": (-0.97, 0.97)}
"""Beyond these values a unit of a bounded activation counts as saturated."""

RECTIFIERS = frozenset({"relu", "relu6"})
"""Activations that can die: their gradient is zero where they are not positive."""

SAME_DIRECTION = 0.9999
"""Two units whose incoming weights have a larger cosine count as the same unit."""

COMPARED_UNITS = 256
"""Symmetry is looked for among the first so many units, since the comparison is quadratic in them."""


def rms(values: Array) -> Array:
    """Root of the mean square."""
    return ops.sqrt(ops.mean(ops.square(values)))


def all_finite(values: Sequence[Array]) -> Array:
    """1 where every entry of all these arrays is a finite number, else 0; integers always are."""
    checks = [ops.all(ops.isfinite(value)) for value in values if "float" in keras.backend.standardize_dtype(value.dtype)]
    return ops.cast(ops.all(ops.stack(checks)) if checks else True, "float32")


def relative_change(before: Array, after: Array) -> Array:
    """`norm(after - before) / norm(before)` of one step; 0 for weights that are all zero and stay so."""
    change, size = ops.sqrt(ops.sum(ops.square(after - before))), ops.sqrt(ops.sum(ops.square(before)))
    return change / ops.maximum(size, 1e-12)


def activation_statistics(activation: Array, kind: str) -> dict[str, Array]:
    """`activation_variance`, and as far as the kind of activation knows them `dead` and `saturated`: shares of units.

    `activation` is [rows, ..., units]. A unit is dead if it is not positive on any row (for pictures: nor at any place), and
    saturation is the share of all values beyond SATURATION.
    """
    found = {"activation_variance": ops.var(activation)}
    if kind in RECTIFIERS:
        highest = ops.max(activation, axis=tuple(range(len(activation.shape) - 1)))
        found["dead"] = ops.mean(ops.cast(highest <= 0, "float32"))
    if kind in SATURATION:
        low, high = SATURATION[kind]
        found["saturated"] = ops.mean(ops.cast(ops.logical_or(activation < low, activation > high), "float32"))
    return found


def symmetry(kernel: Array, outgoing: int = 1) -> Array:
    """The share of pairs of units whose incoming weights point the same way; all-zero units count as the same.

    `kernel` is [..., units], its last `outgoing` axes together counting the units. 1 means that all units of the layer compute
    one thing and, training alike, always will (zero or constant initialization).
    """
    every = math.prod(kernel.shape[-outgoing:])
    units = min(every, COMPARED_UNITS)
    if units < 2:
        return ops.zeros(())
    columns = ops.reshape(kernel, (-1, every))[:, :units]
    sizes = ops.sqrt(ops.sum(ops.square(columns), axis=0, keepdims=True))
    directions = columns / ops.maximum(sizes, 1e-12)
    silent = ops.cast(sizes < 1e-12, "float32")
    alike = ops.matmul(ops.transpose(directions), directions) + ops.matmul(ops.transpose(silent), silent)
    same = ops.sum(ops.cast(alike > SAME_DIRECTION, "float32")) - units
    return ops.maximum(same, 0.0) / (units * (units - 1))
