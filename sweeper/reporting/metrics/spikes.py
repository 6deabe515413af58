"""Sudden jumps of the training loss that pass: a sign of steps that are too large."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations, middle

BEFORE, WITHIN = 5, 5
SCALES, LEAST_RISE = 5.0, 0.02
"""A jump is this many times the usual change, and this share of the level at least."""
WARM_UP = 3


def spikes(runs: Evaluations) -> Array:
    """How many evaluations lie above the median of the 5 before them by more than 5 times the median absolute change among
    these, and are followed within 5 by a value at that median or below [runs]. The first 3 evaluations are not looked at."""
    y = runs.training
    counts = np.zeros(len(y), "int64")
    for place in range(max(WARM_UP, 2), y.shape[1]):
        before = y[:, max(place - BEFORE, 0) : place]
        level = middle(before)
        usual = middle(np.abs(np.diff(before, axis=1)))
        rise = y[:, place] - level
        jumped = (rise > SCALES * usual) & (rise > LEAST_RISE * np.abs(level))
        after = y[:, place + 1 : place + 1 + WITHIN]
        counts += jumped & (after <= level[:, np.newaxis]).any(axis=1)
    return counts
