"""First weights, made on the host for each trial: so no initializer is compiled into a program.

A space's initializer fills the kernels. What else a layer draws at random (recurrent kernels, learned positions) keeps the
layer's own initializer, under a seed of the trial's.
"""

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


def own_values(model: keras.Model, seed: int) -> dict[int, Any]:
    """First values (tensors) of the trainable weights that are no kernels and that their layers draw at random, by their
    positions among `model.trainable_variables`; each weight has a seed derived from `seed` and its position.

    A layer of Keras's keeps the initializer of its weight `bias` as `bias_initializer`; so must a layer of ours.
    """
    positions = {id(variable): position for position, variable in enumerate(model.trainable_variables)}
    drawn = {}
    for layer in model._flatten_layers():
        for variable in layer._trainable_variables:
            initializer = getattr(layer, f"{variable.name.removesuffix('_kernel')}_initializer")
            settings = initializer.get_config()
            if variable.name != "kernel" and "seed" in settings:
                position = positions[id(variable)]
                seeded = type(initializer).from_config({**settings, "seed": derive(seed, "weight", position)})
                drawn[position] = seeded(variable.shape, dtype="float32")
    return drawn
