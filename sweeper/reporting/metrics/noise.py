"""How much a curve jitters from one evaluation to the next, whatever way it goes."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations, middle

ENOUGH = 5
"""Evaluations below which nothing is said."""
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
    x, y = runs.epoch, runs.validation
    if x.shape[1] < ENOUGH:
        return np.full(len(x), np.nan)
    place = (x[:, 1:-1] - x[:, :-2]) / (x[:, 2:] - x[:, :-2])
    bends = y[:, 1:-1] - (1 - place) * y[:, :-2] - place * y[:, 2:]
    bends /= np.sqrt(1 + (1 - place) ** 2 + place**2)
    spread = _NORMAL * middle(np.abs(bends - middle(bends)[:, np.newaxis]))
    return np.where(runs.count >= ENOUGH, spread, np.nan)
