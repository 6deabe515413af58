"""TensorFlow as a back end: one trace serves any number of rows and any batch size.

Nothing here writes a variable. AutoGraph is off, because it would convert all of Keras at each trace; loops are written as
`tf.while_loop`. XLA (`jit_compile`) is off: around such a loop it is 20 to 100 times slower on a CPU. Many lanes are
`tf.vectorized_map` of the step inside the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from sweeper.data.arrays import ALIGNMENT, concatenated
from sweeper.training.backends.backend import EVALUATION_ROWS, Array, Measure, Step, Tree


class TensorFlow:
    """See `Backend`."""

    name = "tensorflow"
    packages = ("tensorflow", "keras")
    any_rows = True
    same_bits_in_any_lane = False
    joined = 1 << 15
    """An eighth of a megabyte each, which stays in a core's cache."""
    _card = False

    def claim(self, cache: str) -> str:
        """A GPU's memory is taken as it is needed. TensorFlow keeps no compiled programs."""
        cards = tf.config.list_physical_devices("GPU")
        for card in cards:
            tf.config.experimental.set_memory_growth(card, True)
        self._card = bool(cards)
        return str(tf.config.experimental.get_device_details(cards[0]).get("device_name", "GPU")) if cards else "CPU"

    def array(self, value: Any, dtype: str | None = None) -> Array:
        return tf.constant(value, dtype=dtype)

    def adopt(self, value: np.ndarray) -> Array:
        """`tf.constant` copies twice; what lies askew has to be copied once, for kernels read it in aligned words."""
        if self._card:
            return tf.constant(value)
        ready = value.ctypes.data % ALIGNMENT == 0 and value.flags.c_contiguous and value.flags.writeable
        return tf.experimental.dlpack.from_dlpack((value if ready else concatenated([value])).__dlpack__())

    def differentiate(
        self, function: Callable[[Sequence[Array]], tuple[Array, Any]], weights: Sequence[Array]
    ) -> tuple[Array, Any, list[Array]]:
        """Keras leaves a weight without gradient out of the update: the same without decay."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            value, rest = function(weights)
        gradients = tape.gradient(value, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return value, rest, [tf.convert_to_tensor(gradient) for gradient in gradients]

    def epoch(self, step: Step, outputs: int, measure: Measure, lanes: int, batch_size: int) -> Callable[..., Any]:
        def one(state: Tree, knobs: Tree, batch: Array, rate: Array, x: Array, y: Array) -> tuple[Tree, tuple[Array, Array]]:
            return step(state, knobs, tf.gather(x, batch), tf.gather(y, batch), rate)

        step_all, measure_all = self.lift(one, lanes, shared=2), self.lift(measure, lanes)

        def epoch(
            state: Tree, knobs: Tree, order: Array, learning_rates: Array, x: Array, y: Array, batch_size: Array
        ) -> tuple[Tree, dict[str, Array]]:
            rows, steps = tf.shape(order)[-1], tf.shape(learning_rates)[-1]

            def body(number: Array, state: Tree, losses: Array, collected: tf.TensorArray) -> tuple[Any, ...]:
                batch = order[..., number * batch_size : tf.minimum((number + 1) * batch_size, rows)]
                state, (loss, predictions) = step_all(state, knobs, batch, learning_rates[..., number], x, y)
                weighted = loss * tf.cast(tf.shape(batch)[-1], tf.float32)
                return number + 1, state, losses + weighted, collected.write(number, _rows_first(predictions, lanes))

            nothing = tf.zeros([lanes] if lanes > 1 else [])
            _, state, losses, collected = tf.while_loop(
                lambda number, *_: number < steps,
                body,
                (tf.constant(0), state, nothing, _predictions(steps, outputs, lanes)),
                parallel_iterations=1,
            )
            measured = measure_all(knobs, tf.gather(y, order), _lanes_first(collected.concat(), lanes))
            return state, {"loss": losses / tf.cast(rows, tf.float32), **measured}

        return epoch

    def batch_arguments(self, batch_size: int) -> tuple[Array, ...]:
        return (tf.constant(batch_size, tf.int32),)

    def evaluation(
        self, predict: Callable[[Tree, Array], Array], measure: Measure, outputs: int, lanes: int
    ) -> Callable[..., Any]:
        def one(state: Tree, chunk: Array, x: Array) -> Array:
            return predict(state, tf.gather(x, chunk))

        predict_all, measure_all = self.lift(one, lanes, shared=1), self.lift(measure, lanes)

        def evaluate(state: Tree, knobs: Tree, index: Array, x: Array, y: Array) -> dict[str, Array]:
            rows = tf.shape(index)[-1]
            chunks = (rows + EVALUATION_ROWS - 1) // EVALUATION_ROWS

            def body(number: Array, collected: tf.TensorArray) -> tuple[Any, ...]:
                chunk = index[..., number * EVALUATION_ROWS : tf.minimum((number + 1) * EVALUATION_ROWS, rows)]
                return number + 1, collected.write(number, _rows_first(predict_all(state, chunk, x), lanes))

            _, collected = tf.while_loop(
                lambda number, _: number < chunks,
                body,
                (tf.constant(0), _predictions(chunks, outputs, lanes)),
                parallel_iterations=1,
            )
            measured: dict[str, Array] = measure_all(knobs, tf.gather(y, index), _lanes_first(collected.concat(), lanes))
            return measured

        return evaluate

    def lift(self, function: Callable[..., Any], lanes: int, shared: int = 0) -> Callable[..., Any]:
        if lanes == 1:
            return function

        def lifted(*arguments: Any) -> Any:
            own, same = arguments[: len(arguments) - shared], arguments[len(arguments) - shared :]
            return tf.vectorized_map(lambda lane: function(*lane, *same), own)

        return lifted

    def compile(self, function: Callable[..., Any], *examples: Any) -> Callable[..., Any]:
        compiled: Callable[..., Any] = tf.function(function, autograph=False).get_concrete_function(*examples)
        return compiled

    def like_rows(self, example: Array, axis: int = -1) -> Any:
        shape = list(example.shape)
        shape[axis] = None
        return tf.TensorSpec(shape, example.dtype)

    def put(self, stacked: Tree, lane: int, value: Tree) -> Tree:
        return tf.nest.map_structure(lambda all, one: tf.tensor_scatter_nd_update(all, [[lane]], [one]), stacked, value)

    def spread(self, value: Tree, lanes: int) -> Tree:
        return tf.nest.map_structure(lambda one: tf.stack([one] * lanes), value)

    def select(self, mask: np.ndarray, new: Tree, old: Tree) -> Tree:
        def choose(a: Array, b: Array) -> Array:
            return tf.where(tf.reshape(mask, [-1] + [1] * (len(a.shape) - 1)), a, b)

        return tf.nest.map_structure(choose, new, old)

    def is_out_of_memory(self, error: BaseException) -> bool:
        return isinstance(error, MemoryError | tf.errors.ResourceExhaustedError)

    def why_one_lane(self, layers: Sequence[Any]) -> str:
        """Measured: a vectorized map over convolutions' filters fails or loops, and one over a recurrent layer's loop takes
        10 s to trace and gains nothing."""
        for layer in layers:
            if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
                return "TensorFlow's vectorized map does not pay over recurrent layers"
            if hasattr(layer, "kernel_size"):
                return "TensorFlow's vectorized map cannot run convolutions with a filter for each lane"
        return ""

    def why_not_tried(self, layers: Sequence[Any]) -> str:
        """Its sums, and the ends of its arrays, round otherwise from lane to lane; which lane a trial gets depends on who ends
        when, and the same seed shall give the same sweep unless its user says otherwise."""
        return "in TensorFlow the last bits depend on the lane, so lanes are taken when asked for: --lanes 16"


def _predictions(pieces: Array, outputs: int, lanes: int) -> tf.TensorArray:
    """Room for predictions, piece by piece, with rows as the first axis, along which TensorArray joins them."""
    shape = [None, lanes, outputs] if lanes > 1 else [None, outputs]
    return tf.TensorArray(tf.float32, size=pieces, element_shape=shape, infer_shape=False)


def _rows_first(predictions: Array, lanes: int) -> Array:
    """[lanes, rows, outputs] as [rows, lanes, outputs]; without lanes as it is."""
    return tf.transpose(predictions, [1, 0, 2]) if lanes > 1 else predictions


_lanes_first = _rows_first
