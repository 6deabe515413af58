"""What an update rule is, and how a step applies it: clip, decay, update, in Keras's order.

Keras's optimizers keep their settings as Python floats inside the compiled step, so that another value is another program.
Here every number is an input. Where Keras computes with a setting in float64 before it meets a float32 array (`1 - beta_1`),
the result is computed on the host in float64 and is an input of its own; with `1 - float32(beta_1)` an Adam trial ends
elsewhere than `fit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from keras import ops

from sweeper.parts.optimizers.joining import Joining

Array = Any
Slots = dict[str, Any]
Inputs = Mapping[str, Array]


class Rule(Protocol):
    """An update rule of one structure, which acts on each entry of a weight by itself. Constructed in the worker from a part's
    settings, once for each program. Its weights, gradients and slots are joined (`joining`)."""

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


def first_slots(rule: Rule, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
    """The state of the rule before the first step."""
    return rule.slots(Joining(weights).join(weights), settings)


def apply(
    rule: Rule,
    gradients: Sequence[Array],
    weights: Sequence[Array],
    slots: Slots,
    inputs: Inputs,
    learning_rate: Array,
    step: Array,
) -> tuple[list[Array], Slots]:
    """One step as Keras's optimizers take it: clip the gradients, decay the weights, update."""
    joining = Joining(weights)
    clipped, decayed = clip(gradients, inputs, joining), decay(joining.join(weights), inputs, learning_rate)
    updated, slots = rule.update(clipped, decayed, slots, inputs, learning_rate, step)
    return joining.part(updated), slots


def clip(gradients: Sequence[Array], inputs: Inputs, joining: Joining) -> list[Array]:
    """The gradients, joined, cut by whichever of `clipnorm`, `global_clipnorm`, `clipvalue` is among the inputs (Pascanu et al.
    2013, arXiv 1211.5063, section 3.2, for the norms)."""
    if "clipnorm" in inputs:
        return joining.join([_cut_to_norm(gradient, inputs["clipnorm"]) for gradient in gradients])
    joined = joining.join(gradients)
    if "global_clipnorm" in inputs:
        norm = ops.sqrt(ops.sum(ops.stack([ops.sum(ops.square(gradient)) for gradient in gradients])))
        limit = inputs["global_clipnorm"]
        # The last term turns a norm that is not finite into NaN, as Keras does, instead of hiding it.
        scale = limit * ops.minimum(1.0 / norm, 1.0 / limit) + (norm - norm)
        return [gradient * scale for gradient in joined]
    if "clipvalue" in inputs:
        limit = inputs["clipvalue"]
        return [ops.maximum(ops.minimum(gradient, limit), -limit) for gradient in joined]
    return joined


def decay(weights: Sequence[Array], inputs: Inputs, learning_rate: Array) -> list[Array]:
    """Decoupled weight decay on every weight, biases too, as Keras's (Loshchilov and Hutter 2017, arXiv 1711.05101)."""
    if "weight_decay" not in inputs:
        return list(weights)
    return [weight - weight * inputs["weight_decay"] * learning_rate for weight in weights]


def zeros_like(weights: Sequence[Array]) -> list[Array]:
    return [ops.zeros_like(weight) for weight in weights]


def _cut_to_norm(gradient: Array, limit: Array) -> Array:
    squared = ops.sum(ops.square(gradient))
    positive = squared > 0
    norm = ops.where(positive, ops.sqrt(ops.where(positive, squared, ops.ones_like(squared))), squared)
    return gradient * limit / ops.maximum(norm, limit)
