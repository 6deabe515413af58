"""Whether training longer would still have helped: the slope of the best value so far, late in each run.

The slope is Theil's and Sen's median of all pairwise slopes, with its 95 % interval (Sen 1968), over the last fifth of the
evaluations, 5 at least. With the noise s of the run and what the slope would bring over another quarter of the epochs:

    still improving   the interval lies below 0, and the gain is more than 2 s
    plateaued         the interval holds 0, and the gain is at most s
    unclear           otherwise
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from sweeper.reporting.metrics.evaluations import Array, Evaluations

STILL_IMPROVING, PLATEAUED, UNCLEAR = "still improving", "plateaued", "unclear"
LATE, LEAST = 0.2, 5
LONGER = 0.25
ENOUGH = 10
"""Evaluations below which nothing is said."""
_Z = float(norm.ppf(0.975))
_HELD = 4_000_000
"""Pairs of evaluations held at once."""


def final_slopes(runs: Evaluations) -> Array:
    """Slope of the best validation value so far and the interval's ends, per epoch: float64 [runs, 3]; NaN for fewer than 5
    evaluations."""
    best, late = np.fmin.accumulate(runs.validation, axis=1), runs.late(LATE, LEAST)
    found, sizes = np.full((len(runs.count), 3), np.nan), late.sum(axis=1)
    for size in np.unique(sizes[runs.count >= LEAST]):
        alike = np.flatnonzero((sizes == size) & (runs.count >= LEAST))
        for some in np.array_split(alike, -(-len(alike) * size**2 // _HELD)):
            place = np.nonzero(late[some])[1].reshape(len(some), size)
            x, y = (np.take_along_axis(values[some], place, axis=1) for values in (runs.epoch, best))
            found[some] = theil_sen(x, y)
    return found


def theil_sen(x: Array, y: Array) -> Array:
    """`scipy.stats.theilslopes` of each row of `x`, which increases, and `y` [rows, n]: slope and the ends of its interval
    [rows, 3]."""
    n = x.shape[1]
    first, later = np.triu_indices(n, 1)
    slopes = np.sort((y[:, later] - y[:, first]) / (x[:, later] - x[:, first]), axis=1)
    alike = (y[:, :, np.newaxis] == y[:, np.newaxis, :]).sum(axis=2)
    # Sen's (2.6): of k equal values k (k - 1) (2 k + 5) is taken off, here by each of them.
    spread = np.sqrt((n * (n - 1) * (2 * n + 5) - ((alike - 1) * (2 * alike + 5)).sum(axis=1)) / 18)
    pairs, reach = slopes.shape[1], _Z * spread
    low = np.maximum(np.round((pairs - reach) / 2).astype("int64") - 1, 0)
    high = np.minimum(np.round((pairs + reach) / 2).astype("int64"), pairs - 1)
    ends = [np.take_along_axis(slopes, place[:, np.newaxis], axis=1)[:, 0] for place in (low, high)]
    return np.stack([np.median(slopes, axis=1), *ends], axis=1)


def plateaus(runs: Evaluations, slopes: Array, noise: Array) -> Array:
    """The word for each run, empty for fewer than `ENOUGH` evaluations [runs]."""
    slope, low, high = slopes.T
    gain = -slope * LONGER * runs.last(runs.epoch)
    improving = (high < 0) & (gain > 2 * noise)
    flat = (low <= 0) & (high >= 0) & (gain <= noise)
    words = np.where(improving, STILL_IMPROVING, np.where(flat, PLATEAUED, UNCLEAR))
    return np.where(runs.count >= ENOUGH, words, "")
