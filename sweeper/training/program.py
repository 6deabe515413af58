"""A program: what is compiled once for a structure and serves every trial that shares it, in one lane or in many side by side.

It has four parts, all on a value of training: `start` makes a trial's first value, `epoch` trains, `evaluate` measures,
`signal` looks at the layers. What differs between trials of a structure (learning rates, momentum, dropout, penalties, first
weights, seeds, the fold of the data) is in the state, the knobs, or an argument.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from sweeper.diagnostics.probe import PROBE_ROWS, Probe
from sweeper.learners.supervised import Knobs, State, Supervised
from sweeper.parts.measures import Measures, ends_in_logits, loss_function
from sweeper.parts.optimizers.rule import apply
from sweeper.records import Configuration, DataInfo, TrialPlan
from sweeper.seeds import Seeds
from sweeper.training.backends.backend import Array, Backend, Tree
from sweeper.training.device_data import TRAIN, DeviceData
from sweeper.training.knobs import knobs_of, optimizer_settings, update_rule
from sweeper.training.network import Network

Metrics = dict[str, float]


@dataclass(frozen=True)
class Training:
    """State and knobs: of one trial, or of all lanes of a program, with an axis of lanes as the first if there are many."""

    state: State
    knobs: Knobs


class Program:
    """The compiled training of one structure in `lanes` lanes.

    Everything that is given or returned for all lanes is a list as long as there are lanes. `compile_seconds` is what building,
    tracing and compiling took; nothing is compiled afterwards.
    """

    def __init__(
        self,
        backend: Backend,
        network: Network,
        configuration: Configuration,
        info: DataInfo,
        metrics: tuple[str, ...],
        data: DeviceData,
        lanes: int = 1,
        fold: int = 0,
    ) -> None:
        """`fold` matters where the number of rows is structure: all folds that the program serves have as many rows."""
        begun = time.perf_counter()
        self.lanes = lanes
        self._backend, self._network, self._info, self._data = backend, network, info, data
        model = network.model
        logits = ends_in_logits(model)
        self._rule = update_rule(configuration)
        self._learner = Supervised(model, self._rule, loss_function(info.task, logits=logits), backend.differentiate)
        self._measures = Measures(metrics, info, logits=logits)
        self._probe = Probe(model, self._learner.predict)
        self._batch_size = int(configuration["training"]["batch_size"])
        self._compile(configuration, fold)
        self.compile_seconds = network.seconds + time.perf_counter() - begun

    def start(self, plan: TrialPlan) -> Training:
        """One trial's value before the first step: its own first weights, slots, rates and seeds."""
        configuration, array = plan.configuration, self._backend.array
        weights = [array(value) for value in self._network.first_weights(configuration, plan.seeds)]
        layers = [array(value) for value in self._network.first_layers(configuration["regularization"], plan.seeds)]
        slots = self._rule.slots(weights, optimizer_settings(configuration))
        knobs = knobs_of(configuration, self._rule, self._info.fold(plan.fold))
        state = {"weights": weights, "slots": slots, "layers": layers, "step": array(0, "int32")}
        return Training(state, {group: {name: array(v, "float32") for name, v in of.items()} for group, of in knobs.items()})

    def put(self, training: Training | None, lane: int, one: Training) -> Training:
        """The value of all lanes with this trial's in one of them; lanes that are empty yet hold it as well."""
        if self.lanes == 1:
            return one
        if training is None:
            return Training(self._backend.spread(one.state, self.lanes), self._backend.spread(one.knobs, self.lanes))
        return Training(*self._backend.put((training.state, training.knobs), lane, (one.state, one.knobs)))

    def choose(self, mask: Sequence[bool], new: State, old: State | None) -> State | None:
        """For each lane the new state where the mask says so, else the old one."""
        if old is None or all(mask):
            return new
        if not any(mask):
            return old
        chosen: State = self._backend.select(np.array(mask), new, old)
        return chosen

    def epoch(
        self, training: Training, orders: Sequence[np.ndarray], learning_rates: Sequence[np.ndarray], batch_size: int
    ) -> tuple[Training, list[Metrics]]:
        """The value after one epoch over these rows of the data [rows] with these rates [steps], and each lane's measures in
        training mode."""
        state, measured = self._epoch(
            training.state,
            training.knobs,
            self._in_lanes(orders, "int32"),
            self._in_lanes(learning_rates, "float32"),
            self._data.x,
            self._data.y,
            *self._backend.batch_arguments(batch_size),
        )
        return Training(state, training.knobs), self._epoch_names.metrics(measured)

    def evaluate(self, state: State, knobs: Knobs, rows: Sequence[np.ndarray]) -> list[Metrics]:
        """Loss without penalty and metrics in inference mode on these rows of the data, for each lane."""
        evaluation = self._evaluations[len(rows[0])] if len(self._evaluations) > 1 else next(iter(self._evaluations.values()))
        measured = evaluation(forward_state(state), knobs, self._in_lanes(rows, "int32"), self._data.x, self._data.y)
        return self._evaluation_names.metrics(measured)

    def penalty(self, training: Training) -> list[float]:
        """The penalty term of each lane, 0 where the structure has none."""
        if self._penalty is None:
            return [0.0] * self.lanes
        return np.reshape(self._penalty(training.state["weights"], training.knobs), -1).tolist()

    def signal(self, training: Training, learning_rates: Sequence[float], folds: Sequence[int]) -> list[Metrics]:
        """Signal health of every layer of each lane; the step that is tried for `update_ratio` is not kept."""
        rows = [self._data.index[fold][TRAIN][:PROBE_ROWS] for fold in folds]
        looked = self._signal(
            training.state,
            training.knobs,
            self._in_lanes(learning_rates, "float32"),
            self._in_lanes(rows, "int32"),
            self._data.x,
            self._data.y,
        )
        return self._signal_names.metrics(looked)

    def _compile(self, configuration: Configuration, fold: int) -> None:
        """Compile everything for values like those of a first trial."""
        backend, lanes, x, y, outputs = self._backend, self.lanes, self._data.x, self._data.y, self._info.outputs
        training = self.put(None, 0, self.start(example_plan(configuration, fold)))
        state, knobs, forward = training.state, training.knobs, forward_state(training.state)
        index = {part: self._in_lanes([rows] * lanes, "int32") for part, rows in self._data.index[fold].items()}
        steps = math.ceil(len(self._data.index[fold][TRAIN]) / self._batch_size)
        rates = self._in_lanes([np.zeros(steps, "float32")] * lanes, "float32")

        self._epoch_names, self._evaluation_names, self._signal_names = (_Packing(lanes) for _ in range(3))
        epoch = backend.epoch(self._learner.step, outputs, self._training_measure, lanes, self._batch_size)
        self._epoch = backend.compile(
            self._epoch_names.packed_beside(epoch), state, knobs, backend.like_rows(index[TRAIN]), backend.like_rows(rates),
            x, y, *backend.batch_arguments(self._batch_size),
        )  # fmt: skip
        evaluation = self._evaluation_names.packed(backend.evaluation(self._learner.predict, self._measure, outputs, lanes))
        examples = {rows.shape[-1]: rows for part, rows in index.items() if part != TRAIN}
        if backend.any_rows:
            examples = {0: next(iter(examples.values()))}
        self._evaluations = {
            count: backend.compile(evaluation, forward, knobs, backend.like_rows(rows), x, y)
            for count, rows in examples.items()
        }
        look = self._signal_names.packed(backend.lift(self._look, lanes, shared=2))
        probed = index[TRAIN][..., :PROBE_ROWS]
        self._signal = backend.compile(look, state, knobs, rates[..., 0], probed, x, y)
        self._penalty: Callable[..., Array] | None = None
        if knobs["penalty"]:
            self._penalty = backend.compile(backend.lift(self._total_penalty, lanes), state["weights"], knobs)
        if backend.any_rows:
            self._run_in(training, fold)

    def _run_in(self, training: Training, fold: int) -> None:
        """Run everything once on a batch and throw the result away: what TensorFlow puts off to the first run must not count as
        a trial's seconds of training."""
        rows = [self._data.index[fold][TRAIN][:2]] * self.lanes
        self.epoch(training, rows, [np.zeros(1, "float32")] * self.lanes, 2)
        self.evaluate(training.state, training.knobs, rows)
        self.penalty(training)
        self.signal(training, [0.0] * self.lanes, [fold] * self.lanes)

    def _in_lanes(self, values: Sequence[Any], dtype: str) -> Array:
        return self._backend.array(values[0] if self.lanes == 1 else np.stack(values), dtype)

    def _training_measure(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Array]:
        return self._measures(targets, predictions, knobs.get("units"))

    def _measure(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Array]:
        return {"loss": self._learner.loss(targets, predictions), **self._training_measure(knobs, targets, predictions)}

    def _total_penalty(self, weights: list[Array], knobs: Knobs) -> Array:
        terms = self._learner.penalties(weights, knobs)
        return sum(terms[1:], terms[0])

    def _look(self, state: State, knobs: Knobs, learning_rate: Array, rows: Array, x: Array, y: Array) -> dict[str, Array]:
        batch, targets = ops.take(x, rows, axis=0), ops.take(y, rows, axis=0)

        def loss(weights: Sequence[Array]) -> tuple[Array, list[Array]]:
            predictions, activations = self._probe.forward({**state, "weights": weights}, batch)
            return self._learner.loss(targets, predictions), activations

        _, activations, gradients = self._backend.differentiate(loss, state["weights"])
        updated, _ = apply(self._rule, gradients, state["weights"], state["slots"], knobs["rule"], learning_rate, state["step"])
        return self._probe.statistics(state["weights"], gradients, updated, activations)


