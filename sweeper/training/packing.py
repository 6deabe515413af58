"""Brings what a compiled function measures from the device to the host as one array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from keras import ops

from sweeper.training.backends.backend import Array, Tree

Metrics = dict[str, float]


class Packing:
    """Turns a function's dictionary of scalars into one array inside the program, and back into a dictionary for each lane."""

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._names: tuple[str, ...] = ()

    def packed(self, function: Callable[..., Mapping[str, Array]]) -> Callable[..., Array]:
        return lambda *arguments: self._pack(function(*arguments))

    def packed_beside(self, function: Callable[..., tuple[Tree, Mapping[str, Array]]]) -> Callable[..., tuple[Tree, Array]]:
        def pack(*arguments: Any) -> tuple[Tree, Array]:
            first, values = function(*arguments)
            return first, self._pack(values)

        return pack

    def metrics(self, packed: Array) -> list[Metrics]:
        rows = np.asarray(packed).reshape(self._lanes, len(self._names)).tolist()
        return [dict(zip(self._names, row, strict=True)) for row in rows]

    def _pack(self, values: Mapping[str, Array]) -> Array:
        self._names = tuple(values)
        if not values:  # a model into which the probe cannot look
            return ops.zeros((0,))
        return ops.stack([ops.cast(value, "float32") for value in values.values()], axis=-1)
