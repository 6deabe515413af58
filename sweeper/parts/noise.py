"""Dropout and noise whose strength is a weight of the layer, not a Python float: a knob of the compiled program.

Keras's own layers bake their rate into the program (`keras.random.dropout` refuses a tensor). On TensorFlow these draw the
same numbers from the same seed and end with the same bits; on JAX Keras turns the draw round, and masks are equal in
distribution.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


class KnobDropout(keras.layers.Layer):
    """Dropout (Srivastava et al. 2014, JMLR 15): in training each number is kept with probability 1 - rate and scaled up.

    `rate` and `scale` are weights that are not trained. `scale` is 1 / (1 - rate) computed in float64, as Keras does.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.seed_generator = keras.random.SeedGenerator(0)

    def build(self, input_shape: Any) -> None:
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")
        self.scale = self.add_weight(shape=(), initializer="ones", trainable=False, name="scale")
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training:
            return inputs
        drawn = keras.random.uniform(ops.shape(inputs), dtype=inputs.dtype, seed=self.seed_generator)
        return ops.where(drawn >= self.rate, inputs * self.scale, ops.zeros_like(inputs))

    @staticmethod
    def values(rate: float) -> dict[str, float]:
        """The layer's weights for a rate in [0, 1)."""
        return {"rate": rate, "scale": 1.0 / (1.0 - rate)}


class KnobNoise(keras.layers.Layer):
    """Normal noise of a standard deviation >= 0 on the input, in training only (Bishop 1995, Training with Noise)."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.seed_generator = keras.random.SeedGenerator(0)

    def build(self, input_shape: Any) -> None:
        self.stddev = self.add_weight(shape=(), initializer="zeros", trainable=False, name="stddev")
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training:
            return inputs
        return inputs + keras.random.normal(ops.shape(inputs), dtype=inputs.dtype, seed=self.seed_generator) * self.stddev

    @staticmethod
    def values(stddev: float) -> dict[str, float]:
        return {"stddev": stddev}
