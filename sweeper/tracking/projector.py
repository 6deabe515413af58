"""Brings what the spools hold to MLflow and to Optuna's mirror. Every step can be repeated; the caller does so on failure.

Imports neither: a request is refused, and the workers are started, before the two seconds that MLflow takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sweeper.records import EpochRecord
from sweeper.tracking import layout
from sweeper.tracking.combined import Combined, combine
from sweeper.tracking.layout import INTERRUPTED, STATUS, Row, SweepFacts
from sweeper.tracking.reading import Spools
from sweeper.tracking.reconcile import Action, Adopt, Discard, Interrupt, Mirror, Project
from sweeper.tracking.replay import Identity, TrialState

if TYPE_CHECKING:
    from sweeper.tracking.mlflow_store import MlflowStore
    from sweeper.tracking.optuna_mirror import OptunaMirror


@dataclass(frozen=True)
class Described:
    """What is shown of a configuration beside its records: every setting by its name, and Optuna's distributions of the
    searched."""

    settings: Mapping[str, object]
    distributions: Mapping[str, Any]


class Descriptions(Protocol):
    def of(self, trial: TrialState) -> Described:
        """The trial's."""

    def forget(self, number: int) -> None:
        """The configuration is in both stores, and will not be asked for again."""


class Projector:
    """Knows which run belongs to which trial, until its configuration is in both stores. Used by one thread at a time. Without
    a mirror (of what Optuna never drew) MLflow is the only store."""

    def __init__(
        self,
        store: MlflowStore,
        mirror: OptunaMirror | None,
        facts: SweepFacts,
        parent: str,
        descriptions: Descriptions,
        spools: Spools,
    ) -> None:
        self._store, self._mirror, self._facts, self._parent = store, mirror, facts, parent
        self._descriptions, self._spools = descriptions, spools
        self._runs: dict[Identity, str] = {}
        self._open: set[Identity] = set()
        self._doubtful: set[Identity] = set()
        """Trials for which a run was asked for without an answer: the store may have made it."""
        self._layers: dict[Identity, dict[int, list[list[object]]]] = {}
        self._ended: dict[int, dict[int, TrialState]] = {}
        """Trials whose runs have ended, of configurations that are not in the mirror, by number and repeat."""
        self._mirrored = len(mirror.trials()) if mirror is not None else 0
        self._unsure = False
        """Whether the next configuration was given to the mirror without an answer."""

    def begin(self, trial: TrialState) -> None:
        """Makes sure that the trial has a run, RUNNING, with params, tags and data set."""
        self._log(trial, [])

    def epochs(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        self._log(trial, self._rows(trial, records))

    def end(self, trial: TrialState, records: Sequence[EpochRecord]) -> None:
        """The last epochs, what is measured once, and the run's end, in this order: a run that has ended is whole.

        The last of a configuration's repeats writes what they came to together on the run of each, before its own run ends.
        """
        outcome = trial.outcome
        assert outcome is not None
        rows = [*self._rows(trial, records), *layout.outcome_rows(outcome)]
        together = self._together({**self._ended.get(trial.number, {}), trial.repeat: trial})
        if together is not None and together.outcome is not None:
            rows += layout.together_rows(together, trial)
            for other in together.trials:
                if other is not trial:
                    self._store.log(self._runs[other.identity], layout.together_rows(together, other))
        run = self._log(trial, rows, layout.end_tags(trial))
        layers = [row for _, rows in sorted(self._layers.get(trial.identity, {}).items()) for row in rows]
        if layers:
            self._store.log_table(run, layout.layer_table(layers), layout.LAYER_TABLE)
        self._store.set_status(run, STATUS[outcome.state], outcome.time)
        self._layers.pop(trial.identity, None)
        self._open.discard(trial.identity)
        self._keep(trial)

    def end_from_spools(self, trials: Sequence[TrialState]) -> None:
        """Ends trials whose records nobody holds any more."""
        epochs = self._spools.epochs([trial.identity for trial in trials])
        for trial in trials:
            self.end(trial, epochs[trial.identity])

    def interrupt(self, trial: TrialState, time: int) -> None:
        """A run whose trial was stopped: KILLED until it is resumed."""
        run = self._runs.get(trial.identity)
        if run is not None:
            self._store.log(run, tags={"sweeper.state": INTERRUPTED})
            self._store.set_status(run, "KILLED", time)
            self._open.discard(trial.identity)

    def interrupt_all(self, trials: Mapping[Identity, TrialState], time: int) -> None:
        for identity in sorted(self._open):
            self.interrupt(trials[identity], time)

    def mirror_next(self) -> bool:
        """Adds the next configuration to Optuna's mirror, if it has ended; gives whether it had.

        In the order of numbers: one may have ended before a lower number has even begun, for a worker takes what fits its
        programs.
        """
        found = self._together(self._ended.get(self._mirrored, {}))
        if self._mirror is None or found is None or found.outcome is None:
            return False
        run = self._runs.get(found.first.identity, "")
        attributes = {"mlflow_run_id": run, "seed": found.plan.seeds.weights}
        described = self._descriptions.of(found.first)
        if not (self._unsure and len(self._mirror.trials()) > self._mirrored):
            self._unsure = True
            self._mirror.add(found, self._facts.objective.metric, described.distributions, attributes)
        self._unsure = False
        self._mirrored += 1
        self._forget(found)
        return True

    def carry_out(self, actions: Sequence[Action], trials: Mapping[Identity, TrialState], time: int) -> None:
        """Mends the stores as `reconcile` says; afterwards the trials that have ended are known here."""
        for action in actions:
            match action:
                case Adopt(trial=identity, run_id=run):
                    self._runs[identity] = run
                case Discard(run_id=run):
                    self._store.discard(run)
                case Interrupt(trial=identity):
                    self.interrupt(trials[identity], time)
        late = {action.trial for action in actions if isinstance(action, Project)}
        for identity, trial in trials.items():
            if trial.outcome is not None and identity not in late:
                self._keep(trial)
        self.end_from_spools([trials[identity] for identity in sorted(late)])
        while any(isinstance(action, Mirror) for action in actions) and self.mirror_next():
            pass

    def _rows(self, trial: TrialState, records: Sequence[EpochRecord]) -> list[Row]:
        """The metrics of these epochs; the signal health of layers is laid by until the trial's end, for it is one table."""
        for record in records:
            if rows := layout.layer_rows(record):
                self._layers.setdefault(trial.identity, {})[record.epoch] = rows
        return [row for record in records for row in layout.epoch_rows(record)]

    def _log(self, trial: TrialState, rows: Sequence[Row], ending: Mapping[str, str] | None = None) -> str:
        """Rows of a trial, and the tags of its end; with the first ones of this process all that its run begins with.

        A trial that ends before anything was told of it, as short ones do, is told with the fewest calls.
        """
        identity = trial.identity
        if identity in self._open:
            self._store.log(self._runs[identity], rows, tags=ending)
            return self._runs[identity]
        assert trial.plan is not None
        tags: Mapping[str, str] | None = {**layout.child_tags(self._facts, self._parent, trial), **(ending or {})}
        if identity not in self._runs:
            doubtful = identity in self._doubtful
            self._runs[identity] = self._begin(trial, tags or {})
            tags = tags if doubtful else None
        elif ending is None:
            self._store.set_status(self._runs[identity], "RUNNING")
        run = self._runs[identity]
        # Written again on a run that a crash may have cut off before them; what is there stays as it is.
        self._store.log(run, rows, layout.child_params(self._descriptions.of(trial).settings), tags)
        if self._facts.data.rows:
            self._store.log_data(run, self._facts.data.fold(trial.plan.fold))
        self._open.add(identity)
        return run

    def _begin(self, trial: TrialState, tags: Mapping[str, str]) -> str:
        """The trial's run. A store that failed before it answered may have made one, which would stay RUNNING for ever."""
        identity = trial.identity
        assert trial.plan is not None
        made = self._store.trial_run(self._facts.id, *identity) if identity in self._doubtful else None
        self._doubtful.add(identity)
        run = made or self._store.begin(layout.child_name(trial.plan), tags, trial.started)
        self._doubtful.discard(identity)
        return run

    def _together(self, repeats: Mapping[int, TrialState]) -> Combined | None:
        """What these repeats of a configuration are together; None without the first of them."""
        return combine([repeats[repeat] for repeat in sorted(repeats)], self._facts.repeats) if 0 in repeats else None

    def _keep(self, trial: TrialState) -> None:
        """Knows a trial whose run has ended, until its configuration is whole and in the mirror."""
        repeats = self._ended.setdefault(trial.number, {})
        repeats[trial.repeat] = trial
        found = self._together(repeats)
        if trial.number < self._mirrored and found is not None and found.outcome is not None:
            self._forget(found)

    def _forget(self, found: Combined) -> None:
        del self._ended[found.number]
        for trial in found.trials:
            self._runs.pop(trial.identity, None)
        self._descriptions.forget(found.number)
