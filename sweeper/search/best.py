"""The best trial of a sweep, and the best of a trial's trainings."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.records import Objective, Outcome, State
from sweeper.search.request import Best
from sweeper.search.settings import Settings
from sweeper.tracking.combined import Combined


def best_trial(trials: Sequence[Combined], settings: Settings) -> Best | None:
    """The complete trial with the best value; of equals the first."""
    place = best_of([trial.outcome for trial in trials], settings.objective)
    if place is None:
        return None
    trial = trials[place]
    outcome = trial.outcome
    assert outcome is not None and outcome.value is not None
    return Best(trial.number, outcome.value, outcome.best_epoch or 0, trial.plan.parameters, trial.spread)


def best_of(outcomes: Sequence[Outcome | None], objective: Objective) -> int | None:
    """The place of the complete outcome with the best value; of equals the first; None where none is complete."""
    best: tuple[int, float] | None = None
    for place, outcome in enumerate(outcomes):
        if outcome is None or outcome.state is not State.COMPLETE or outcome.value is None:
            continue
        if best is None or objective.better(outcome.value, best[1]):
            best = place, outcome.value
    return None if best is None else best[0]
