"""Brings what the spool holds to MLflow and to Optuna's mirror. Every step can be repeated; the caller does so on failure.

Imports neither: a request is refused, and the workers are started, before the two seconds that MLflow takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sweeper.records import EpochRecord
from sweeper.tracking import layout
from sweeper.tracking.layout import INTERRUPTED, STATUS, Row, SweepFacts
from sweeper.tracking.reconcile import Action, Adopt, Discard, Identity, Interrupt, Mirror, Project
from sweeper.tracking.replay import TrialState

if TYPE_CHECKING:
    from sweeper.tracking.mlflow_store import MlflowStore
    from sweeper.tracking.optuna_mirror import OptunaMirror


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

    def begin(self, trial: TrialState) -> None:
        """Makes sure that the trial has a run, RUNNING, with params, tags and data set."""
        self._log(trial, [])

    def epochs(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        self._log(trial, [row for record in records for row in layout.epoch_rows(record)])

    def end(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        """The last epochs, what is measured once, and the run's end, in this order: a run that has ended is whole."""
        outcome = trial.outcome
        assert outcome is not None
        rows = [row for record in records for row in layout.epoch_rows(record)] + layout.outcome_rows(outcome)
        run = self._log(trial, rows, layout.end_tags(trial))
        layers = layout.layer_table(trial)
        if layers is not None:
            self._store.log_table(run, layers, layout.LAYER_TABLE)
        self._store.set_status(run, STATUS[outcome.state], outcome.time)
        self._open.discard((trial.number, trial.repeat))

    def _log(self, trial: TrialState, rows: Sequence[Row], tags: Mapping[str, str] | None = None) -> str:
        """Rows and tags of a trial; with the first ones of this process, in the same batch, all that its run begins with."""
        identity = (trial.number, trial.repeat)
        if identity in self._open:
            self._store.log(self._runs[identity], rows, tags=tags)
            return self._runs[identity]
        assert trial.plan is not None
        first = layout.child_tags(self._facts, self._parent, trial)
        if identity in self._runs:
            self._store.set_status(self._runs[identity], "RUNNING")
            tags = {**first, **(tags or {})}
        else:
            self._runs[identity] = self._store.begin(layout.child_name(trial.plan), first, trial.started)
        run = self._runs[identity]
        # Written again on a run that a crash may have cut off before them; what is there stays as it is.
        self._store.log(run, rows, layout.child_params(self._describe(trial).settings), tags)
        self._store.log_data(run, self._facts.data)
        self._open.add(identity)
        return run

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
        """Adds the trials that ended and whose predecessors all have.

        `trials` are in the order of numbers. One that has not begun may be missing while a later one has ended: a worker takes
        what fits its programs, not the lowest number.
        """
        for trial in trials[self._mirrored :]:
            if trial.number != self._mirrored or trial.outcome is None:
                break
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
