"""Whether training longer would still have helped: the slope of the best value so far, late in each run.

The slope is Theil's and Sen's median of all pairwise slopes, with its 95 % interval (Sen 1968), over the last fifth of the
evaluations, 5 at least. With the noise s of the run and what the slope would bring over another quarter of the epochs:

    still improving   the interval lies below 0, and the gain is more than 2 s
    plateaued         the interval holds 0, and the gain is at most s
    unclear           otherwise
"""

from __future__ import annotations

import numpy as np
from scipy.stats import theilslopes

from sweeper.reporting.metrics.evaluations import Array, Evaluations

STILL_IMPROVING, PLATEAUED, UNCLEAR = "still improving", "plateaued", "unclear"
LATE, LEAST = 0.2, 5
LONGER = 0.25
ENOUGH = 10
"""Evaluations below which nothing is said."""


def final_slopes(runs: Evaluations) -> Array:
    """Slope of the best validation value so far and the interval's ends, per epoch: float64 [runs, 3]; NaN for fewer than 5
    evaluations."""
    best, late = np.fmin.accumulate(runs.validation, axis=1), runs.late(LATE, LEAST)
    found = np.full((len(runs.count), 3), np.nan)
    for run in np.flatnonzero(runs.count >= LEAST):
        slope, _, low, high = theilslopes(best[run, late[run]], runs.epoch[run, late[run]])
        found[run] = slope, low, high
    return found


def plateaus(runs: Evaluations, slopes: Array, noise: Array) -> Array:
    """The word for each run, empty for fewer than `ENOUGH` evaluations [runs]."""
    slope, low, high = slopes.T
    gain = -slope * LONGER * runs.last(runs.epoch)
    improving = (high < 0) & (gain > 2 * noise)
    flat = (low <= 0) & (high >= 0) & (gain <= noise)
    words = np.where(improving, STILL_IMPROVING, np.where(flat, PLATEAUED, UNCLEAR))
    return np.where(runs.count >= ENOUGH, words, "")
