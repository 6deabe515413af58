"""The many small weights of a network as one array, so that a step updates them all at once.

An update rule acts on each entry by itself, whatever weight it belongs to; in a small net, starting an operation for each
weight costs more than the operation (the idea of `multi-tensor apply` in NVIDIA's Apex and of `optax.flatten`). Large weights
stay apart, for copying them costs more than is won.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import keras
from keras import ops

Array = Any


class Joining:
    """Which weights are joined: those of 32 bits with at most so many entries, where there are several."""

    def __init__(self, weights: Sequence[Array], most: int) -> None:
        self._shapes = [tuple(weight.shape) for weight in weights]
        small = [
            position
            for position, weight in enumerate(weights)
            if math.prod(weight.shape) <= most and keras.backend.standardize_dtype(weight.dtype) == "float32"
        ]
        self._small = small if len(small) > 1 else []

    def join(self, values: Sequence[Array]) -> list[Array]:
        """Values shaped like the weights (these, their gradients): the large ones, then the small ones as one [entries]."""
        if not self._small:
            return list(values)
        large = [value for position, value in enumerate(values) if position not in self._small]
        return [*large, ops.concatenate([ops.reshape(values[position], (-1,)) for position in self._small])]

    def part(self, joined: Sequence[Array]) -> list[Array]:
        """What `join` joined, in the weights' order and shapes."""
        if not self._small:
            return list(joined)
        *apart, together = joined
        ends = list(accumulate(math.prod(self._shapes[position]) for position in self._small))
        pieces = dict(zip(self._small, ops.split(together, ends[:-1]), strict=True))
        large = iter(apart)
        return [
            ops.reshape(pieces[position], shape) if position in pieces else next(large)
            for position, shape in enumerate(self._shapes)
        ]
