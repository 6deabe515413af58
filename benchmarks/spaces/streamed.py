"""Made-up pictures of any number, as a `tf.data.Dataset` that never holds them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

CLASSES, SIDE = 10, 64


def load(rows: int) -> Any:
    """(x [64, 64, 3], class) for each row: a class's own pattern under noise."""
    import tensorflow as tf

    patterns = np.random.default_rng(0).normal(size=(CLASSES, SIDE, SIDE, 3)).astype("float32")

    def pictures() -> Iterator[tuple[np.ndarray, int]]:
        random = np.random.default_rng(1)
        for row in range(rows):
            noise = random.standard_normal((SIDE, SIDE, 3), dtype="float32")
            yield 0.05 * patterns[row % CLASSES] + noise, row % CLASSES

    kinds = tf.TensorSpec((SIDE, SIDE, 3), tf.float32), tf.TensorSpec((), tf.int32)
    return tf.data.Dataset.from_generator(pictures, output_signature=kinds)
