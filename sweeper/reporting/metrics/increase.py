"""Training that gets worse by training: mostly a fault of the pipeline, or steps that are far too large (Deep Learning Tuning
Playbook)."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from sweeper.reporting.metrics.evaluations import Array, Evaluations, smooth

LEAST = 0.02
ENOUGH = 3
"""Evaluations below which nothing is said."""


def train_increase(runs: Evaluations) -> Array:
    """1 where training rose on the whole, 0 where not, NaN where it was not logged or too short: float64 [runs].

    It did where Spearman's correlation of time and training is above 0, and the end of its running median of five lies above
    the beginning by more than 2 %. The playbook asks for either; on a plateau of noise that holds by chance alone every second
    time.
    """
    y = runs.training
    known = np.isfinite(y)
    enough = (known.sum(axis=1) >= ENOUGH) & np.isfinite(runs.last(y))
    course = smooth(y)
    first = np.take_along_axis(course, known.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    end = runs.last(course)
    rose = (_spearman(y, known) > 0) & (end - first > LEAST * np.abs(first))
    return np.where(enough, rose.astype("float64"), np.nan)


def _spearman(y: Array, known: Array) -> Array:
    """The correlation of the ranks of `y` with their order, for each row, over what is known; NaN where nothing varies."""
    ranks = np.where(known, rankdata(np.where(known, y, np.inf), axis=1), np.nan)
    order = np.where(known, np.cumsum(known, axis=1), np.nan)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    ranks, order = (values - np.nansum(values, axis=1, keepdims=True) / count for values in (ranks, order))
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = np.sqrt(np.nansum(ranks**2, axis=1) * np.nansum(order**2, axis=1))
        return np.asarray(np.nansum(ranks * order, axis=1) / sizes)
