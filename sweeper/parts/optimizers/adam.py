"""Adam, and AdamW: the same rule, whose decay is the step's (see rule.decay)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from sweeper.parts.optimizers.rule import Array, Inputs, Slots, shared_inputs, zeros_like


class Adam:
    """Kingma and Ba 2014, arXiv 1412.6980, in the order of the end of section 2 (bias correction in the step size), as
    Keras; `amsgrad` keeps the largest second moment (Reddi et al. 2018, arXiv 1904.09237)."""

    joins = True

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._amsgrad = bool(settings.get("amsgrad", False))

    def inputs(self, settings: Mapping[str, Any]) -> dict[str, float]:
        beta_1, beta_2 = float(settings.get("beta_1", 0.9)), float(settings.get("beta_2", 0.999))
        return {
            "beta_1": beta_1,
            "beta_2": beta_2,
            "one_minus_beta_1": 1 - beta_1,
            "one_minus_beta_2": 1 - beta_2,
            "epsilon": float(settings.get("epsilon", 1e-7)),
            **shared_inputs(settings),
        }

    def slots(self, weights: Sequence[Array], settings: Mapping[str, Any]) -> Slots:
        names = ("momentum", "velocity", "largest") if self._amsgrad else ("momentum", "velocity")
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
        count = ops.cast(step + 1, "float32")
        power_1, power_2 = ops.power(inputs["beta_1"], count), ops.power(inputs["beta_2"], count)
        rate = learning_rate * ops.sqrt(1 - power_2) / (1 - power_1)
        moments, velocities, largest, new_weights = [], [], [], []
        for index, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):
            moment, velocity = slots["momentum"][index], slots["velocity"][index]
            moment = moment + (gradient - moment) * inputs["one_minus_beta_1"]
            velocity = velocity + (ops.square(gradient) - velocity) * inputs["one_minus_beta_2"]
            moments.append(moment)
            velocities.append(velocity)
            if self._amsgrad:
                velocity = ops.maximum(slots["largest"][index], velocity)
                largest.append(velocity)
            new_weights.append(weight - moment * rate / (ops.sqrt(velocity) + inputs["epsilon"]))
        new_slots: Slots = {"momentum": moments, "velocity": velocities}
        return new_weights, {**new_slots, "largest": largest} if self._amsgrad else new_slots
