"""How much a curve jitters from one evaluation to the next, whatever way it goes."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations, middle

ENOUGH = 5
"""Evaluations below which nothing is said."""
LATE, LATE_LEAST = 0.2, 8
_NORMAL = 1.4826
"""The standard deviation of normal values over their median absolute deviation."""


def noise(runs: Evaluations) -> Array:
    """The standard deviation of a single validation value around the curve's course [runs]. NaN for fewer than 5 evaluations.

    From how far each value lies from the straight line between its neighbours, y(t) - (1 - w) y(t-1) - w y(t+1) with w the
    place of t between them (1/2 where evaluations are evenly spaced), each over the square root of 1 + (1 - w)^2 + w^2, which
    is its standard deviation for noise of 1; as a robust estimate (median absolute deviation). It is 0 on any straight course.
    First differences would count the bend of a falling curve as noise, and residuals from a running median, which hold the
    value itself, give 0.7 of it only.
    """
    return np.where(runs.count >= ENOUGH, _spread(_bends(runs)), np.nan)


def late_sd(runs: Evaluations) -> Array:
    """The same over the last fifth of the evaluations, 8 of them at least: by how much a last value may be a lucky one [runs].
    NaN for fewer than 8 evaluations."""
    bends, late = _bends(runs), runs.late(LATE, LATE_LEAST)
    spread = _spread(np.where(late[:, : bends.shape[1]], bends, np.nan))
    return np.where(runs.count >= LATE_LEAST, spread, np.nan)


def _bends(runs: Evaluations) -> Array:
    """How far each evaluation but the first and the last lies from the line between its neighbours, in noises of one
    [runs, evaluations - 2]."""
    x, y = runs.epoch, runs.validation
    if x.shape[1] < 3:
        return np.empty((len(x), 0))
    place = (x[:, 1:-1] - x[:, :-2]) / (x[:, 2:] - x[:, :-2])
    bends = y[:, 1:-1] - (1 - place) * y[:, :-2] - place * y[:, 2:]
    return np.asarray(bends / np.sqrt(1 + (1 - place) ** 2 + place**2))


def _spread(bends: Array) -> Array:
    return _NORMAL * middle(np.abs(bends - middle(bends)[:, np.newaxis]))
