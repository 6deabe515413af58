"""Prechelt's criteria for stopping early, at the end of each training (Prechelt 1998, Early Stopping - But When?).

With loss-like y and strips of k = 5 evaluations:

    train_progress   P_k = 1000 (mean of the last k y_training / their least - 1), per mille: how much training still moves
    pq               GL / P_k, GL being the severity of overfitting: what a little more training costs; missing where training
                     stands still
    up_strips        how many strips in a row, up to the last, ended with a higher y_validation than the one before them: the
                     criterion UP_s holds for every s up to this
"""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations

STRIP = 5


def train_progress(runs: Evaluations) -> Array:
    """P_5 [runs]; NaN for fewer than 5 evaluations, and where training is not above 0."""
    strip = np.where(runs.late(0.0, STRIP), runs.training, np.nan)
    known = np.isfinite(strip).sum(axis=1) == STRIP
    least = np.fmin.reduce(strip, axis=1)
    mean = np.nansum(strip, axis=1) / STRIP
    with np.errstate(divide="ignore", invalid="ignore"):
        progress = 1000 * (mean / least - 1)
    return np.where(known & (least > 0), progress, np.nan)


def progress_quotient(severity: Array, progress: Array) -> Array:
    """PQ [runs]; NaN where either is, or training stands still."""
    return np.asarray(severity / np.where(progress > 0, progress, np.nan))


def up_strips(runs: Evaluations) -> Array:
    """How many strips in a row rose, float64 [runs]; NaN for fewer than 6 evaluations."""
    y, rising = runs.validation, np.ones(len(runs.count), bool)
    found = np.zeros(len(runs.count))
    for strip in range((y.shape[1] - 1) // STRIP):
        later, earlier = runs.count - 1 - strip * STRIP, runs.count - 1 - (strip + 1) * STRIP
        ends = np.maximum([earlier, later], 0)[..., np.newaxis]
        before, after = (np.take_along_axis(y, end, axis=1)[:, 0] for end in ends)
        rising &= (earlier >= 0) & (after > before)
        found += rising
    return np.where(runs.count > STRIP, found, np.nan)
