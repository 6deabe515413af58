"""Convolutional network (LeCun et al. 1998)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from sweeper.catalogue.declaration import sizes
from sweeper.models.blocks import dense_block, dropped_out, noisy_input, normalized_activation

_POOLING = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}


def build(
    settings: Mapping[str, Any], regularization: Mapping[str, Any], input_shape: tuple[int, ...], outputs: int
) -> keras.Model:
    """A block of convolution, normalization, activation, pooling and dropout for each number in `filters`, then the head.

    Input [rows, height, width, channels], output [rows, outputs]. A picture one pixel high or wide is pooled no further.
    """
    inputs, x = noisy_input(input_shape, regularization)
    filters = sizes(settings["filters"])
    for number, count in enumerate(filters, start=1):
        with_bias = settings.get("normalization") != "batch"
        x = keras.layers.Conv2D(count, settings["kernel_size"], padding="same", use_bias=with_bias, name=f"conv_{number}")(x)
        x = normalized_activation(x, settings, number)
        if settings.get("pooling") is not None and min(x.shape[1:3]) > 1:
            x = _POOLING[settings["pooling"]](2, name=f"pooling_{number}")(x)
        x = dropped_out(x, regularization, number)
    x = (
        keras.layers.GlobalAveragePooling2D(name="head")(x)
        if settings["head"] == "global_average"
        else keras.layers.Flatten(name="head")(x)
    )
    for number, units in enumerate(sizes(settings.get("dense")), start=len(filters) + 1):
        x = dense_block(x, units, settings, regularization, number)
    return keras.Model(inputs, keras.layers.Dense(outputs, name="output")(x), name="cnn")
