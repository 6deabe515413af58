"""How a step applies an update rule: clip, decay, update, in Keras's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from sweeper.parts.optimizers.joining import Joining
from sweeper.parts.optimizers.rule import Array, Inputs, Rule, Slots


class Descent:
    """A rule at work on the weights of a network, of which small ones are joined. Its slots are those of joined weights."""

    def __init__(self, rule: Rule, joining: Joining) -> None:
        self._rule, self._joining = rule, joining

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        """The state of the rule before the first step."""
        return self._rule.slots(self._joining.join(weights), settings)

    def step(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        """Weights and slots after one step as Keras's optimizers take it: clip the gradients, decay the weights, update."""
        join = self._joining.join
        clipped, decayed = join(clip(gradients, inputs)), decay(join(weights), inputs, learning_rate)
        updated, slots = self._rule.update(clipped, decayed, slots, inputs, learning_rate, step)
        return self._joining.part(updated), slots


def clip(gradients: Sequence[Array], inputs: Inputs) -> list[Array]:
    """The gradients cut by whichever of `clipnorm`, `global_clipnorm`, `clipvalue` is among the inputs (Pascanu et al.
    2013, arXiv 1211.5063, section 3.2, for the norms)."""
    if "clipnorm" in inputs:
        return [_cut_to_norm(gradient, inputs["clipnorm"]) for gradient in gradients]
    if "global_clipnorm" in inputs:
        norm = ops.sqrt(ops.sum(ops.stack([ops.sum(ops.square(gradient)) for gradient in gradients])))
        limit = inputs["global_clipnorm"]
        # The last term turns a norm that is not finite into NaN, as Keras does, instead of hiding it.
        scale = limit * ops.minimum(1.0 / norm, 1.0 / limit) + (norm - norm)
        return [gradient * scale for gradient in gradients]
    if "clipvalue" in inputs:
        limit = inputs["clipvalue"]
        return [ops.maximum(ops.minimum(gradient, limit), -limit) for gradient in gradients]
    return list(gradients)


def decay(weights: Sequence[Array], inputs: Inputs, learning_rate: Array) -> list[Array]:
    """Decoupled weight decay on every weight, biases too, as Keras's (Loshchilov and Hutter 2017, arXiv 1711.05101)."""
    if "weight_decay" not in inputs:
        return list(weights)
    return [weight - weight * inputs["weight_decay"] * learning_rate for weight in weights]


def _cut_to_norm(gradient: Array, limit: Array) -> Array:
    squared = ops.sum(ops.square(gradient))
    positive = squared > 0
    norm = ops.where(positive, ops.sqrt(ops.where(positive, squared, ops.ones_like(squared))), squared)
    return gradient * limit / ops.maximum(norm, limit)
