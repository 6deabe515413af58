"""Nadam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from sweeper.parts.optimizers.rule import Array, Inputs, Slots, shared_inputs, zeros_like

_SCHEDULE = 0.96
"""Dozat 2016, section 2.1, takes 0.96 ** (step / 250); Keras leaves the 250 out, and so do we."""


class Nadam:
    """Dozat 2016, Incorporating Nesterov Momentum into Adam, algorithm 2, with Keras's momentum schedule.

    Unlike in Adam, Keras subtracts betas in float32 here; so do we.
    """

    joins = False

    def __init__(self, settings: Mapping[str, Any]) -> None:
        pass

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        return {
            "beta_1": float(settings.get("beta_1", 0.9)),
            "beta_2": float(settings.get("beta_2", 0.999)),
            "epsilon": float(settings.get("epsilon", 1e-7)),
            **shared_inputs(settings),
        }

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        return {"momentum": zeros_like(weights), "velocity": zeros_like(weights), "product": ops.ones(())}

    def update(
        self,
        gradients: Sequence[Array],
        weights: Sequence[Array],
        slots: Slots,
        inputs: Inputs,
        learning_rate: Array,
        step: Array,
    ) -> tuple[list[Array], Slots]:
        beta_1, beta_2 = inputs["beta_1"], inputs["beta_2"]
        count, following = ops.cast(step + 1, "float32"), ops.cast(step + 2, "float32")
        now = beta_1 * (1.0 - 0.5 * ops.power(_SCHEDULE, count))
        ahead = beta_1 * (1.0 - 0.5 * ops.power(_SCHEDULE, following))
        # Multiplied in Keras's order, left to right, for the same bits.
        product = slots["product"] * beta_1 * (1.0 - 0.5 * ops.power(_SCHEDULE, count))
        product_ahead, power_2 = product * ahead, ops.power(beta_2, count)
        moments, velocities, new_weights = [], [], []
        for gradient, weight, moment, velocity in zip(gradients, weights, slots["momentum"], slots["velocity"], strict=True):
            moment = moment + (gradient - moment) * (1 - beta_1)
            velocity = velocity + (ops.square(gradient) - velocity) * (1 - beta_2)
            looked_ahead = ahead * moment / (1 - product_ahead) + (1 - now) * gradient / (1 - product)
            new_weights.append(weight - looked_ahead * learning_rate / (ops.sqrt(velocity / (1 - power_2)) + inputs["epsilon"]))
            moments.append(moment)
            velocities.append(velocity)
        return new_weights, {"momentum": moments, "velocity": velocities, "product": product}
