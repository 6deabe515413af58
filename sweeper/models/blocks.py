"""The few layers that families share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from sweeper.parts.noise import KnobDropout, KnobNoise

Tensor = Any


def noisy_input(input_shape: tuple[int, ...], regularization: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """The input, and the same with noise if there is any."""
    inputs = keras.Input(input_shape, name="input")
    return inputs, inputs if regularization.get("noise") is None else KnobNoise(name="noise")(inputs)


def normalized_activation(x: Tensor, settings: Mapping[str, Any], number: int) -> Tensor:
    """Batch normalization if the settings say so (Ioffe and Szegedy 2015, arXiv 1502.03167: before the activation), then
    the activation."""
    if settings.get("normalization") == "batch":
        x = keras.layers.BatchNormalization(name=f"normalization_{number}")(x)
    return keras.layers.Activation(settings["activation"], name=f"activation_{number}")(x)


def dropped_out(x: Tensor, regularization: Mapping[str, Any], number: int) -> Tensor:
    return x if regularization.get("dropout") is None else KnobDropout(name=f"dropout_{number}")(x)


def dense_block(x: Tensor, units: int, settings: Mapping[str, Any], regularization: Mapping[str, Any], number: int) -> Tensor:
    """Dense, normalization, activation, dropout."""
    x = keras.layers.Dense(units, use_bias=settings.get("normalization") != "batch", name=f"dense_{number}")(x)
    return dropped_out(normalized_activation(x, settings, number), regularization, number)


def sequence(x: Tensor) -> Tensor:
    """Sequences [rows, steps, features] as they are; of pictures [rows, height, width, channels] each row is a step."""
    if len(x.shape) == 3:
        return x
    height, width, channels = x.shape[1:]
    return keras.layers.Reshape((height, width * channels), name="steps")(x)
