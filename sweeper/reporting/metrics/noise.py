"""How much a curve jitters from one evaluation to the next, whatever way it goes."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations, middle

ENOUGH = 5
"""Evaluations below which nothing is said."""
_NORMAL = 1.4826
"""The standard deviation of normal values over their median absolute deviation."""


def noise(runs: Evaluations) -> Array:
    """The standard deviation of a single validation value around the curve's course [runs]: of the differences between
    neighbours, as a robust estimate (median absolute deviation), over the square root of 2. NaN for fewer than 5 evaluations.

    It is the noise within one run, a lower bound for what another seed would change. Residuals from a running median, which
    hold the value itself, give 0.7 of it on independent noise; differences give it whole.
    """
    steps = np.diff(runs.validation, axis=1)
    spread = _NORMAL * middle(np.abs(steps - middle(steps)[:, np.newaxis])) / np.sqrt(2)
    return np.where(runs.count >= ENOUGH, spread, np.nan)
