"""A trial trained again from its plan. A sweep keeps no weights: the seeds give them back, bit for bit where machine, versions,
back end, threads and lanes are the same."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from sweeper.errors import SweepError
from sweeper.records import Outcome, Reason, TrialPlan, WorkerSettings
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import load
from sweeper.training.lanes import Lanes
from sweeper.training.network import Network
from sweeper.training.program import Program
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.streamed_data import StreamedData
from sweeper.training.streamed_program import StreamedProgram
from sweeper.training.trial import Trial

Values = list[np.ndarray]


@dataclass(frozen=True)
class Weights:
    """The values of a model's trainable variables, and of its layers' own state (moving averages, rates, seeds)."""

    trained: Values
    layers: Values

    def give(self, model: keras.Model) -> None:
        for variable, value in zip(model.trainable_variables, self.trained, strict=True):
            variable.assign(value)
        for variable, value in zip(model.non_trainable_variables, self.layers, strict=True):
            variable.assign(value)


@dataclass(frozen=True)
class Retrained:
    """The engine's own `model`, the weights it `first` had and its `best` epoch's, and how the training ended."""

    model: keras.Model
    first: Weights
    best: Weights
    outcome: Outcome


def retrain(plan: TrialPlan, settings: WorkerSettings, backend: Backend) -> Retrained:
    """Trains the plan to its end. Raises SweepError where it now diverges."""
    network = Network(plan.configuration, settings.data, settings.folder)
    first = Weights(*([np.asarray(one) for one in values] for values in network.first_values(plan.configuration, plan.seeds)))
    lanes = Lanes(_program(plan, settings, backend, network))
    trial = Trial(plan, settings.objective, settings.data.fold(plan.fold).rows["train"], 0.0)
    lanes.place(trial)
    lanes.begin()
    while trial.ending is None:
        lanes.round()
    if trial.ending.reason is Reason.DIVERGED or not trial.has_best:
        raise SweepError(
            f"Trained again, trial {plan.number} diverged after epoch {trial.next - 1}: there is nothing to export."
        )
    best = lanes.best(trial)
    [outcome] = lanes.finish()
    return Retrained(network.model, first, Weights(best["weights"], best["layers"]), outcome)


def _program(plan: TrialPlan, settings: WorkerSettings, backend: Backend, network: Network) -> Program:
    about = backend, network, plan.configuration, settings.data, settings.objective.metrics
    if settings.data.streamed:
        return StreamedProgram(*about, StreamedData(settings.data, backend), plan.fold)
    return ResidentProgram(*about, load(settings.data, backend), plan.lanes or 1, plan.fold)
