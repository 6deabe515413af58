"""Recurrent network: simple (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997; with forget gates, Gers et al. 2000) or
GRU (Cho et al. 2014, arXiv 1406.1078) cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from sweeper.models.blocks import dropped_out, noisy_input, sequence

Tensor = Any

_CELLS = {"simple": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}

UNROLLED_STEPS = 16
"""Sequences of up to so many steps are compiled without a loop. Measured on two cores: over 8 steps an epoch is 1.5 to 2 times
as fast and the compilation no slower; over 28 steps 1.2 times, and the compilation takes 2.5 times as long; over 100, ten."""


def build(
    settings: Mapping[str, Any], regularization: Mapping[str, Any], input_shape: tuple[int, ...], outputs: int
) -> keras.Model:
    """`layers` recurrent layers of `units`, then the head.

    Input [rows, steps, features], or pictures [rows, height, width, channels], which are read row by row from the top; output
    [rows, outputs]. Dropout acts between the layers and behind the last, never from step to step (Zaremba et al. 2014,
    arXiv 1409.2329). As in Keras, recurrent kernels begin orthogonal and the forget gates open.
    """
    inputs, x = noisy_input(input_shape, regularization)
    x = sequence(x)
    units, layers = settings["units"], settings["layers"]
    for number in range(1, layers + 1):
        count = units[number - 1] if isinstance(units, list | tuple) else units
        whole = number < layers or settings["head"] == "average"
        x = _recurrent(x, count, settings, whole=whole, number=number)
        x = dropped_out(x, regularization, number)
    if settings["head"] == "average":
        x = keras.layers.GlobalAveragePooling1D(name="head")(x)
    return keras.Model(inputs, keras.layers.Dense(outputs, name="output")(x), name="rnn")


def _recurrent(x: Tensor, units: int, settings: Mapping[str, Any], *, whole: bool, number: int) -> Tensor:
    """A recurrent layer: its state at the last step, or after every step (`whole`); both directions stand side by side.

    cuDNN's kernels are not asked for: they know no lanes, and what a trial gives would depend on the device more than it must.
    """
    cell, unrolled = settings["cell"], x.shape[1] <= UNROLLED_STEPS
    plain = {} if cell == "simple" else {"use_cudnn": False}
    name = f"rnn_{number}"
    named = cell if settings["bidirectional"] else name
    layer = _CELLS[cell](units, return_sequences=whole, unroll=unrolled, name=named, **plain)
    return (keras.layers.Bidirectional(layer, name=name) if settings["bidirectional"] else layer)(x)
