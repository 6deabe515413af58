"""Losses and metrics, by Keras's classes and one of ours that it lacks, as pure functions of targets and predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import keras
import numpy as np
from keras import ops

from sweeper.catalogue.metrics import Metric, metric
from sweeper.records import DataInfo, Task

Array = Any

_LOOKED_AT = 4


def loss_function(task: Task, *, logits: bool) -> keras.losses.Loss:
    """The task's loss: cross-entropy over classes (targets are class numbers) or mean squared error."""
    if task is Task.CLASSIFICATION:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
    return keras.losses.MeanSquaredError()


def ends_in_logits(model: keras.Model, input_shape: tuple[int, ...]) -> bool:
    """Whether a classifier's outputs are logits, and not probabilities.

    Told by the last layer where that has an activation; else (a model of the user's own may end in anything) by what the model
    predicts for a few rows: probabilities are not negative and add up to 1.
    """
    outputs = getattr(model, "outputs", None)
    last = outputs[0]._keras_history.operation if outputs else None
    if isinstance(last, keras.layers.Dense | keras.layers.Activation):
        return last.activation is not keras.activations.softmax
    rows = np.random.default_rng(0).random((_LOOKED_AT, *input_shape), dtype="float32")
    predicted = ops.convert_to_numpy(model(rows, training=False) if model._call_has_training_arg else model(rows))
    return not (predicted.min() >= 0 and np.allclose(predicted.astype("float32").sum(axis=-1), 1, atol=1e-2))


class Measures:
    """The metrics of a sweep on a whole part at once.

    `measure(targets, predictions, units)` takes targets [rows] (classes) or [rows, outputs] (standardized values) and
    predictions [rows, outputs], and gives `{name: scalar}`; metrics of values are in the data's own units, with `units` the
    `{"mean", "scale"}` [outputs] by which they were standardized (None for classes). No metric keeps state between calls.
    """

    def __init__(self, names: Sequence[str], data: DataInfo, *, logits: bool) -> None:
        self._task, self._outputs, self._logits = data.task, data.outputs, logits
        self._metrics = [(known, self._built(known)) for known in map(metric, names) if known is not None]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(known.name for known, _ in self._metrics)

    def __call__(self, targets: Array, predictions: Array, units: Mapping[str, Array] | None = None) -> dict[str, Array]:
        return self.results(self.totals(targets, predictions, units))

    def totals(self, targets: Array, predictions: Array, units: Mapping[str, Array] | None = None) -> dict[str, list[Array]]:
        """What each metric adds up over rows, from which `results` follow: totals of pieces, added, are those of the whole."""
        shown = predictions
        if self._task is Task.CLASSIFICATION and self._logits:
            shown = ops.softmax(predictions)
        found = {}
        for known, keras_metric in self._metrics:
            start = keras_metric.stateless_reset_state()
            found[known.name] = keras_metric.stateless_update_state(start, *self._encoded(known, targets, shown, units))
        return found

    def results(self, totals: Mapping[str, Sequence[Array]]) -> dict[str, Array]:
        """`{name: scalar}`; totals may be arrays of the host, of any precision."""
        found = {}
        for known, keras_metric in self._metrics:
            pairs = zip(totals[known.name], keras_metric.variables, strict=True)
            found[known.name] = keras_metric.stateless_result([ops.cast(total, variable.dtype) for total, variable in pairs])
        return found

    def _built(self, known: Metric) -> keras.metrics.Metric:
        """The Keras metric, its variables made: some make them at their first update, which must not be inside a program."""
        arguments = dict(known.arguments)
        if known.name == "auc":
            arguments["num_labels"] = self._outputs
        built: keras.metrics.Metric = _class_of(known)(**arguments)
        targets = ops.zeros((2,), "int32") if self._task is Task.CLASSIFICATION else ops.zeros((2, self._outputs))
        built.update_state(*self._encoded(known, targets, ops.ones((2, self._outputs)) / self._outputs, None))
        return built

    def _encoded(
        self, known: Metric, targets: Array, predictions: Array, units: Mapping[str, Array] | None
    ) -> tuple[Array, Array]:
        if known.encoding == "one_hot":
            return ops.one_hot(targets, self._outputs), predictions
        if known.encoding == "positive":
            return targets, predictions[:, 1]
        if units is not None and known.encoding == "values":
            scale, mean = units["scale"], units["mean"]
            return targets * scale + mean, predictions * scale + mean
        return targets, predictions


def _class_of(known: Metric) -> Any:
    """The class in `keras.metrics`, or ours."""
    if known.implementation is None:
        return getattr(keras.metrics, known.keras)
    module, _, name = known.implementation.partition(":")
    return getattr(import_module(module), name)
