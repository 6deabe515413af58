"""Adagrad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from sweeper.parts.optimizers.rule import Array, Inputs, Slots, shared_inputs


class Adagrad:
    """`a = a + g²; w = w - lr g / sqrt(a + epsilon)` (Duchi et al. 2011, figure 1; epsilon inside the root, as Keras)."""

    joins = False

    def __init__(self, settings: Mapping[str, Any]) -> None:
        pass

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        return {"epsilon": float(settings.get("epsilon", 1e-7)), **shared_inputs(settings)}

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        start = float(settings.get("initial_accumulator_value", 0.1))
        return {"accumulator": [ops.full_like(weight, start) for weight in weights]}

    def update(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        new_weights, new_sums = [], []
        for gradient, weight, total in zip(gradients, weights, slots["accumulator"], strict=True):
            total = total + ops.square(gradient)
            new_sums.append(total)
            new_weights.append(weight - learning_rate * gradient / ops.sqrt(total + inputs["epsilon"]))
        return new_weights, {"accumulator": new_sums}
