"""What the curves of trials look like, in the words of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sweeper.records import State

if TYPE_CHECKING:
    from sweeper.reporting.metrics.one_curve import Shape
    from sweeper.search.trial_view import TrialView
    from sweeper.search.view import SweepView

MOST_EPOCHS = 20_000
"""Of more epochs the curves are not read for a table: it would be waited for."""


def shapes_of_trials(sweep: SweepView, trials: Sequence[TrialView]) -> dict[int, Shape]:
    """By number, of those that are complete (of several repeats the first) and have a curve. The trials have all their epochs;
    see `SweepView.whole`."""
    from sweeper.catalogue.metrics import chance
    from sweeper.reporting.metrics.one_curve import shapes_of

    objective = sweep.settings.objective
    guess = chance(objective.metric.removeprefix("val_"), sweep.settings.data)
    complete = {trial.number: trial.curves for trial in trials if trial.state is State.COMPLETE}
    return shapes_of(complete, objective, guess, sweep.settings.unit)


def curve_labels(sweep: SweepView, trials: Sequence[TrialView]) -> dict[int, str]:
    """The label of each complete trial's curve that is long enough to tell, by its number. Nothing for trials that have more
    epochs than a table is worth reading."""
    complete = [trial for trial in trials if trial.state is State.COMPLETE]
    if not complete or sum(trial.epochs for trial in complete) > MOST_EPOCHS:
        return {}
    found = shapes_of_trials(sweep, sweep.whole(complete))
    return {number: shape.label for number, shape in found.items() if shape.words}
