"""The floor counts what a kernel does, wherever it is used."""

from __future__ import annotations

import keras
import pytest

from benchmarks.arithmetic import training_operations

DENSE = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(16), keras.layers.Dense(10)])
CONVOLUTION = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, padding="same"), keras.layers.MaxPooling2D(2),
                                keras.layers.Conv2D(6, 3, padding="same")])  # fmt: skip
RECURRENT = keras.Sequential([keras.Input((8, 5)), keras.layers.LSTM(3)])


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (DENSE, 2 * 2 * (64 * 16) + 3 * 2 * (16 * 10)),
        (CONVOLUTION, 2 * 2 * (3 * 3 * 1 * 4) * 64 + 3 * 2 * (3 * 3 * 4 * 6) * 16),
        (RECURRENT, 8 * (2 * 2 * (5 * 4 * 3) + 3 * 2 * (3 * 4 * 3))),
    ],
    ids=["dense", "convolution", "recurrent"],
)
def test_operations_of_training_on_a_row(model: keras.Model, count: int) -> None:
    assert training_operations(model) == count
