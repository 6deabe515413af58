"""RMSprop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from sweeper.parts.optimizers.rule import Array, Inputs, Slots, shared_inputs, zeros_like


class RMSprop:
    """`v = rho v + (1 - rho) g²; w = w - lr g / sqrt(v + epsilon)`, `centered` less the squared mean (Hinton 2012, lecture 6e;
    Graves 2013, arXiv 1308.0850, equations 38 to 45, for centered and momentum)."""

    joins = False

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._centered = bool(settings.get("centered", False))

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        rho = float(settings.get("rho", 0.9))
        momentum, epsilon = float(settings.get("momentum", 0.0)), float(settings.get("epsilon", 1e-7))
        return {"rho": rho, "one_minus_rho": 1 - rho, "momentum": momentum, "epsilon": epsilon, **shared_inputs(settings)}

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        names = ("velocity", "momentum", "mean") if self._centered else ("velocity", "momentum")
        return {name: zeros_like(weights) for name in names}

    def update(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        rho, rest = inputs["rho"], inputs["one_minus_rho"]
        velocities = [
            rho * velocity + rest * ops.square(gradient)
            for velocity, gradient in zip(slots["velocity"], gradients, strict=True)
        ]
        new_slots: Slots = {"velocity": velocities}
        variances = velocities
        if self._centered:
            means = [rho * mean + rest * gradient for mean, gradient in zip(slots["mean"], gradients, strict=True)]
            new_slots["mean"] = means
            variances = [velocity - ops.square(mean) for velocity, mean in zip(velocities, means, strict=True)]
        new_slots["momentum"] = [
            inputs["momentum"] * moment + learning_rate * gradient / ops.sqrt(variance + inputs["epsilon"])
            for moment, gradient, variance in zip(slots["momentum"], gradients, variances, strict=True)
        ]
        return [weight - moment for weight, moment in zip(weights, new_slots["momentum"], strict=True)], new_slots
