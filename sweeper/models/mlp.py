"""Multilayer perceptron (Rumelhart, Hinton and Williams 1986)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from sweeper.catalogue.declaration import sizes
from sweeper.models.blocks import dense_block, noisy_input


def build(
    settings: Mapping[str, Any], regularization: Mapping[str, Any], input_shape: tuple[int, ...], outputs: int
) -> keras.Model:
    """Dense layers of the sizes in `layers`, or `depth` layers of `units`.

    Input [rows, *input_shape], output [rows, outputs].
    """
    inputs, x = noisy_input(input_shape, regularization)
    if len(input_shape) > 1:
        x = keras.layers.Flatten(name="flatten")(x)
    for number, units in enumerate(hidden_units(settings), start=1):
        x = dense_block(x, units, settings, regularization, number)
    return keras.Model(inputs, keras.layers.Dense(outputs, name="output")(x), name="mlp")


def hidden_units(settings: Mapping[str, Any]) -> tuple[int, ...]:
    """The units of each hidden layer, from either way of saying them."""
    if settings.get("layers") is not None:
        return sizes(settings["layers"])
    depth, units = settings["depth"], settings["units"]
    return tuple(units[:depth]) if isinstance(units, list | tuple) else (units,) * depth
