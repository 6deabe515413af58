"""`optuna.db`: a copy of every finished configuration for `optuna-dashboard` and `optuna.visualization`.

The sampler's own study lives in memory; this one is only written. Trials are added in the order of their numbers, so that a
trial has the same number here and there.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import DuplicatedStudyError, StorageInternalError
from optuna.study import StudyDirection
from optuna.trial import TrialState as OptunaState

from sweeper.errors import StoreError
from sweeper.records import State
from sweeper.tracking.combined import Combined
from sweeper.tracking.home import Home
from sweeper.tracking.reconcile import MirroredTrial
from sweeper.tracking.sqlite import write_ahead
from sweeper.tracking.sqlite_file import bring_to_disk

optuna.logging.set_verbosity(optuna.logging.ERROR)

STATES = {State.COMPLETE: OptunaState.COMPLETE, State.PRUNED: OptunaState.PRUNED, State.FAILED: OptunaState.FAIL}
_PATIENCE = 60
"""Seconds to wait for another process that writes to the file."""


class OptunaMirror:
    """One study of `optuna.db`. Every method raises StoreError where the file fails."""

    def __init__(self, home: Home, study: str, sweep_id: str, maximize: bool, about: Mapping[str, Any]) -> None:
        """Opens the study of this name, or makes it.

        A study of the same name that belongs to something else is left alone: ours then has the sweep's id behind its name. One
        in which there is nothing is what a crash left of ours.
        """
        with _faults(home):
            write_ahead(home.optuna_file)
            self._storage = optuna.storages.RDBStorage(_url(home), engine_kwargs={"connect_args": {"timeout": _PATIENCE}})
            direction = StudyDirection.MAXIMIZE if maximize else StudyDirection.MINIMIZE
            self.name, self._study = self._open(study, sweep_id, direction)
            said = self._storage.get_study_user_attrs(self._study)
            for key, value in {"sweeper.id": sweep_id, **about}.items():
                if key not in said:
                    self._storage.set_study_user_attr(self._study, key, value)
        self._home = home

    def trials(self) -> list[MirroredTrial]:
        with _faults(self._home):
            found = self._storage.get_all_trials(self._study, deepcopy=False)
            return [MirroredTrial(trial.number, trial.state.name, trial.value) for trial in found]

    def add(
        self,
        found: Combined,
        metric: str,
        distributions: Mapping[str, BaseDistribution],
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds a finished configuration with its curve of `metric`; as nobody else adds any, it gets the next number."""
        with _faults(self._home):
            template = frozen(found, metric, distributions, attributes or {})
            self._storage.create_new_trial(self._study, template_trial=template)

    def bring_to_disk(self) -> None:
        """Waits until all that was added has survived a power loss."""
        with _faults(self._home):
            bring_to_disk(self._home.optuna_file)

    def _open(self, study: str, sweep_id: str, direction: StudyDirection) -> tuple[str, int]:
        for name in _names(study, sweep_id):
            try:
                return name, self._storage.create_new_study([direction], name)
            except DuplicatedStudyError:
                known = self._storage.get_study_id_from_name(name)
                owner = self._storage.get_study_user_attrs(known).get("sweeper.id")
                if owner == sweep_id or self._is_empty(known, direction):
                    return name, known
        raise StoreError(f"{self._storage.url} has studies named '{study}' and '{name}' that are not this sweep's")

    def _is_empty(self, study: int, direction: StudyDirection) -> bool:
        storage = self._storage
        said = {**storage.get_study_user_attrs(study), **storage.get_study_system_attrs(study)}
        return not said and not storage.get_n_trials(study) and storage.get_study_directions(study) == [direction]


def delete_study(home: Home, study: str, sweep_id: str) -> None:
    """Removes a sweep's study from the file; nothing where there is none of its name, or another's. Raises StoreError."""
    if not home.optuna_file.exists():
        return
    with _faults(home):
        storage = optuna.storages.RDBStorage(_url(home), engine_kwargs={"connect_args": {"timeout": _PATIENCE}})
        for name in _names(study, sweep_id):
            with contextlib.suppress(KeyError):
                known = storage.get_study_id_from_name(name)
                if storage.get_study_user_attrs(known).get("sweeper.id") == sweep_id:
                    storage.delete_study(known)


def _names(study: str, sweep_id: str) -> tuple[str, str]:
    """Its name, and the one that it has where that is another's."""
    return study, f"{study}-{sweep_id[:8]}"


def _url(home: Home) -> str:
    """Optuna formats the URL, so braces in a path have to be doubled."""
    return home.storage.replace("{", "{{").replace("}", "}}")


def frozen(
    found: Combined, metric: str, distributions: Mapping[str, BaseDistribution], attributes: Mapping[str, Any]
) -> optuna.trial.FrozenTrial:
    """A finished configuration as Optuna's own value.

    Of several repeats the value is the mean, with `spread` and `values` (in the order of repeats) as attributes; the curve is
    that of the first, which alone is judged at rungs.
    """
    plan, outcome = found.plan, found.outcome
    assert outcome is not None
    state = STATES[outcome.state]
    told = {"phase": plan.phase, "block": plan.block, "reason": outcome.reason.value, **attributes}
    if len(found.trials) > 1:
        told |= {"spread": found.spread, "values": [trial.outcome.value for trial in found.trials if trial.outcome]}
    made = optuna.trial.create_trial(
        state=state,
        value=None if state is OptunaState.FAIL else outcome.value,
        params=dict(plan.parameters),
        distributions=dict(distributions),
        user_attrs=told,
        intermediate_values=found.first.curve(metric),
    )
    made.datetime_start = datetime.fromtimestamp(min(trial.started for trial in found.trials) / 1000)
    made.datetime_complete = max(made.datetime_start, datetime.fromtimestamp(outcome.time / 1000))
    return made


@contextlib.contextmanager
def _faults(home: Home) -> Iterator[None]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (StorageInternalError, SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreError(f"{home.optuna_file} failed: {str(error).splitlines()[0][:300]}") from error
