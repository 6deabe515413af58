"""The network of a script: the functional API's lines, read off the graph of the engine's model.

So every family that is a graph of Keras's layers is written by the same rules; only what differs from Keras's defaults is said.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from sweeper.errors import SweepError
from sweeper.exporting.script.literals import WIDTH, Expression, call, literal
from sweeper.models.transformer import LearnedPositions, SinusoidalPositions
from sweeper.parts.noise import KnobDropout, KnobNoise

_UNSAID = {"trainable", "dtype", "name", "data_format", "build_config"}
_SIDES = {"kernel_size", "pool_size", "strides"}
_PENALTY = Expression("penalty")

_LEARNED = '''\
class LearnedPositions(keras.layers.Layer):
    """Adds a vector of its own to each step."""

    def build(self, input_shape):
        self.positions = self.add_weight(shape=input_shape[1:], name="positions")

    def call(self, x):
        return x + self.positions
'''

_SINUSOIDAL = '''\
class SinusoidalPositions(keras.layers.Layer):
    """Adds sines (even numbers of a step) and cosines (odd ones) of falling frequency."""

    def call(self, x):
        steps, width = x.shape[1:]
        columns = np.arange(width)
        angles = np.arange(steps)[:, np.newaxis] / 10000 ** ((columns - columns % 2) / width)
        waves = np.where(columns % 2, np.cos(angles), np.sin(angles)).astype("float32")
        return x + keras.ops.convert_to_tensor(waves, dtype=x.dtype)
'''

_OWN = {LearnedPositions: _LEARNED, SinusoidalPositions: _SINUSOIDAL}


@dataclass(frozen=True)
class Noise:
    """The seeds of the layers that draw, by the layers' names, and the trial's rates of dropout and noise."""

    seeds: Mapping[str, int]
    dropout: float | None
    stddev: float | None


def network_code(model: keras.Model, noise: Noise, *, penalized: bool) -> str:
    """Code that leaves the network in `model`, and the `penalty` in its layers where it is `penalized`.

    Raises SweepError for a model that is no graph of layers.
    """
    if not hasattr(model, "operations"):
        raise SweepError("the network is no graph of Keras layers, and plain code for it cannot be written")
    operations = list(model.operations)
    names = _names(operations)
    lines = [f"inputs = keras.Input({literal(tuple(model.input_shape[1:]))})"]
    lines += [f"{names[one.name]} = {_layer(one, noise, penalized)}({_arguments(one, names)})" for one in operations[1:]]
    lines.append(f"model = keras.Model(inputs, {names[operations[-1].name]})")
    classes = [code for kind, code in _OWN.items() if any(isinstance(operation, kind) for operation in operations)]
    return "\n".join([*(f"{code}\n" for code in classes), *lines])


def _names(operations: Sequence[Any]) -> dict[str, str]:
    """`x` for what only the next line reads, else the layer's own name."""
    readers: dict[str, set[int]] = {operation.name: set() for operation in operations}
    for place, operation in enumerate(operations):
        for source in _sources(operation):
            readers[source].add(place)
    names = {}
    for place, operation in enumerate(operations):
        chained = readers[operation.name] <= {place + 1}
        names[operation.name] = "inputs" if place == 0 else "x" if chained else operation.name
    return names


def _sources(operation: Any) -> list[str]:
    [node] = operation._inbound_nodes
    return [tensor._keras_history.operation.name for tensor in node.input_tensors]


def _arguments(operation: Any, names: Mapping[str, str]) -> str:
    sources = ", ".join(names[source] for source in _sources(operation))
    return f"[{sources}]" if isinstance(operation, keras.layers.Add) else sources


def _layer(layer: Any, noise: Noise, penalized: bool) -> str:
    if isinstance(layer, KnobDropout):
        return call("keras.layers.Dropout", literal(noise.dropout), seed=noise.seeds[layer.name])
    if isinstance(layer, KnobNoise):
        return call("keras.layers.GaussianNoise", literal(noise.stddev), seed=noise.seeds[layer.name])
    if isinstance(layer, LearnedPositions | SinusoidalPositions):
        return f"{type(layer).__name__}()"
    if isinstance(layer, keras.layers.Bidirectional):
        inner = _said(layer.forward_layer, penalized)
        long = len(inner) > WIDTH - 40
        return call("keras.layers.Bidirectional", f"\n    {inner}\n" if long else inner)
    return _said(layer, penalized)


def _said(layer: Any, penalized: bool) -> str:
    """The layer's constructor with what its class does not do by itself. First weights come from a file, so initializers are
    left out."""
    kind, settings = type(layer), dict(layer.get_config())
    values, named = [], {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name not in settings or name in _UNSAID or name.endswith("_initializer"):
            continue
        value = settings[name]
        if parameter.default is inspect.Parameter.empty:
            values.append(literal(_short(name, value)))
        elif not _is_default(layer, name, value, parameter.default, settings):
            named[name] = _short(name, value)
    if hasattr(layer, "use_cudnn") and layer.use_cudnn is False:
        named["use_cudnn"] = False
    if penalized and "kernel_regularizer" in settings:
        named["kernel_regularizer"] = _PENALTY
    return call(f"keras.layers.{kind.__name__}", *values, **named)


def _short(name: str, value: Any) -> Any:
    """`3` for a kernel's `(3, 3)`."""
    if name in _SIDES and len(set(value)) == 1:
        return value[0]
    return value


def _is_default(layer: Any, name: str, value: Any, default: Any, settings: Mapping[str, Any]) -> bool:
    if name == "activation" and value == "linear":
        return True
    if name == "axis":  # the last one, however it is written
        return True
    if name in ("strides", "value_dim") and default is None:
        return bool(value == settings.get("pool_size", settings.get("key_dim")))
    if name == "attention_axes":
        return True
    plain = tuple(value) if isinstance(value, list) else value
    return bool(plain == (tuple(default) if isinstance(default, list) else default))
