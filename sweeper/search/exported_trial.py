"""Which training an export is of."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.errors import InputError, SweepError
from sweeper.records import Outcome, Reason, State, TrialPlan
from sweeper.search.best import best_of
from sweeper.search.settings import Settings
from sweeper.tracking.combined import Combined
from sweeper.tracking.replay import TrialState


def chosen(trials: Sequence[Combined], settings: Settings, number: int | None) -> Combined:
    """The trial of this number, or the best one. Raises InputError where there is none, and where it did not complete."""
    if number is None:
        best = best_of([trial.outcome for trial in trials], settings.objective)
        if best is None:
            raise SweepError(f"No trial of {settings.name} is complete. `sweep trials {settings.name}` shows how they stand.")
        return trials[best]
    found = next((trial for trial in trials if trial.number == number), None)
    if found is None:
        numbers = f"it has {trials[0].number} to {trials[-1].number}" if trials else "it has none yet"
        raise InputError(f"{settings.name} has no trial {number}; {numbers}.")
    if found.outcome is None or found.outcome.state is not State.COMPLETE:
        raise InputError(f"Trial {number} of {settings.name} {_why_not(found.outcome)}. Only complete trials are exported.")
    return found


def best_training(trial: Combined, settings: Settings) -> TrialState:
    """Of several trainings of the configuration the best one."""
    best = best_of([repeat.outcome for repeat in trial.trials], settings.objective)
    assert best is not None  # the trial is complete
    return trial.trials[best]


def which_training(plan: TrialPlan, settings: Settings) -> str:
    """`repeat 2 of 3, the best`, or nothing where a configuration is trained once."""
    if settings.trainings == 1:
        return ""
    fold = f" (fold {plan.fold})" if settings.folds > 1 else ""
    return f"the best of its {settings.trainings} trainings, repeat {plan.repeat}{fold}"


def _why_not(outcome: Outcome | None) -> str:
    if outcome is None:
        return "has not ended"
    if outcome.reason is Reason.DIVERGED:
        return "diverged: its loss is no number"
    if outcome.state is State.PRUNED:
        return f"was pruned after epoch {outcome.epochs}"
    return f"failed ({outcome.reason.value})"
