"""The probe: one look at a network's signal on a fixed batch, in inference mode, as a pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from sweeper.diagnostics.names import layer_names, outgoing_axes
from sweeper.diagnostics.signal import activation_statistics, relative_change, rms, symmetry

Array = Any

PROBE_ROWS = 256
"""The first so many training rows are looked at."""


class Probe:
    """Reads a model's hidden activations. `kernels` maps the position of each kernel among the weights to a name of its own:
    its layer's, and for the kernel that a recurrent layer applies to its own state `rnn_1/recurrent`."""

    def __init__(self, model: keras.Model, predict: Callable[[Mapping[str, Any], Array], Array]) -> None:
        """`predict(state, x)` is the learner's; it serves for a model into which the probe cannot look."""
        weights, layers = list(model.trainable_variables), list(model.non_trainable_variables)
        self._predict = predict
        self.kernels = layer_names([weight.path for weight in weights])
        self._outgoing = outgoing_axes(model)
        self._hidden = _hidden_activations(model)
        if self._hidden:
            watched = keras.Model(model.inputs[0], [*(output for _, _, output in self._hidden), model.outputs[0]])
            self._weight_order = [_place(weights, variable) for variable in watched.trainable_variables]
            self._layer_order = [_place(layers, variable) for variable in watched.non_trainable_variables]
            self._watched = watched

    def forward(self, state: Mapping[str, Any], x: Array) -> tuple[Array, list[Array]]:
        """(predictions, hidden activations) in inference mode; `state` has the `weights` and the `layers` of a learner's."""
        if not self._hidden:
            return self._predict(state, x), []
        weights = [state["weights"][n] for n in self._weight_order]
        layers = [state["layers"][n] for n in self._layer_order]
        (*activations, predictions), _ = self._watched.stateless_call(weights, layers, x, training=False)
        return predictions, activations

    def statistics(
        self, weights: Sequence[Array], gradients: Sequence[Array], updated: Sequence[Array], activations: Sequence[Array]
    ) -> dict[str, Array]:
        """`layers/<name>/<statistic>` of every kernel: `gradient_rms`, `update_ratio` (one step's change over the kernel's
        size), `symmetry` (among the gates of a recurrent layer too), and of hidden activations what `activation_statistics`
        gives. Of lstm and gru cells only the variance is told: their state is no activation that saturates."""
        found = {}
        for position, layer in self.kernels.items():
            found[f"layers/{layer}/gradient_rms"] = rms(gradients[position])
            found[f"layers/{layer}/update_ratio"] = relative_change(weights[position], updated[position])
            found[f"layers/{layer}/symmetry"] = symmetry(weights[position], self._outgoing.get(position, 1))
        for (layer, kind, _), activation in zip(self._hidden, activations, strict=True):
            for name, value in activation_statistics(activation, kind).items():
                found[f"layers/{layer}/{name}"] = value
        return found


_KERNELS_WITHIN = (keras.layers.RNN, keras.layers.Bidirectional, keras.layers.MultiHeadAttention)
"""Layers whose kernels are those of layers within them."""


def _hidden_activations(model: keras.Model) -> list[tuple[str, str, Array]]:
    """(layer with kernels, name of its activation, its output); none for a model that is not functional."""
    if len(getattr(model, "inputs", None) or ()) != 1 or not hasattr(model, "operations"):
        return []
    found: list[tuple[str, str, Array]] = []
    current = ""
    for layer in model.layers[:-1]:
        whole = isinstance(layer, _KERNELS_WITHIN)
        if whole or hasattr(layer, "kernel"):
            current = layer.name
        kind = _activation(layer)
        if current and (whole or kind != "linear") and _has_one_output(layer):
            found.append((current, kind, layer.output))
    return found


def _activation(layer: Any) -> str:
    """The name of the function whose values a layer puts out; `linear` for the state of a gated cell, which is a product."""
    one = getattr(layer, "forward_layer", layer)
    activation = None if isinstance(one, keras.layers.LSTM | keras.layers.GRU) else getattr(one, "activation", None)
    return getattr(activation, "__name__", "linear")


def _has_one_output(layer: Any) -> bool:
    """Not so for a layer that the user's model calls twice, or that returns states or attention weights as well."""
    return len(layer._inbound_nodes) == 1 and len(layer._inbound_nodes[0].outputs) == 1


def _place(variables: Sequence[Any], variable: Any) -> int:
    return next(n for n, candidate in enumerate(variables) if candidate is variable)
