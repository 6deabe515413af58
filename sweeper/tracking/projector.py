"""Brings what the spool holds to MLflow and to Optuna's mirror. Every step can be repeated; the caller does so on failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweeper.records import EpochRecord
from sweeper.tracking import layout
from sweeper.tracking.layout import INTERRUPTED, STATUS, SweepFacts
from sweeper.tracking.mlflow_store import MlflowStore
from sweeper.tracking.optuna_mirror import OptunaMirror
from sweeper.tracking.reconcile import Action, Adopt, Discard, Identity, Interrupt, Mirror, Project
from sweeper.tracking.replay import TrialState


@dataclass(frozen=True)
class Described:
    """What is shown of a trial beside its records: every setting by its name, and Optuna's distributions of the searched."""

    settings: Mapping[str, object]
    distributions: Mapping[str, Any]


Describe = Callable[[TrialState], Described]


class Projector:
    """Knows which run belongs to which trial. Used by one thread at a time."""

    def __init__(self, store: MlflowStore, mirror: OptunaMirror, facts: SweepFacts, parent: str, describe: Describe) -> None:
        self._store, self._mirror, self._facts, self._parent, self._describe = store, mirror, facts, parent, describe
        self._runs: dict[Identity, str] = {}
        self._open: set[Identity] = set()
        self._mirrored = len(mirror.trials())

    def begin(self, trial: TrialState) -> str:
        """The trial's run, RUNNING; made with params, tags and data set where it is missing."""
        identity = (trial.number, trial.repeat)
        if identity in self._open:
            return self._runs[identity]
        assert trial.plan is not None
        tags = layout.child_tags(self._facts, self._parent, trial)
        if identity in self._runs:
            self._store.set_status(self._runs[identity], "RUNNING")
            self._store.log(self._runs[identity], tags=tags)
        else:
            self._runs[identity] = self._store.begin(layout.child_name(trial.plan), tags, trial.started)
        run = self._runs[identity]
        # Written again on a run that a crash may have cut off before them; what is there stays as it is.
        self._store.log(run, params=layout.child_params(self._describe(trial).settings))
        self._store.log_data(run, self._facts.data)
        self._open.add(identity)
        return run

    def epochs(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        self._store.log(self.begin(trial), [row for record in records for row in layout.epoch_rows(record)])

    def end(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        """The last epochs, what is measured once, and the run's end, in this order: a run that has ended is whole."""
        outcome = trial.outcome
        assert outcome is not None
        run = self.begin(trial)
        rows = [row for record in records for row in layout.epoch_rows(record)] + layout.outcome_rows(outcome)
        self._store.log(run, rows, tags=layout.end_tags(trial))
        self._store.set_status(run, STATUS[outcome.state], outcome.time)
        self._open.discard((trial.number, trial.repeat))

    def interrupt(self, trial: TrialState, time: int) -> None:
        """A run whose trial was stopped: KILLED until it is resumed."""
        run = self._runs.get((trial.number, trial.repeat))
        if run is not None:
            self._store.log(run, tags={"sweeper.state": INTERRUPTED})
            self._store.set_status(run, "KILLED", time)
            self._open.discard((trial.number, trial.repeat))

    def interrupt_all(self, trials: Mapping[Identity, TrialState], time: int) -> None:
        for identity in sorted(self._open):
            self.interrupt(trials[identity], time)

    def mirror(self, trials: Sequence[TrialState]) -> None:
        """Adds the trials that ended and whose predecessors all have; `trials` is all of them in the order of numbers."""
        while self._mirrored < len(trials) and (trial := trials[self._mirrored]).outcome is not None:
            run = self._runs.get((trial.number, trial.repeat), "")
            attributes = {"mlflow_run_id": run, "seed": trial.plan.seeds.weights if trial.plan else None}
            self._mirror.add(trial, self._facts.objective.metric, self._describe(trial).distributions, attributes)
            self._mirrored += 1

    def carry_out(self, actions: Sequence[Action], trials: Mapping[Identity, TrialState], time: int) -> None:
        """Mends the stores as `reconcile` says."""
        for action in actions:
            match action:
                case Adopt(trial=identity, run_id=run):
                    self._runs[identity] = run
                case Discard(run_id=run):
                    self._store.discard(run)
                case Project(trial=identity):
                    trial = trials[identity]
                    self.end(trial, [trial.epochs[epoch] for epoch in sorted(trial.epochs)])
                case Interrupt(trial=identity):
                    self.interrupt(trials[identity], time)
                case Mirror():
                    self.mirror([trials[identity] for identity in sorted(trials)])
