"""The trained network as a Keras model that takes rows as they were read, with preprocessing in front and probabilities, or
the data's units, behind.

It consists of Keras's own layers and operations alone (but for those of a user's own network), so that a plain
`keras.models.load_model` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from sweeper.data.columns import Encoding
from sweeper.data.raw import Array, RawData
from sweeper.data.recipe import Recipe
from sweeper.models.transformer import LearnedPositions, SinusoidalPositions, sinusoids
from sweeper.parts.noise import KnobDropout, KnobNoise
from sweeper.records import DataInfo, Task

Tensor = Any


def inference_model(network: keras.Model, recipe: Recipe, raw: RawData, info: DataInfo, *, logits: bool) -> keras.Model:
    """Reads rows float64 [rows, ...] as the source gave them: pictures, sequences or, of a table, its columns in order, with
    NaN where a cell is blank and the position of its value where a column is text. Predicts probabilities [rows, classes], or
    numbers [rows, outputs] in the data's units.

    Preprocessing is computed in 64 bits, as it was for training; the network then sees the same 32 bits but for rounding.
    """
    keras.config.set_dtype_policy("float32")
    shape = raw.x.shape[1:] or (1,)
    inputs = keras.Input(shape, dtype="float64", name="rows")
    x = inputs if recipe.encoding is None else _features(inputs, recipe.encoding)
    mean, deviation = recipe.scaling.mean, recipe.scaling.deviation
    if mean.any() or (deviation != 1).any():
        shift = (-mean / deviation).tolist()
        x = keras.layers.Rescaling((1 / deviation).tolist(), shift, dtype="float64", name="standardize")(x)
    x = keras.layers.Activation("linear", dtype="float32", name="network_input")(x)
    y = plain_network(network)(x)
    if info.task is Task.CLASSIFICATION:
        y = keras.layers.Softmax(dtype="float32", name="probabilities")(y) if logits else y
    elif any(info.target_mean) or any(scale != 1 for scale in info.target_scale):
        y = keras.layers.Rescaling(list(info.target_scale), list(info.target_mean), dtype="float32", name="units")(y)
    return keras.Model(inputs, y, name=network.name)


def shown(predictions: Array, info: DataInfo, *, logits: bool) -> Array:
    """The network's own predictions [rows, outputs] as the exported model gives them."""
    if info.task is Task.CLASSIFICATION:
        return np.asarray(ops.softmax(predictions)) if logits else predictions
    scale, mean = (np.array(units, "float32") for units in (info.target_scale, info.target_mean))
    return np.asarray(predictions * scale + mean)


def plain_network(network: keras.Model) -> keras.Model:
    """The network in Keras's own layers. A user's own is given back as it is: its layers are theirs."""
    ours = KnobDropout | KnobNoise | LearnedPositions | SinusoidalPositions
    if not any(isinstance(layer, ours) for layer in network.layers):
        return network
    plain = keras.models.clone_model(network, clone_function=_plain_layer, call_function=_call)
    for layer in network.layers:
        twin = plain.get_layer(layer.name)
        if isinstance(layer, SinusoidalPositions):
            twin.set_weights([sinusoids(*layer.output.shape[1:])])
        elif not isinstance(layer, KnobDropout | KnobNoise):
            twin.set_weights(layer.get_weights())
    return plain


def _plain_layer(layer: keras.layers.Layer) -> keras.layers.Layer:
    if isinstance(layer, KnobDropout):
        return keras.layers.Dropout(float(layer.rate.value), name=layer.name)
    if isinstance(layer, KnobNoise):
        return keras.layers.GaussianNoise(float(layer.stddev.value), name=layer.name)
    if isinstance(layer, LearnedPositions | SinusoidalPositions):
        steps, width = layer.output.shape[1:]
        trainable = isinstance(layer, LearnedPositions)
        return keras.layers.Embedding(steps, width, name=layer.name, trainable=trainable)
    return layer.__class__.from_config(layer.get_config())


def _call(layer: keras.layers.Layer, *inputs: Tensor, **options: Any) -> Tensor:
    """An embedding of the steps' numbers is added to the steps, as our positions are."""
    if not isinstance(layer, keras.layers.Embedding):
        return layer(*inputs, **options)
    [x] = inputs
    return x + layer(ops.cumsum(ops.ones_like(x[:, :, 0], dtype="int32"), axis=1) - 1)


def _features(rows: Tensor, encoding: Encoding) -> Tensor:
    """As `Encoding.apply`: blank numbers get the training part's median, text a column of 0 and 1 for each of its values."""
    filled = ops.where(ops.isnan(rows), encoding.medians[np.newaxis], rows)
    if all(column.values is None for column in encoding.columns):
        return filled
    pieces = []
    for position, column in enumerate(encoding.columns):
        if column.values is None:
            pieces.append(filled[:, position : position + 1])
        else:
            # A value of another fold, not known here, is compared with no number that a cell can hold.
            known = [code if code in encoding.known[position] else -1 for code in encoding.laid_out[position]]
            equal = ops.equal(rows[:, position : position + 1], np.array([known], "float64"))
            pieces.append(ops.cast(equal, "float64"))
    return ops.concatenate(pieces, axis=-1)


def own_classes(model: keras.Model) -> tuple[str, ...]:
    """The classes in the model that are not Keras's, which have to be given to `load_model` as `custom_objects`."""
    found = {str(node["class_name"]) for node in _nodes(keras.saving.serialize_keras_object(model)) if _is_own(node)}
    return tuple(sorted(found))


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "class_name" in value and "config" in value:
            yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _nodes(inner)


def _is_own(node: Mapping[str, Any]) -> bool:
    module = node.get("module")
    return not str(node["class_name"]).startswith("__") and module != "builtins" and not str(module or "").startswith("keras")
