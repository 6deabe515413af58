"""A program over data that come in chunks from disk: each call of a compiled loop trains or evaluates a chunk of many steps.

What is measured on a chunk are the totals that metrics add up, so that a part's metrics are those of all its rows at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from sweeper.learners.supervised import Knobs, State
from sweeper.parts.measures import Measures
from sweeper.records import Configuration, DataInfo
from sweeper.training.backends.backend import Array, Backend, Tree
from sweeper.training.network import Network
from sweeper.training.packing import Metrics
from sweeper.training.passes import Pass
from sweeper.training.program import FINITE, Program, Training, forward_state
from sweeper.training.streamed_data import Chunk, StreamedData


class StreamedProgram(Program):
    """See `Program`. It has one lane: every trial reads the rows in an order of its own."""

    def __init__(
        self,
        backend: Backend,
        network: Network,
        configuration: Configuration,
        info: DataInfo,
        metrics: tuple[str, ...],
        data: StreamedData,
        fold: int = 0,
    ) -> None:
        self._data = data
        super().__init__(backend, network, configuration, info, metrics, data.probed, 1, fold)

    def train(
        self, training: Training, passes: Sequence[Pass], learning_rates: Sequence[np.ndarray], batch_size: int
    ) -> tuple[Training, list[Metrics]]:
        [one], [rates] = passes, learning_rates
        state, totals, done, finite = training.state, _Totals(), 0, 1.0
        with closing(self._data.training(one, batch_size)) as chunks:
            for chunk in chunks:
                steps = math.ceil(chunk.rows / batch_size)
                state, measured = self._train_chunk(state, training.knobs, rates[done : done + steps], chunk, batch_size)
                totals.add(chunk.rows, measured)
                finite = float(np.asarray(measured[FINITE]))
                done += steps
        return Training(state, training.knobs), [{**totals.metrics(self._measures), FINITE: finite}]

    def measure(self, part: str, state: State, knobs: Knobs, folds: Sequence[int]) -> list[Metrics]:
        [fold] = folds
        if not self._data.count(fold, part):
            return []
        totals, forward = _Totals(), forward_state(state)
        with closing(self._data.part(fold, part)) as chunks:
            for chunk in chunks:
                totals.add(chunk.rows, self._measure_chunk(forward, knobs, chunk))
        return [totals.metrics(self._measures)]

    def _train_chunk(
        self, state: State, knobs: Knobs, rates: np.ndarray, chunk: Chunk, batch_size: int
    ) -> tuple[State, Mapping[str, Any]]:
        epoch, array, batch = self._of_size(self._epochs, chunk), self._backend.array, self._backend.batch_arguments(batch_size)
        trained: tuple[State, Mapping[str, Any]] = epoch(
            state, knobs, self._rows(chunk), array(rates, "float32"), chunk.x, chunk.y, *batch
        )
        return trained

    def _measure_chunk(self, forward: Tree, knobs: Knobs, chunk: Chunk) -> Mapping[str, Any]:
        evaluation = self._of_size(self._evaluations, chunk)
        measured: Mapping[str, Any] = evaluation(forward, knobs, self._rows(chunk), chunk.x, chunk.y)
        return measured

    def _compile(self, training: Training, fold: int) -> None:
        backend, data, size, outputs = self._backend, self._data, self._batch_size, self._info.outputs
        state, knobs, forward = training.state, training.knobs, forward_state(training.state)

        def like(chunk: Chunk) -> tuple[Any, ...]:
            return backend.like_rows(chunk.x, 0), backend.like_rows(chunk.y, 0)

        epoch = self._checked(backend.epoch(self._learner.step, outputs, self._total_training, 1, size))
        self._epochs = {}
        for chunk in self._examples(data.training_sizes(fold, size)):
            rows, rates = self._rows(chunk), backend.array(np.zeros(math.ceil(chunk.rows / size)), "float32")
            shapes = backend.like_rows(rows), backend.like_rows(rates), *like(chunk), *backend.batch_arguments(size)
            self._epochs[chunk.rows] = backend.compile(epoch, state, knobs, *shapes)
        evaluation = backend.evaluation(self._learner.predict, self._total_part, outputs, 1)
        self._evaluations = {
            chunk.rows: backend.compile(evaluation, forward, knobs, backend.like_rows(self._rows(chunk)), *like(chunk))
            for chunk in self._examples(data.part_sizes(fold))
        }

    def _run_in(self, training: Training, fold: int) -> None:
        chunk = self._data.example(2)
        self._train_chunk(training.state, training.knobs, np.zeros(1, "float32"), chunk, 2)
        self._measure_chunk(forward_state(training.state), training.knobs, chunk)
        super()._run_in(training, fold)

    def _examples(self, sizes: set[int]) -> list[Chunk]:
        """A chunk for each number of rows for which something has to be compiled."""
        return [self._data.example(rows) for rows in ({2} if self._backend.any_rows else sorted(sizes))]

    def _of_size(self, compiled: Mapping[int, Callable[..., Any]], chunk: Chunk) -> Callable[..., Any]:
        return next(iter(compiled.values())) if self._backend.any_rows else compiled[chunk.rows]

    def _rows(self, chunk: Chunk) -> Array:
        return self._backend.array(np.arange(chunk.rows), "int32")

    def _total_training(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Any]:
        return {"totals": self._measures.totals(targets, predictions, knobs.get("units"))}

    def _total_part(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Any]:
        return {"loss": self._learner.loss(targets, predictions), **self._total_training(knobs, targets, predictions)}


class _Totals:
    """What the chunks of a part come to together, added up with 64 bits."""

    def __init__(self) -> None:
        self._rows, self._loss = 0, 0.0
        self._totals: dict[str, list[np.ndarray]] = {}

    def add(self, rows: int, measured: Mapping[str, Any]) -> None:
        """A chunk of so many rows, with its mean `loss` and the metrics' `totals`."""
        self._rows += rows
        self._loss += rows * float(np.asarray(measured["loss"]))
        for name, found in measured["totals"].items():
            values = [np.asarray(value, "float64") for value in found]
            known = self._totals.get(name)
            self._totals[name] = values if known is None else [a + b for a, b in zip(known, values, strict=True)]

    def metrics(self, measures: Measures) -> Metrics:
        results = {name: float(np.asarray(value)) for name, value in measures.results(self._totals).items()}
        return {"loss": self._loss / self._rows, **results}
