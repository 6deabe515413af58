"""The network of one structure: its model, built once, and a trial's first values for it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import keras
import numpy as np

from sweeper.catalogue.families import FAMILIES
from sweeper.learners.supervised import kernel_positions
from sweeper.parts.initializers import kernel_values, own_values
from sweeper.parts.noise import KnobDropout, KnobNoise
from sweeper.records import Configuration, DataInfo
from sweeper.seeds import Seeds, derive

Values = list[np.ndarray]

REBUILT = frozenset({"python"})
"""Families whose first weights are their own affair: the model is built again for each trial under the trial's seed."""


class Network:
    """A Keras model and the first values of its weights and of its layers' state for any trial of its structure.

    `seconds` is what building it took.
    """

    def __init__(self, configuration: Configuration, data: DataInfo, folder: str) -> None:
        begun = time.perf_counter()
        self._data, self._folder = data, folder
        [(self._family, _)] = configuration["model"].items()
        # Keras's global state grows with every model that is built; one program is built at a time in a worker. Python
        # frees the memory by itself; asking for it here would cost a quarter of a second for each program.
        keras.utils.clear_session(free_memory=False)
        self.model = self._build(configuration)
        self._weights = _values(self.model.trainable_variables)
        self._layers = _values(self.model.non_trainable_variables)
        self._kernels = kernel_positions(self.model)
        self.seconds = time.perf_counter() - begun

    @property
    def layers(self) -> list[Any]:
        """The model's layers, nested ones too."""
        return list(self.model._flatten_layers(include_self=False))

    def first_values(self, configuration: Configuration, seeds: Seeds) -> tuple[Values, Values]:
        """Of the weights, and of the layers' own state."""
        regularization = configuration["regularization"]
        if self._family not in REBUILT:
            return self._weights_for(configuration, seeds), self._state_for(self._layers, regularization, seeds)
        keras.utils.set_random_seed(seeds.weights)
        model = self._build(configuration)  # what is drawn and not trained (random features) follows from the seed too
        state = self._state_for(_values(model.non_trainable_variables), regularization, seeds)
        return _values(model.trainable_variables), state

    def _weights_for(self, configuration: Configuration, seeds: Seeds) -> Values:
        """Kernels from the space's initializer, what else is drawn at random (recurrent kernels) from its layer's own, each
        weight with a seed of its own; everything else as Keras starts it (biases zero, the forget gates' one)."""
        shapes = [self._weights[position].shape for position in self._kernels]
        filled = kernel_values(configuration["initializer"], shapes, seeds.weights)
        weights = list(self._weights)
        for position, kernel in zip(self._kernels, filled, strict=True):
            weights[position] = kernel
        for position, value in own_values(self.model, seeds.weights).items():
            weights[position] = value
        return weights

    def _state_for(self, built: Values, regularization: Mapping[str, Any], seeds: Seeds) -> Values:
        """Moving averages as built, the trial's rates of dropout and noise, and fresh seeds."""
        values, places = list(built), {id(v): n for n, v in enumerate(self.model.non_trainable_variables)}
        for number, layer in enumerate(self.model._flatten_layers()):
            if isinstance(layer, KnobDropout):
                _fill(values, places, layer, KnobDropout.values(float(regularization["dropout"])))
            elif isinstance(layer, KnobNoise):
                _fill(values, places, layer, KnobNoise.values(float(regularization["noise"])))
            for seed_generator in getattr(layer, "_seed_generators", ()):
                place = places[id(seed_generator.state)]
                values[place] = np.array([derive(seeds.noise, "layer", number), 0], dtype=values[place].dtype)
        return values

    def _build(self, configuration: Configuration) -> keras.Model:
        """The model, computing in the configuration's precision; weights and their updates are always of 32 bits (Micikevicius
        et al. 2017, arXiv 1710.03740, section 3.1; bfloat16 has the range of 32 bits, so that no loss is scaled)."""
        [(family, settings)] = configuration["model"].items()
        keras.config.set_dtype_policy(configuration["training"].get("precision", "float32"))
        implementation = next(entry.implementation for entry in FAMILIES if entry.name == family)
        module, _, name = str(implementation).partition(":")
        build = getattr(import_module(module), name)
        location = {"folder": self._folder} if family in REBUILT else {}
        model: keras.Model = build(
            settings, configuration["regularization"], self._data.input_shape, self._data.outputs, **location
        )
        return model


def _values(variables: list[Any]) -> Values:
    return [np.array(np.asarray(keras.ops.convert_to_tensor(variable.value))) for variable in variables]


def _fill(values: Values, places: Mapping[int, int], layer: Any, named: Mapping[str, float]) -> None:
    for name, value in named.items():
        values[places[id(getattr(layer, name))]] = np.array(value, "float32")
