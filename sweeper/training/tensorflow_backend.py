"""TensorFlow as a back end: it turns a pure step into whole epochs and evaluations, compiled once.

Nothing here writes a variable. AutoGraph is off, because it would convert all of Keras at each trace; loops are written as
`tf.while_loop`. XLA (`jit_compile`) is off: around such a loop it is 20 to 100 times slower on a CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

Tensor = Any
State = dict[str, Any]

EVALUATION_ROWS = 1024
"""Rows predicted at once in an evaluation, which bounds its memory."""


def differentiate(
    function: Callable[[Sequence[Tensor]], tuple[Tensor, Any]], weights: Sequence[Tensor]
) -> tuple[Tensor, Any, list[Tensor]]:
    """(value, rest, gradients of the value) for a function of the weights that returns (value, rest).

    A weight that the value does not depend on has gradient zero (Keras leaves it out of the update: the same without decay).
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        value, rest = function(weights)
    gradients = tape.gradient(value, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return value, rest, [tf.convert_to_tensor(gradient) for gradient in gradients]


def constant(value: Any, dtype: str | None = None) -> Tensor:
    return tf.constant(value, dtype=dtype)


def epoch_function(
    step: Callable[..., tuple[State, tuple[Tensor, Tensor]]], outputs: int, measure: Callable[..., dict[str, Tensor]]
) -> Any:
    """A whole epoch as one function of (state, knobs, x, y, order, learning_rates, batch_size), to be compiled.

    `order` [rows] int32 says which rows in which order, `learning_rates` [steps] float32 the rate of each step. The last
    batch may be smaller: it runs as one more step of the same program, never padded. One trace serves any batch size.
    Returns (state, {"loss": mean over rows of the batches' losses, ...metrics over the epoch's own predictions}).
    """

    def epoch(
        state: State, knobs: dict[str, Any], x: Tensor, y: Tensor, order: Tensor, learning_rates: Tensor, batch_size: Tensor
    ) -> tuple[State, dict[str, Tensor]]:
        rows = tf.shape(order)[0]
        steps = tf.shape(learning_rates)[0]
        collected = tf.TensorArray(tf.float32, size=steps, element_shape=[None, outputs], infer_shape=False)

        def body(number: Tensor, state: State, losses: Tensor, collected: tf.TensorArray) -> tuple[Any, ...]:
            batch = order[number * batch_size : tf.minimum((number + 1) * batch_size, rows)]
            state, (loss, predictions) = step(state, knobs, tf.gather(x, batch), tf.gather(y, batch), learning_rates[number])
            weighted = loss * tf.cast(tf.shape(batch)[0], tf.float32)
            return number + 1, state, losses + weighted, collected.write(number, predictions)

        _, state, losses, collected = tf.while_loop(
            lambda number, *_: number < steps,
            body,
            (tf.constant(0), state, tf.constant(0.0), collected),
            parallel_iterations=1,
        )
        measured = measure(tf.gather(y, order), collected.concat())
        return state, {"loss": losses / tf.cast(rows, tf.float32), **measured}

    return epoch


def evaluation_function(
    predict: Callable[[State, Tensor], Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    outputs: int,
    measure: Callable[..., dict[str, Tensor]],
) -> Any:
    """A whole evaluation in inference mode as one function of (state, x, y), to be compiled: {"loss": ..., ...metrics}."""

    def evaluate(state: State, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        rows = tf.shape(x)[0]
        chunks = (rows + EVALUATION_ROWS - 1) // EVALUATION_ROWS
        collected = tf.TensorArray(tf.float32, size=chunks, element_shape=[None, outputs], infer_shape=False)

        def body(number: Tensor, collected: tf.TensorArray) -> tuple[Any, ...]:
            chunk = x[number * EVALUATION_ROWS : tf.minimum((number + 1) * EVALUATION_ROWS, rows)]
            return number + 1, collected.write(number, predict(state, chunk))

        _, collected = tf.while_loop(
            lambda number, _: number < chunks, body, (tf.constant(0), collected), parallel_iterations=1
        )
        predictions = collected.concat()
        return {"loss": loss(y, predictions), **measure(y, predictions)}

    return evaluate


def any_rows(example: Tensor) -> tf.TensorSpec:
    """Any number of rows of this kind."""
    return tf.TensorSpec([None, *example.shape[1:]], example.dtype)


def compiled(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function traced once, for arguments like these: nests of tensors, or of `any_rows` where the length may differ.

    Other shapes or types than these are refused, never traced again in silence.
    """
    return tf.function(function, autograph=False).get_concrete_function(*arguments)


def variable_value(variable: Any) -> np.ndarray:
    """A Keras variable's value on the host."""
    return np.array(variable.value.numpy())


def to_host(values: dict[str, Tensor]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}
