"""Supervised learning: one network, one loss, one update rule.

The state of training is a value, `{"weights", "slots", "layers", "step"}`: trainable weights, the rule's slots, the layers' own
state (moving averages, rates of dropout, seeds) and the number of steps taken. A step reads one and returns another; no
variable is written, so a copy of the value is a checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
from keras import ops

from sweeper.parts.optimizers.descent import Descent
from sweeper.parts.penalties import penalty_terms

Array = Any
State = dict[str, Any]
Knobs = dict[str, Any]
Differentiate = Callable[[Callable[[Sequence[Array]], tuple[Array, Any]], Sequence[Array]], tuple[Array, Any, list[Array]]]
"""`differentiate(function, weights) -> (value, rest, gradients)` for a function that returns (value, rest): the back end's."""


class Supervised:
    """The step of supervised learning for one structure.

    `knobs` of a trial are `{"rule": inputs of the update rule, "penalty": strengths, "classes": {"weights": [classes]}}`, each
    as far as the structure has it.
    """

    def __init__(self, model: keras.Model, descent: Descent, loss: keras.losses.Loss, differentiate: Differentiate) -> None:
        self._model, self._descent, self._loss, self._differentiate = model, descent, loss, differentiate
        self._kernels = kernel_positions(model)

    def step(self, state: State, knobs: Knobs, x: Array, y: Array, learning_rate: Array) -> tuple[State, tuple[Array, Array]]:
        """The state after one batch x [rows, *input_shape], y, and the batch's (loss without penalty, predictions)."""

        def total_loss(weights: Sequence[Array]) -> tuple[Array, Any]:
            predictions, layers, added = self._call(weights, state["layers"], x, training=True, return_losses=True)
            predictions = ops.cast(predictions, "float32")
            loss = self._loss(y, predictions, sample_weight=self._row_weights(knobs, y))
            total = loss
            for term in [*added, *self.penalties(weights, knobs)]:
                total = total + term
            return total, (loss, predictions, layers)

        _, (loss, predictions, layers), gradients = self._differentiate(total_loss, state["weights"])
        weights, slots = self._descent.step(
            gradients, state["weights"], state["slots"], knobs["rule"], learning_rate, state["step"]
        )
        return {"weights": weights, "slots": slots, "layers": layers, "step": state["step"] + 1}, (loss, predictions)

    def predict(self, state: Mapping[str, Any], x: Array) -> Array:
        """Predictions [rows, outputs] in inference mode."""
        predictions, _ = self._call(state["weights"], state["layers"], x, training=False)
        return ops.cast(predictions, "float32")

    def loss(self, y: Array, predictions: Array) -> Array:
        """The mean loss without penalty and without class weights."""
        return self._loss(y, predictions)

    def penalties(self, weights: Sequence[Array], knobs: Knobs) -> list[Array]:
        return penalty_terms([weights[position] for position in self._kernels], knobs["penalty"])

    def has_penalties(self, knobs: Knobs) -> bool:
        """Whether there is a term at all: strengths, and kernels for them."""
        return bool(knobs["penalty"] and self._kernels)

    def _call(self, weights: Sequence[Array], layers: Sequence[Array], x: Array, *, training: bool, **options: Any) -> Any:
        """The model as a pure function; like `fit`, it tells only a model that wants to know whether it trains."""
        mode = {"training": training} if self._model._call_has_training_arg else {}
        return self._model.stateless_call(weights, layers, x, **mode, **options)

    def _row_weights(self, knobs: Knobs, y: Array) -> Array | None:
        return None if "classes" not in knobs else ops.take(knobs["classes"]["weights"], ops.cast(y, "int32"))


def kernel_positions(model: keras.Model) -> list[int]:
    """Where among the trainable weights the kernels are: what penalties act on and initializers fill."""
    return [position for position, weight in enumerate(model.trainable_variables) if weight.path.rpartition("/")[2] == "kernel"]
