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

    From second differences y(t-1) - 2 y(t) + y(t+1), which are 0 on any straight course, as a robust estimate (median absolute
    deviation) over the square root of 6. First differences would count the bend of a falling curve as noise, and residuals
    from a running median, which hold the value itself, give 0.7 of it only.
    """
    bends = np.diff(runs.validation, n=2, axis=1)
    spread = _NORMAL * middle(np.abs(bends - middle(bends)[:, np.newaxis])) / np.sqrt(6)
    return np.where(runs.count >= ENOUGH, spread, np.nan)
