"""First weights, made on the host for each trial: so no initializer is compiled into a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from sweeper.catalogue.initializers import INITIALIZERS
from sweeper.seeds import derive

_KERAS_NAMES = {entry.name: entry.keras.rpartition(".")[2] for entry in INITIALIZERS}
_SEEDLESS = {"zeros", "ones", "constant", "identity"}


def keras_initializer(name: str, settings: Mapping[str, Any], seed: int) -> keras.initializers.Initializer:
    """Keras's initializer of this catalogue name. One with a seed repeats its values at every call: one for each weight."""
    seeded = {} if name in _SEEDLESS else {"seed": seed}
    initializer: keras.initializers.Initializer = getattr(keras.initializers, _KERAS_NAMES[name])(**settings, **seeded)
    return initializer


def kernel_values(initializer: Mapping[str, Any], shapes: Sequence[tuple[int, ...]], seed: int) -> list[Any]:
    """First values (tensors) of kernels with these shapes; each kernel has a seed derived from `seed` and its position.

    `initializer` is the part of a configuration: `{"he_normal": {}}`.
    """
    [(name, settings)] = initializer.items()
    return [
        keras_initializer(name, settings or {}, derive(seed, "kernel", position))(shape, dtype="float32")
        for position, shape in enumerate(shapes)
    ]
