"""Stochastic gradient descent with momentum and Nesterov's variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.parts.optimizers.rule import Array, Inputs, Slots, shared_inputs, zeros_like


class SGD:
    """`m = momentum m - lr g; w = w + m`, or with `nesterov` `w = w + momentum m - lr g` (Sutskever et al. 2013, section 2).

    Keras keeps no momentum where it is 0; here the slot is always there, so that momentum stays a knob: with 0 both give
    the same bits.
    """

    joins = False

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._nesterov = bool(settings.get("nesterov", False))

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        return {"momentum": float(settings.get("momentum", 0.0)), **shared_inputs(settings)}

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        return {"momentum": zeros_like(weights)}

    def update(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        momentum, new_weights, new_moments = inputs["momentum"], [], []
        for gradient, weight, moment in zip(gradients, weights, slots["momentum"], strict=True):
            descent = gradient * learning_rate
            moment = moment * momentum - descent
            new_moments.append(moment)
            new_weights.append(weight + (moment * momentum - descent if self._nesterov else moment))
        return new_weights, {"momentum": new_moments}
