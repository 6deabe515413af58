"""Transformer encoder (Vaswani et al. 2017, Attention Is All You Need, arXiv 1706.03762)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from sweeper.models.blocks import dropped_out, noisy_input, sequence

Tensor = Any
Settings = Mapping[str, Any]


def build(settings: Settings, regularization: Settings, input_shape: tuple[int, ...], outputs: int) -> keras.Model:
    """`depth` blocks of self-attention and feed-forward layers, `heads` times `head_width` wide, then the mean over all steps.

    Input [rows, steps, features], or pictures [rows, height, width, channels], each of whose rows is a step; output
    [rows, outputs]. Every step attends to all steps. A linear projection stands where the paper embeds words. Attention has no
    biases, as in the paper; that of the keys would change nothing (the softmax takes it out) and drift with rounding. Dropout
    acts where the paper has it (section 5.4): on each sub-layer before it is added, and on the sum with the positions.
    """
    inputs, x = noisy_input(input_shape, regularization)
    x = keras.layers.Dense(settings["heads"] * settings["head_width"], name="projection")(sequence(x))
    if settings["positions"] is not None:
        x = _POSITIONS[settings["positions"]](name="positions")(x)
    x = dropped_out(x, regularization, 0)
    for number in range(1, settings["depth"] + 1):
        x = _block(x, settings, regularization, number)
    if settings["normalization"] == "pre":
        x = keras.layers.LayerNormalization(name="normalization")(x)
    x = keras.layers.GlobalAveragePooling1D(name="head")(x)
    return keras.Model(inputs, keras.layers.Dense(outputs, name="output")(x), name="transformer")


def _block(x: Tensor, settings: Settings, regularization: Settings, number: int) -> Tensor:
    heads, head_width, width = settings["heads"], settings["head_width"], x.shape[-1]
    attention = keras.layers.MultiHeadAttention(heads, head_width, use_bias=False, name=f"attention_{number}")

    def attend(x: Tensor) -> Tensor:
        return attention(x, x)

    def feed_forward(x: Tensor) -> Tensor:
        x = keras.layers.Dense(settings["feed_forward"] * width, name=f"feed_forward_{number}")(x)
        x = keras.layers.Activation(settings["activation"], name=f"activation_{number}")(x)
        return keras.layers.Dense(width, name=f"feed_forward_{number}_out")(x)

    x = _added(x, attend, settings, regularization, 2 * number - 1)
    return _added(x, feed_forward, settings, regularization, 2 * number)


def _added(
    x: Tensor, sublayer: Callable[[Tensor], Tensor], settings: Settings, regularization: Settings, number: int
) -> Tensor:
    """x plus a sub-layer of it. Layer normalization (Ba et al. 2016, arXiv 1607.06450) stands in front of the sub-layer
    (`pre`: Xiong et al. 2020, arXiv 2002.04745) or behind the sum (`post`: as first published)."""
    normalize = keras.layers.LayerNormalization(name=f"normalization_{number}")
    pre = settings["normalization"] == "pre"
    change = dropped_out(sublayer(normalize(x) if pre else x), regularization, number)
    total = keras.layers.Add(name=f"sum_{number}")([x, change])
    return total if pre else normalize(total)


class LearnedPositions(keras.layers.Layer):
    """Adds a vector of its own to each step, learned from normal values of deviation 0.02 (Devlin et al. 2018, BERT,
    arXiv 1810.04805)."""

    def build(self, input_shape: Any) -> None:
        self.positions_initializer = keras.initializers.RandomNormal(stddev=0.02)
        self.positions = self.add_weight(shape=input_shape[1:], initializer=self.positions_initializer, name="positions")

    def call(self, x: Tensor) -> Tensor:
        return x + self.positions


class SinusoidalPositions(keras.layers.Layer):
    """Adds sines (even numbers of a step) and cosines (odd ones) of falling frequency (Vaswani et al. 2017, section 3.5)."""

    def call(self, x: Tensor) -> Tensor:
        return x + ops.convert_to_tensor(sinusoids(*x.shape[1:]), dtype=x.dtype)


def sinusoids(steps: int, width: int) -> np.ndarray:
    """float32 [steps, width]: column 2i is sin(step / 10000^(2i/width)), column 2i + 1 the cosine of the same."""
    columns = np.arange(width)
    angles = np.arange(steps)[:, np.newaxis] / 10000 ** ((columns - columns % 2) / width)
    return np.where(columns % 2, np.cos(angles), np.sin(angles)).astype("float32")


_POSITIONS: Mapping[str, type[keras.layers.Layer]] = {"learned": LearnedPositions, "sinusoidal": SinusoidalPositions}
