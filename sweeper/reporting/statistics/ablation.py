"""From one configuration to another, a parameter at a time: which changes bring the gain.

The path is greedy (Biedenkapp et al. 2017, "Efficient Parameter Importance Analysis via Ablation with Surrogates"): of all
parameters that still differ, the one whose change the surrogate predicts to help most is changed next. Its values are
predictions; no model was trained on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.surrogate import Surrogate


@dataclass(frozen=True)
class Change:
    """`predictor` takes the target's value; the surrogate then predicts the loss-like value `after`, `gain` better than
    before (negative where it is worse)."""

    predictor: Predictor
    after: float
    gain: float


@dataclass(frozen=True)
class Path:
    """From a configuration of which the surrogate predicts `start`, over `changes`, to the target."""

    start: float
    changes: tuple[Change, ...]

    @property
    def gain(self) -> float:
        """What all changes together bring."""
        return sum(change.gain for change in self.changes)


def ablation(model: Surrogate, source: int, target: int) -> Path | None:
    """Between two trials of the surrogate, by their numbers; None where it lacks one of them, or no parameter differs."""
    at, to = model.row(source), model.row(target)
    if at is None or to is None or (at == to).all():
        return None
    at, left, changes = at.copy(), list(np.flatnonzero(at != to)), []
    start = value = float(model.forest.predict(at[np.newaxis])[0])
    while left:
        tried = np.tile(at, (len(left), 1))
        tried[range(len(left)), left] = to[left]
        predicted = model.forest.predict(tried)
        best = int(predicted.argmin())
        column, after = int(left.pop(best)), float(predicted[best])
        at[column] = to[column]
        changes.append(Change(model.columns[column], after, value - after))
        value = after
    return Path(start, tuple(changes))