class _Packing:
    """Brings a dictionary of scalars from the device to the host as one array, and back into a dictionary for each lane."""

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._names: tuple[str, ...] = ()

    def packed(self, function: Callable[..., Mapping[str, Array]]) -> Callable[..., Array]:
        return lambda *arguments: self._pack(function(*arguments))

    def packed_beside(self, function: Callable[..., tuple[Tree, Mapping[str, Array]]]) -> Callable[..., tuple[Tree, Array]]:
        def pack(*arguments: Any) -> tuple[Tree, Array]:
            first, values = function(*arguments)
            return first, self._pack(values)

        return pack

    def metrics(self, packed: Array) -> list[Metrics]:
        rows = np.asarray(packed).reshape(self._lanes, len(self._names)).tolist()
        return [dict(zip(self._names, row, strict=True)) for row in rows]

    def _pack(self, values: Mapping[str, Array]) -> Array:
        self._names = tuple(values)
        return ops.stack([ops.cast(value, "float32") for value in values.values()], axis=-1)


def example_plan(configuration: Configuration, fold: int) -> TrialPlan:
    return TrialPlan(0, {}, configuration, Seeds(0, 0, 0), 1, fold=fold)


def forward_state(state: State) -> State:
    """What a forward pass needs of a state; the rest would only be passed along."""
    return {"weights": state["weights"], "layers": state["layers"]}
