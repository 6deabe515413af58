"""What an update rule is.

Keras's optimizers keep their settings as Python floats inside the compiled step, so that another value is another program.
Here every number is an input. Where Keras computes with a setting in float64 before it meets a float32 array (`1 - beta_1`),
the result is computed on the host in float64 and is an input of its own; with `1 - float32(beta_1)` an Adam trial ends
elsewhere than `fit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from keras import ops

Array = Any
Slots = dict[str, Any]
Inputs = Mapping[str, Array]


class Rule(Protocol):
    """An update rule of one structure, which acts on each entry of a weight by itself. Constructed in the worker from a part's
    settings, once for each program.

    `joins` says whether small weights may be updated as one (`joining`) with the same bits. They may not where the first thing
    that happens to a gradient is a product with a number: TensorFlow's graph optimizer contracts that with the products from
    which the gradient comes (of batch normalization, say), in Keras's own step too, but not across a join.
    """

    joins: bool

    def __init__(self, settings: Mapping[str, Any]) -> None: ...

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        """The numbers of a trial that the program takes as inputs, in float64, without the learning rate."""

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        """The state before the first step: for each slot a list of arrays shaped like the weights, or one scalar."""

    def update(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        """Weights and slots after the step with this number, counted from 0."""


def shared_inputs(settings: Mapping[str, Any]) -> dict[str, float]:
    """The clipping and decay that every rule knows, as far as the trial has them."""
    names = ("clipnorm", "clipvalue", "global_clipnorm", "weight_decay")
    return {name: float(settings[name]) for name in names if settings.get(name) is not None}


def zeros_like(weights: Sequence[Array]) -> list[Array]:
    return [ops.zeros_like(weight) for weight in weights]
