"""The best trial of a sweep."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.records import State
from sweeper.search.request import Best
from sweeper.search.settings import Settings
from sweeper.tracking.combined import Combined


def best_trial(trials: Sequence[Combined], settings: Settings) -> Best | None:
    """The complete trial with the best value; of equals the first."""
    best: Best | None = None
    for trial in trials:
        outcome = trial.outcome
        if outcome is None or outcome.state is not State.COMPLETE or outcome.value is None:
            continue
        if best is None or settings.objective.better(outcome.value, best.value):
            best = Best(trial.number, outcome.value, outcome.best_epoch or 0, trial.plan.parameters, trial.spread)
    return best
