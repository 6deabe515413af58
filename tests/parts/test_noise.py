"""Dropout and noise as knobs draw what Keras's own layers draw."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from sweeper.parts.noise import KnobDropout, KnobNoise

X = np.random.default_rng(0).normal(size=(64, 50)).astype("float32")


def filled(layer: Any, seed: int, **values: float) -> Any:
    layer(X)
    layer.seed_generator.state.assign([seed, 0])
    for name, value in values.items():
        getattr(layer, name).assign(value)
    return layer


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.77])
def test_dropout_equals_keras(rate: float) -> None:
    ours = filled(KnobDropout(), 11, **KnobDropout.values(rate))
    theirs = keras.layers.Dropout(rate, seed=11)
    for _ in range(3):
        np.testing.assert_array_equal(ours(X, training=True).numpy(), theirs(X, training=True).numpy())


@pytest.mark.parametrize("stddev", [0.1, 0.9])
def test_noise_equals_keras(stddev: float) -> None:
    ours = filled(KnobNoise(), 11, **KnobNoise.values(stddev))
    theirs = keras.layers.GaussianNoise(stddev, seed=11)
    np.testing.assert_array_equal(ours(X, training=True).numpy(), theirs(X, training=True).numpy())


@pytest.mark.parametrize("layer", [KnobDropout, KnobNoise])
def test_inference_changes_nothing(layer: Any) -> None:
    np.testing.assert_array_equal(ops.convert_to_tensor(filled(layer(), 1)(X, training=False)).numpy(), X)


def test_dropout_of_nothing_keeps_every_bit() -> None:
    np.testing.assert_array_equal(filled(KnobDropout(), 1, **KnobDropout.values(0.0))(X, training=True).numpy(), X)
