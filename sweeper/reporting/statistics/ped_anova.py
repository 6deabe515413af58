"""PED-ANOVA: how far the values of the best trials are distributed otherwise than those of all.

After Watanabe, Bansal and Hutter (2023, "PED-ANOVA", arXiv 2304.10255), as Optuna's `PedAnovaImportanceEvaluator` has it, on
columns between fixed ends; tests hold the shares to Optuna's. Both distributions are Parzen estimates on a grid of 50 places,
of a word on its words: each trial is a normal kernel cut at the ends, of a width by Scott's rule, and one more kernel is as
wide as the range. The importance is their Pearson divergence, the sum of p_all (p_best / p_all - 1)^2. It is computed here, and
not by Optuna, because an interval takes it dozens of times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from sweeper.reporting.statistics.predictors import Predictor

Array = np.ndarray

PLACES = 50
_NARROWEST = 0.5 / 1.64
_NOTHING = 1e-12


def best_of(y: Array, quantile: float) -> Array:
    """Which of the loss-like values [n] are among the best share of them, ties with the last of these included: bool [n]."""
    last = math.ceil(quantile * len(y)) - 1
    return np.asarray(y <= np.partition(y, last)[last])


def told_apart(x: Array, best: Array, columns: Sequence[Predictor]) -> Array:
    """How far the trials `best` [n] differ from all in each column of `x` [n, columns], as shares of the sum: [columns], all 0
    where they differ in none."""
    apart = np.array([_divergence(x[:, place], best, column) for place, column in enumerate(columns)])
    return apart / apart.sum() if apart.sum() > _NOTHING else np.zeros(len(columns))


def density(values: Array, column: Predictor) -> Array:
    """The probability of each of 50 places from end to end, or of each word: [places], which add up to 1."""
    if column.words:
        return _of_words(np.bincount(values.astype("int64"), minlength=len(column.words)))
    low, high = column.ends
    places = np.ceil((values - low) / (high - low) * (PLACES - 1) - 0.5).astype("int64")
    return _of_numbers(np.bincount(places.clip(0, PLACES - 1), minlength=PLACES))


def _divergence(values: Array, best: Array, column: Predictor) -> float:
    top, every = (density(own, column) + _NOTHING for own in (values[best], values))
    return float(every @ (top / every - 1) ** 2)


def _of_words(counts: Array) -> Array:
    """Of a word that was seen its kernel has nearly all, and every kernel a little of the even spread."""
    seen = np.flatnonzero(counts)
    kernels = np.full((len(seen) + 1, len(counts)), 1 / (len(seen) + 1))
    kernels[np.arange(len(seen)), seen] += 1
    kernels /= kernels.sum(axis=1, keepdims=True)
    weights = np.append(counts[seen], 1.0)
    return np.asarray(weights / weights.sum() @ kernels)


def _of_numbers(counts: Array) -> Array:
    seen = np.flatnonzero(counts)
    times = counts[seen]
    middles = np.append(seen, (PLACES - 1) / 2)[:, np.newaxis]
    widths = np.append(np.full(len(seen), _width(seen, times)), PLACES)[:, np.newaxis]
    edges = np.arange(PLACES + 1) - 0.5
    below = ndtr((edges - middles) / widths)
    kernels = np.diff(below, axis=1) / (below[:, -1:] - below[:, :1])
    weights = np.append(times, 1.0)
    return np.asarray(weights / weights.sum() @ kernels)


def _width(seen: Array, times: Array) -> float:
    """Scott's rule, with the lesser of the standard deviation and that of the quartiles; no narrower than a place."""
    up_to = np.cumsum(times)
    n = int(up_to[-1])
    mean = seen @ times / n
    deviation = math.sqrt((seen - mean) ** 2 @ times / max(1, n - 1))
    first, third = int(np.searchsorted(up_to, n // 4, "left")), int(np.searchsorted(up_to, n * 3 // 4, "right"))
    quartiles = float(seen[min(len(seen) - 1, third)] - seen[first])
    return float(max(1.059 * min(quartiles / 1.34, deviation) * n**-0.2, _NARROWEST))
