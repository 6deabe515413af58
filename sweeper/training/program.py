"""A program: what is compiled once for a structure and serves every trial that shares it, in one lane or in many side by side.

It has four parts, all on a value of training: `start` makes a trial's first value, `train` trains an epoch, `measure` measures
a part of the data, `signal` looks at the layers. What differs between trials of a structure (learning rates, momentum, dropout,
penalties, first weights, seeds, the fold of the data) is in the state, the knobs, or an argument.

How the rows come to the device makes two kinds of programs: they lie there (`resident_program`), or come in chunks from disk
(`streamed_program`).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from sweeper.diagnostics.probe import PROBE_ROWS, Probe
from sweeper.diagnostics.signal import all_finite
from sweeper.learners.supervised import Knobs, State, Supervised
from sweeper.parts.measures import Measures, ends_in_logits, loss_function
from sweeper.parts.optimizers.descent import Descent
from sweeper.parts.optimizers.joining import Joining
from sweeper.records import Configuration, DataInfo, TrialPlan
from sweeper.seeds import Seeds
from sweeper.training.backends.backend import Array, Backend, Tree
from sweeper.training.device_data import TRAIN, DeviceData
from sweeper.training.knobs import knobs_of, optimizer_settings, update_rule
from sweeper.training.network import Network
from sweeper.training.packing import Metrics, Packing
from sweeper.training.passes import Pass

FINITE = "finite"
"""Among the measures of an epoch: 1 where all weights and the layers' own state are finite numbers after it, else 0. A loss
does not tell: a network may hide what is not a number (TensorFlow's relu turns it into 0), and go on with a finite one."""


@dataclass(frozen=True)
class Training:
    """State and knobs: of one trial, or of all lanes of a program, with an axis of lanes as the first if there are many."""

    state: State
    knobs: Knobs


class Program(ABC):
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
        probed: DeviceData,
        lanes: int,
        fold: int,
    ) -> None:
        """`probed` has at least the first training rows of each fold. `fold` matters where the number of rows is structure: all
        folds that the program serves have as many rows."""
        begun = time.perf_counter()
        self.lanes = lanes
        self._backend, self._network, self._info, self._probed = backend, network, info, probed
        model = network.model
        logits = ends_in_logits(model, info.input_shape)
        self._rule = update_rule(configuration)
        self._descent = Descent(self._rule, Joining(model.trainable_variables, backend.joined if self._rule.joins else 0))
        self._learner = Supervised(model, self._descent, loss_function(info.task, logits=logits), backend.differentiate)
        self._measures = Measures(metrics, info, logits=logits)
        self._probe = Probe(model, self._learner.predict)
        self._batch_size = int(configuration["training"]["batch_size"])
        training = self.put(None, 0, self.start(example_plan(configuration, fold)))
        self._compile(training, fold)
        self._compile_looks(training, fold)
        if backend.any_rows:
            self._run_in(training, fold)
        self.compile_seconds = network.seconds + time.perf_counter() - begun

    def start(self, plan: TrialPlan) -> Training:
        """One trial's value before the first step: its own first weights, slots, rates and seeds."""
        configuration, array = plan.configuration, self._backend.array
        weights, layers = ([array(one) for one in values] for values in self._network.first_values(configuration, plan.seeds))
        slots = self._descent.slots(weights, optimizer_settings(configuration))
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

    @abstractmethod
    def train(
        self, training: Training, passes: Sequence[Pass], learning_rates: Sequence[np.ndarray], batch_size: int
    ) -> tuple[Training, list[Metrics]]:
        """The value after one epoch with these rates [steps], and each lane's measures in training mode with `FINITE`."""

    @abstractmethod
    def measure(self, part: str, state: State, knobs: Knobs, folds: Sequence[int]) -> list[Metrics]:
        """Loss without penalty and metrics in inference mode on a part of each lane's fold; empty where there is none."""

    def penalty(self, training: Training) -> list[float]:
        """The penalty term of each lane, 0 where the structure has none."""
        if self._penalty is None:
            return [0.0] * self.lanes
        return np.reshape(self._penalty(training.state["weights"], training.knobs), -1).tolist()

    def signal(self, training: Training, learning_rates: Sequence[float], folds: Sequence[int]) -> list[Metrics]:
        """Signal health of every layer of each lane; the step that is tried for `update_ratio` is not kept."""
        rows, rates = self._in_lanes([self._probed_rows(fold) for fold in folds], "int32"), learning_rates
        x, y = self._probed.x, self._probed.y
        looked = self._signal(training.state, training.knobs, self._in_lanes(rates, "float32"), rows, x, y)
        return self._signal_names.metrics(looked)

    @abstractmethod
    def _compile(self, training: Training, fold: int) -> None:
        """Compile what trains and measures, for values like this one and rows of this fold."""

    def _checked(self, epoch: Callable[..., tuple[State, Mapping[str, Any]]]) -> Callable[..., tuple[State, Mapping[str, Any]]]:
        """A back end's epoch that tells beside its measures whether the network it leaves is `FINITE`."""
        look = self._backend.lift(_is_finite, self.lanes)

        def checked(*arguments: Any) -> tuple[State, Mapping[str, Any]]:
            state, measured = epoch(*arguments)
            return state, {**measured, FINITE: look(forward_state(state))}

        return checked

    def _compile_looks(self, training: Training, fold: int) -> None:
        """Compile what looks at weights and signal."""
        backend, state, knobs = self._backend, training.state, training.knobs
        self._signal_names = Packing(self.lanes)
        look = self._signal_names.packed(backend.lift(self._look, self.lanes, shared=2))
        rates, rows = ([one] * self.lanes for one in (np.float32(0), self._probed_rows(fold)))
        shape = backend.like_rows(self._in_lanes(rows, "int32"))
        self._signal = backend.compile(
            look, state, knobs, self._in_lanes(rates, "float32"), shape, self._probed.x, self._probed.y
        )
        self._penalty: Callable[..., Array] | None = None
        if self._learner.has_penalties(knobs):
            self._penalty = backend.compile(backend.lift(self._total_penalty, self.lanes), state["weights"], knobs)

    def _run_in(self, training: Training, fold: int) -> None:
        """Run everything once and throw the result away: what TensorFlow puts off to the first run must not count as a trial's
        seconds of training."""
        self.penalty(training)
        self.signal(training, [0.0] * self.lanes, [fold] * self.lanes)

    def _probed_rows(self, fold: int) -> np.ndarray:
        return self._probed.index[fold][TRAIN][:PROBE_ROWS]

    def _in_lanes(self, values: Sequence[Any], dtype: str) -> Array:
        return self._backend.array(values[0] if self.lanes == 1 else np.stack(values), dtype)

    def _total_penalty(self, weights: list[Array], knobs: Knobs) -> Array:
        terms = self._learner.penalties(weights, knobs)
        return sum(terms[1:], terms[0])

    def _look(self, state: State, knobs: Knobs, learning_rate: Array, rows: Array, x: Array, y: Array) -> Mapping[str, Array]:
        batch, targets = ops.take(x, rows, axis=0), ops.take(y, rows, axis=0)

        def loss(weights: Sequence[Array]) -> tuple[Array, list[Array]]:
            predictions, activations = self._probe.forward({**state, "weights": weights}, batch)
            return self._learner.loss(targets, predictions), activations

        _, activations, gradients = self._backend.differentiate(loss, state["weights"])
        updated, _ = self._descent.step(
            gradients, state["weights"], state["slots"], knobs["rule"], learning_rate, state["step"]
        )
        return self._probe.statistics(state["weights"], gradients, updated, activations)


def example_plan(configuration: Configuration, fold: int) -> TrialPlan:
    return TrialPlan(0, {}, configuration, Seeds(0, 0, 0), 1, fold=fold)


def _is_finite(forward: Tree) -> Array:
    return all_finite([*forward["weights"], *forward["layers"]])


def forward_state(state: State) -> Tree:
    """What a forward pass needs of a state; the rest would only be passed along."""
    return {"weights": state["weights"], "layers": state["layers"]}
