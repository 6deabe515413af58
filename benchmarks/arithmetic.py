"""The arithmetic's own floor: how many floating-point operations an epoch needs, over how many a second this machine does.

Counted are the products with kernels: 2 operations for each number of a kernel and each place in a row where it is used (a
dense layer 1, a convolution its output's pixels, a recurrent layer its steps). Training does them three times: forward, for the
gradient of the weights, and for the gradient of the inputs, which the first layer's input does not need. Everything else
(normalization, activations, loss, update rule, gathering of rows) counts as nothing, so that this is a floor and no estimate.
"""

from __future__ import annotations

import math
import time
from typing import Any

import keras
import numpy as np

SIDE, SIDE_ON_CARD = 2048, 8192
"""Of the square matrices whose product is timed: large enough to keep all cores busy, or a whole card."""


def training_operations(model: keras.Model) -> float:
    """Floating-point operations to train on one row."""
    total, first = 0.0, True
    for layer in model.layers:
        for weight in layer.trainable_weights:
            kind = weight.path.rpartition("/")[2]
            if kind not in ("kernel", "recurrent_kernel"):
                continue
            passes = 2 if first and kind == "kernel" else 3
            total += passes * 2 * math.prod(weight.shape) * places(layer)
        first = first and not layer.trainable_weights
    return total


def places(layer: Any) -> int:
    """In how many places of a row a layer's kernels are used."""
    if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
        return int(layer.input.shape[1])
    return math.prod(layer.output.shape[1:-1])


def operations_a_second(side: int = SIDE, runs: int = 10, dtype: str = "float32") -> float:
    """The best rate of a product of two square matrices, by the back end and with the threads of this process. What a card
    multiplies float32 with is the back end's choice (JAX on an NVIDIA card: TF32), as it is when a net is trained."""
    rng = np.random.default_rng(0)
    a, b = (keras.ops.convert_to_tensor(rng.normal(size=(side, side)), dtype=dtype) for _ in range(2))
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        float(keras.ops.matmul(a, b)[0, 0])
        took.append(time.perf_counter() - begun)
    return float(2 * side**3 / min(took))
