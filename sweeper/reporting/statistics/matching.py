"""Two choices of a sweep whose sampler looked at outcomes, set against each other as far as they were tried alike.

Such a sampler gives the choice that looked good early more trials with better settings of all else, so that plain averages are
of different settings. Two ways around that, the surer one first; both take out of every value what a random forest says of its
settings, by the trees that did not see the trial and without knowing the choice:

    matched pairs    trials of either choice with settings that lie close to each other (Gower 1971: the mean distance over the
                     settings, each on its own range, a word 0 or 1), none used twice, so that the sum of distances is smallest.
                     Pairs are compared within (Abadie and Imbens 2011: matching corrected by a model). Only where the settings
                     are alike after that: standardised mean differences below 0.25 (Rubin 2001; Stuart 2010)
    standardisation  the residual of the value against the residual of the choice, which a second forest predicts from the
                     settings (Robinson 1988; Chernozhukov et al. 2018), for the trials that lie within the range that the other
                     choice was tried in. Only where the first forest explains enough (R2 of 0.3)

A caliper of 0.2 without a model, as is usual, calls a choice better that is none in most confounded sweeps (docs/validity.md):
what is left of a steep effect of the learning rate within the caliper is larger than the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import linear_sum_assignment

from sweeper.reporting.statistics.comparison import CONFIDENCE, WORST, Comparison, differences, of_differences, wilson
from sweeper.reporting.statistics.forest import forest
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.surrogate import TRUSTED, clipped

Array = np.ndarray

ADJUSTED = MATCHED, STANDARDISED = "matched pairs", "standardisation"
"""Rungs."""
CALIPER = 0.1
BALANCED = 0.25
LEAST = 6
"""Pairs, or trials of each choice, below which neither says anything."""
_TREES = 100
_FAR = 1e3


@dataclass(frozen=True)
class Adjusted:
    """A comparison on its `rung`, with the largest standardised mean difference of a setting before and after matching (NaN
    where nothing was matched)."""

    rung: str
    comparison: Comparison
    before: float = math.nan
    after: float = math.nan


def adjusted(columns: tuple[Predictor, ...], x: Array, y: Array, is_b: Array, seed: int) -> Adjusted | None:
    """`a` against `b`: settings `x` [trials, columns] and loss-like values `y` [trials], infinite for those that diverged;
    `is_b` [trials] says which. None where they were not tried alike enough for either way, or in too few trials."""
    if min(is_b.sum(), (~is_b).sum()) < LEAST or not np.isfinite(y).any():
        return None
    if not columns:
        return None
    known = clipped(pd.Series(y)).to_numpy()
    model = forest(x, known, _TREES, seed)
    return _matched(columns, x, y, is_b, model.unseen) or (
        _standardised(x, known, is_b, model.unseen, seed) if model.r2 >= TRUSTED else None
    )


def _matched(columns: tuple[Predictor, ...], x: Array, y: Array, is_b: Array, expected: Array) -> Adjusted | None:
    a, b = np.flatnonzero(~is_b), np.flatnonzero(is_b)
    distance = gower(columns, x[a], x[b])
    one, other = linear_sum_assignment(np.where(distance <= CALIPER, distance, _FAR))
    close = distance[one, other] <= CALIPER
    one, other = a[one[close]], b[other[close]]
    if len(one) < LEAST:
        return None
    after = imbalance(columns, x[one], x[other])
    if after >= BALANCED:
        return None
    apart = differences(y[one], y[other])
    apart = np.where(np.abs(apart) >= WORST / 2, apart, apart - (expected[other] - expected[one]))
    return Adjusted(MATCHED, of_differences(apart), imbalance(columns, x[a], x[b]), after)


def gower(columns: tuple[Predictor, ...], a: Array, b: Array) -> Array:
    """The mean distance over the columns: float64 [trials of a, trials of b]."""
    apart = np.abs(a[:, np.newaxis, :] - b[np.newaxis, :, :])
    words = np.array([bool(column.words) for column in columns])
    return np.asarray(np.where(words, apart > 0, apart).mean(axis=-1))


def imbalance(columns: tuple[Predictor, ...], a: Array, b: Array) -> float:
    """The largest standardised mean difference of any column, for words of each word's share."""
    found = [0.0]
    for place, column in enumerate(columns):
        pairs = [(a[:, place], b[:, place])]
        if column.words:
            pairs = [(a[:, place] == word, b[:, place] == word) for word in range(len(column.words))]
        for one, other in pairs:
            spread = math.sqrt((np.var(one, ddof=1) + np.var(other, ddof=1)) / 2)
            apart = abs(float(np.mean(one) - np.mean(other)))
            found.append(apart / spread if spread > 0 else math.inf if apart > 0 else 0.0)
    return max(found)


def _standardised(x: Array, y: Array, is_b: Array, expected: Array, seed: int) -> Adjusted | None:
    inside = _shared(x, is_b)
    if min((inside & is_b).sum(), (inside & ~is_b).sum()) < LEAST:
        return None
    share = forest(x, is_b.astype("float64"), _TREES, seed).unseen
    choice, value = (is_b - share)[inside], (y - expected)[inside]
    weight = float((choice**2).sum())
    shift = float((choice * value).sum()) / weight
    deviation = math.sqrt(float((choice**2 * (value - shift * choice) ** 2).sum())) / weight
    n = int((inside & ~is_b).sum()), int((inside & is_b).sum())
    freedom = n[0] + n[1] - 2
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * deviation
    p = 2 * float(stats.t.sf(abs(shift) / deviation, freedom)) if deviation > 0 else 1.0
    level = value - shift * choice
    a, b = (level + shift * side for side in (0, 1))
    wins = float(((b[np.newaxis] > a[:, np.newaxis]) + (b[np.newaxis] == a[:, np.newaxis]) / 2).mean())
    low, high = wilson(wins * min(n), min(n))
    return Adjusted(STANDARDISED, Comparison(False, n, wins, low, high, shift, shift - half, shift + half, p))


def _shared(x: Array, is_b: Array) -> Array:
    """Which trials lie, in every column, between values that both choices were tried with."""
    low = np.maximum(x[is_b].min(axis=0), x[~is_b].min(axis=0))
    high = np.minimum(x[is_b].max(axis=0), x[~is_b].max(axis=0))
    return np.asarray(((x >= low) & (x <= high)).all(axis=1))
