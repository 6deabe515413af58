"""JAX as a back end: `jit` of `vmap` of `scan`. Shapes are fixed, so the number of rows and the batch size are structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from sweeper.training.backends.backend import EVALUATION_ROWS, Array, Measure, Step, Tree


class Jax:
    """See `Backend`."""

    name = "jax"
    packages = ("jax", "keras")
    any_rows = False
    same_bits_in_any_lane = True
    joined = 0
    """XLA makes one operation of a weight's whole update by itself."""

    def __init__(self) -> None:
        self._put = jax.jit(_put)
        self._select = jax.jit(_select)

    def claim(self, cache: str) -> str:
        """Whatever was compiled once is read from `cache` the next time, in this sweep or another."""
        if cache:
            jax.config.update("jax_compilation_cache_dir", cache)
            jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
            jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
        device = jax.devices()[0]
        self._on_cpu = device.platform == "cpu"
        return "CPU" if self._on_cpu else str(device.device_kind)

    def array(self, value: Any, dtype: str | None = None) -> Array:
        return jnp.asarray(value, dtype=dtype)

    def adopt(self, value: np.ndarray) -> Array:
        return jnp.asarray(value)

    def differentiate(
        self, function: Callable[[Sequence[Array]], tuple[Array, Any]], weights: Sequence[Array]
    ) -> tuple[Array, Any, list[Array]]:
        (value, rest), gradients = jax.value_and_grad(function, has_aux=True)(list(weights))
        return value, rest, list(gradients)

    def epoch(self, step: Step, outputs: int, measure: Measure, lanes: int, batch_size: int) -> Callable[..., Any]:
        def epoch(
            state: Tree, knobs: Tree, order: Array, learning_rates: Array, x: Array, y: Array
        ) -> tuple[Tree, Mapping[str, Array]]:
            rows = len(order)
            whole = rows // batch_size

            def body(carried: tuple[Tree, Array], batch: tuple[Array, Array]) -> tuple[tuple[Tree, Array], Array]:
                state, losses = carried
                chosen, rate = batch
                state, (loss, predictions) = step(state, knobs, x[chosen], y[chosen], rate)
                return (state, losses + loss * len(chosen)), predictions

            batches = (order[: whole * batch_size].reshape(whole, batch_size), learning_rates[:whole])
            carried, collected = lax.scan(body, (state, jnp.zeros(())), batches)
            predictions = collected.reshape(whole * batch_size, outputs)
            if rows > whole * batch_size:
                carried, rest = body(carried, (order[whole * batch_size :], learning_rates[whole]))
                predictions = jnp.concatenate([predictions, rest])
            state, losses = carried
            return state, {"loss": losses / rows, **measure(knobs, y[order], predictions)}

        return self.lift(epoch, lanes, shared=2)

    def batch_arguments(self, batch_size: int) -> tuple[Array, ...]:
        return ()

    def evaluation(
        self, predict: Callable[[Tree, Array], Array], measure: Measure, outputs: int, lanes: int
    ) -> Callable[..., Any]:
        def evaluate(state: Tree, knobs: Tree, index: Array, x: Array, y: Array) -> Mapping[str, Array]:
            pieces = [index[start : start + EVALUATION_ROWS] for start in range(0, len(index), EVALUATION_ROWS)]
            whole = [piece for piece in pieces if len(piece) == EVALUATION_ROWS]
            predictions = [predict(state, x[piece]) for piece in pieces[len(whole) :]]
            if whole:
                looped = lax.map(lambda piece: predict(state, x[piece]), jnp.stack(whole))
                predictions.insert(0, looped.reshape(-1, outputs))
            return measure(knobs, y[index], jnp.concatenate(predictions))

        return self.lift(evaluate, lanes, shared=2)

    def lift(self, function: Callable[..., Any], lanes: int, shared: int = 0) -> Callable[..., Any]:
        if lanes == 1:
            return function

        def lifted(*arguments: Any) -> Any:
            axes = [0] * (len(arguments) - shared) + [None] * shared
            return jax.vmap(function, in_axes=axes)(*arguments)

        return lifted

    def compile(self, function: Callable[..., Any], *examples: Any) -> Callable[..., Any]:
        compiled: Callable[..., Any] = jax.jit(function).lower(*examples).compile()
        return compiled

    def like_rows(self, example: Array, axis: int = -1) -> Any:
        return example

    def put(self, stacked: Tree, lane: int, value: Tree) -> Tree:
        return self._put(stacked, lane, value)

    def spread(self, value: Tree, lanes: int) -> Tree:
        return jax.tree.map(lambda one: jnp.stack([one] * lanes), value)

    def select(self, mask: np.ndarray, new: Tree, old: Tree) -> Tree:
        return self._select(mask, new, old)

    def is_out_of_memory(self, error: BaseException) -> bool:
        return isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error)

    def why_one_lane(self, layers: Sequence[Any]) -> str:
        return ""

    def why_not_tried(self, layers: Sequence[Any]) -> str:
        """Measured on two cores: a convolution with a filter for each lane is slower on a CPU, at 16 lanes twice as slow."""
        if self._on_cpu and any(hasattr(layer, "kernel_size") for layer in layers):
            return "convolutions in lanes are slower on a CPU"
        return ""


def _put(stacked: Tree, lane: Array, value: Tree) -> Tree:
    return jax.tree.map(lambda all, one: all.at[lane].set(one), stacked, value)


def _select(mask: Array, new: Tree, old: Tree) -> Tree:
    def choose(a: Array, b: Array) -> Array:
        return jnp.where(mask.reshape(-1, *[1] * (a.ndim - 1)), a, b)

    return jax.tree.map(choose, new, old)
