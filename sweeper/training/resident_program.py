"""A program over data that lie on the device: an epoch, or the evaluation of a part, is one call of a compiled loop."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sweeper.learners.supervised import Knobs, State
from sweeper.records import Configuration, DataInfo
from sweeper.training.backends.backend import Array, Backend, Tree
from sweeper.training.device_data import TRAIN, DeviceData
from sweeper.training.network import Network
from sweeper.training.packing import Metrics, Packing
from sweeper.training.passes import Pass
from sweeper.training.program import Program, Training, forward_state


class ResidentProgram(Program):
    """See `Program`. `epoch` and `evaluate` do for given rows what `train` and `measure` do by name."""

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
        self._data = data
        super().__init__(backend, network, configuration, info, metrics, data, lanes, fold)

    def train(
        self, training: Training, passes: Sequence[Pass], learning_rates: Sequence[np.ndarray], batch_size: int
    ) -> tuple[Training, list[Metrics]]:
        return self.epoch(training, [self._data.in_order(one) for one in passes], learning_rates, batch_size)

    def measure(self, part: str, state: State, knobs: Knobs, folds: Sequence[int]) -> list[Metrics]:
        if not self._data.count(folds[0], part):
            return []
        return self.evaluate(state, knobs, [self._data.index[fold][part] for fold in folds])

    def epoch(
        self, training: Training, orders: Sequence[np.ndarray], learning_rates: Sequence[np.ndarray], batch_size: int
    ) -> tuple[Training, list[Metrics]]:
        """The value after one epoch over these rows of the data [rows] with these rates [steps], and each lane's measures in
        training mode, `FINITE` among them."""
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

    def _compile(self, training: Training, fold: int) -> None:
        backend, lanes, x, y, outputs = self._backend, self.lanes, self._data.x, self._data.y, self._info.outputs
        state, knobs, forward = training.state, training.knobs, forward_state(training.state)
        index = {part: self._in_lanes([rows] * lanes, "int32") for part, rows in self._data.index[fold].items()}
        steps = math.ceil(self._data.count(fold, TRAIN) / self._batch_size)
        rates = self._in_lanes([np.zeros(steps, "float32")] * lanes, "float32")
        self._epoch_names, self._evaluation_names = Packing(lanes), Packing(lanes)
        epoch = self._checked(backend.epoch(self._learner.step, outputs, self._measure_training, lanes, self._batch_size))
        self._epoch = backend.compile(
            self._epoch_names.packed_beside(epoch), state, knobs, backend.like_rows(index[TRAIN]), backend.like_rows(rates),
            x, y, *backend.batch_arguments(self._batch_size),
        )  # fmt: skip
        evaluation = backend.evaluation(self._learner.predict, self._measure_part, outputs, lanes)
        packed = self._evaluation_names.packed(evaluation)
        examples = {rows.shape[-1]: rows for part, rows in index.items() if part != TRAIN}
        if backend.any_rows:
            examples = {0: next(iter(examples.values()))}
        self._evaluations = {
            count: backend.compile(packed, forward, knobs, backend.like_rows(rows), x, y) for count, rows in examples.items()
        }

    def _run_in(self, training: Training, fold: int) -> None:
        rows = [self._data.index[fold][TRAIN][:2]] * self.lanes
        self.epoch(training, rows, [np.zeros(1, "float32")] * self.lanes, 2)
        self.evaluate(training.state, training.knobs, rows)
        super()._run_in(training, fold)

    def _measure_training(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Array]:
        return self._measures(targets, predictions, knobs.get("units"))

    def _measure_part(self, knobs: Tree, targets: Array, predictions: Array) -> Mapping[str, Array]:
        return {"loss": self._learner.loss(targets, predictions), **self._measure_training(knobs, targets, predictions)}
