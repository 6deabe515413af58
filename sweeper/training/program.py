"""A program: what is compiled once for a structure and serves every trial that shares it.

It has four parts, all on a value of state: `start` makes the first state of a trial, `epoch` trains, `evaluate` measures,
`signal` looks at the layers. What differs between trials of a structure (learning rates, momentum, dropout, penalties, first
weights, seeds, batch size) is in the state, the knobs, or an argument of `epoch`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from sweeper.catalogue.optimizers import OPTIMIZERS
from sweeper.diagnostics.probe import PROBE_ROWS, Probe
from sweeper.learners.supervised import Knobs, State, Supervised
from sweeper.parts.measures import Measures, ends_in_logits, loss_function
from sweeper.parts.optimizers.rule import Rule, apply
from sweeper.records import Configuration, DataInfo, Task, TrialPlan
from sweeper.seeds import Seeds
from sweeper.training import tensorflow_backend as backend
from sweeper.training.network import Network

Tensor = Any


@dataclass(frozen=True)
class Started:
    """The first state of a trial and its knobs."""

    state: State
    knobs: Knobs


@dataclass(frozen=True)
class Rows:
    """A part of the data on the device."""

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def first(self, count: int) -> Rows:
        return Rows(self.x[:count], self.y[:count])


class Program:
    """The compiled training of one structure.

    `compile_seconds` is what building, tracing and compiling took; nothing is compiled afterwards.
    """

    def __init__(
        self, configuration: Configuration, data: DataInfo, metrics: tuple[str, ...], folder: str, train: Rows
    ) -> None:
        begun = time.perf_counter()
        self._data = data
        self._network = Network(configuration, data, folder)
        model = self._network.model
        logits = ends_in_logits(model)
        self._rule = update_rule(configuration)
        self._learner = Supervised(model, self._rule, loss_function(data.task, logits=logits), backend.differentiate)
        measures = Measures(metrics, data, logits=logits)
        self._probe = Probe(model, self._learner.predict)
        self._probe_rows = train.first(PROBE_ROWS)
        self._compile(measures, configuration, train)
        self.compile_seconds = time.perf_counter() - begun

    def _compile(self, measures: Measures, configuration: Configuration, train: Rows) -> None:
        """Trace everything, then run it once on a batch and throw the result away: what TensorFlow puts off to the first run
        must not count as a trial's seconds of training."""
        started = self.start(TrialPlan(0, {}, configuration, Seeds(0, 0, 0), 1))
        state, knobs, rate = started.state, started.knobs, backend.constant(0.0)
        x, y = backend.any_rows(train.x), backend.any_rows(train.y)
        order, rates = (backend.any_rows(backend.constant([0], kind)) for kind in ("int32", "float32"))
        epoch = backend.epoch_function(self._learner.step, self._data.outputs, measures)
        evaluation = backend.evaluation_function(self._learner.predict, self._learner.loss, self._data.outputs, measures)
        self._epoch = backend.compiled(epoch, state, knobs, x, y, order, rates, backend.constant(1, "int32"))
        self._evaluation = backend.compiled(evaluation, forward_state(started), x, y)
        self._signal = backend.compiled(self._look, state, knobs, x, y, rate)
        if knobs["penalty"]:
            self._penalty = backend.compiled(self._total_penalty, state["weights"], knobs)
        first = np.arange(min(2, len(train)), dtype="int32")
        self.epoch(started, train, first, np.zeros(1, "float32"), 2)
        self.evaluate(started, train.first(2))
        self.penalty(started)
        self.signal(started, 0.0)

    def start(self, plan: TrialPlan) -> Started:
        """The state before the first step of this trial: its own first weights, slots, rates and seeds."""
        configuration = plan.configuration
        weights = [backend.constant(value) for value in self._network.first_weights(configuration, plan.seeds)]
        layers = [backend.constant(value) for value in self._network.first_layers(configuration["regularization"], plan.seeds)]
        settings = optimizer_settings(configuration)
        slots = self._rule.slots(weights, settings)
        state = {"weights": weights, "slots": slots, "layers": layers, "step": backend.constant(0, "int32")}
        return Started(state, self._knobs(configuration))

    def epoch(
        self, started: Started, train: Rows, order: np.ndarray, learning_rates: np.ndarray, batch_size: int
    ) -> tuple[Started, dict[str, float]]:
        """The state after one epoch over the rows in this order, and the epoch's `train_*` metrics in training mode."""
        state, measured = self._epoch(
            started.state,
            started.knobs,
            train.x,
            train.y,
            backend.constant(order, "int32"),
            backend.constant(learning_rates, "float32"),
            backend.constant(batch_size, "int32"),
        )
        return Started(state, started.knobs), backend.to_host(measured)

    def evaluate(self, started: Started, rows: Rows) -> dict[str, float]:
        """Loss without penalty and metrics in inference mode."""
        return backend.to_host(self._evaluation(forward_state(started), rows.x, rows.y))

    def penalty(self, started: Started) -> float:
        """The penalty term, 0 where the trial has none."""
        if not started.knobs["penalty"]:
            return 0.0
        return float(self._penalty(started.state["weights"], started.knobs))

    def signal(self, started: Started, learning_rate: float) -> dict[str, float]:
        """Signal health of every layer at this state; the step that is tried for `update_ratio` is not kept."""
        rows = self._probe_rows
        rate = backend.constant(learning_rate, "float32")
        return backend.to_host(self._signal(started.state, started.knobs, rows.x, rows.y, rate))

    def _total_penalty(self, weights: list[Tensor], knobs: Knobs) -> Tensor:
        terms = self._learner.penalties(weights, knobs)
        return sum(terms[1:], terms[0])

    def _look(self, state: State, knobs: Knobs, x: Tensor, y: Tensor, learning_rate: Tensor) -> dict[str, Tensor]:
        def loss(weights: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
            predictions, activations = self._probe.forward({**state, "weights": weights}, x)
            return self._learner.loss(y, predictions), activations

        _, activations, gradients = backend.differentiate(loss, state["weights"])
        updated, _ = apply(self._rule, gradients, state["weights"], state["slots"], knobs["rule"], learning_rate, state["step"])
        return self._probe.statistics(state["weights"], gradients, updated, activations)

    def _knobs(self, configuration: Configuration) -> Knobs:
        regularization = configuration["regularization"]
        rule = self._rule.inputs(optimizer_settings(configuration))
        penalty = {name: regularization[name] for name in ("l1", "l2") if regularization.get(name) is not None}
        knobs: Knobs = {
            "rule": {name: backend.constant(value, "float32") for name, value in rule.items()},
            "penalty": {name: backend.constant(value, "float32") for name, value in penalty.items()},
        }
        if configuration["training"].get("class_weight") == "balanced" and self._data.task is Task.CLASSIFICATION:
            knobs["class_weight"] = backend.constant(balanced_weights(self._data.class_counts), "float32")
        return knobs


def update_rule(configuration: Configuration) -> Rule:
    """The update rule that the configuration's optimizer names."""
    [(name, settings)] = configuration["optimizer"].items()
    implementation = next(entry.implementation for entry in OPTIMIZERS if entry.name == name)
    module, _, rule = str(implementation).partition(":")
    built: Rule = getattr(import_module(module), rule)(settings)
    return built


def optimizer_settings(configuration: Configuration) -> dict[str, Any]:
    [(_, settings)] = configuration["optimizer"].items()
    return dict(settings)


def forward_state(started: Started) -> State:
    """What a forward pass needs of a state; the rest would only be passed along."""
    return {"weights": started.state["weights"], "layers": started.state["layers"]}


def balanced_weights(counts: tuple[int, ...]) -> np.ndarray:
    """`rows / (classes x rows of the class)` for each class, as scikit-learn's "balanced" (King and Zeng 2001)."""
    found = np.asarray(counts, dtype="float64")
    return np.asarray(found.sum() / (len(found) * np.maximum(found, 1)), dtype="float32")
