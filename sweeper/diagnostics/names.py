"""What kernels are called in a table of signal health, and which of their axes are units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import keras

CELLS = frozenset({"simple_rnn_cell", "lstm_cell", "gru_cell"})
"""Keras's layers within recurrent layers, which no user names."""


def layer_names(paths: Sequence[str]) -> dict[int, str]:
    """Position -> name of every kernel among weights with these paths. No name stands twice.

    `dense_1/kernel` is `dense_1`, `attention_1/query/kernel` is `attention_1/query`, `rnn_1/lstm_cell/recurrent_kernel` is
    `rnn_1/recurrent`.
    """
    names: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for position, path in enumerate(paths):
        *layers, weight = path.split("/")
        if weight in ("kernel", "recurrent_kernel"):
            shown = [layer for layer in layers if layer not in CELLS]
            name = "/".join([*shown, "recurrent"] if weight == "recurrent_kernel" else shown)
            seen[name] += 1
            names[position] = name if seen[name] == 1 else f"{name}_{seen[name]}"
    return names


def outgoing_axes(model: keras.Model) -> dict[int, int]:
    """How many of its last axes count the units of a kernel (one, unless told here), by its position among the weights: two
    for a projection to the heads of attention, whose equation is such as `abc,cde->abde`."""
    positions = {id(variable): position for position, variable in enumerate(model.trainable_variables)}
    found = {}
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.EinsumDense):
            kernel, output = layer.equation.replace("->", ",").split(",")[1:]
            found[positions[id(layer._kernel)]] = sum(letter in output for letter in kernel)
    return found
