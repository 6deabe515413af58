"""Two choices set against each other: how often one is better, by how much, and how likely that is by chance.

Values are loss-like, and a trial that diverged is worse than any other (infinity). An effect is positive where `a` is better.

    win probability   P(a better) + P(tie) / 2: over pairs of one block, or over all pairs of independent trials (Mann and
                      Whitney 1947; A of Vargha and Delaney 2000)
    shift             Hodges and Lehmann 1963: the median of the Walsh averages of the paired differences b - a, or of all
                      differences between independent trials

Paired, the interval of the win probability is Wilson's, of the shift the exact one that belongs to Wilcoxon's signed ranks
(Hollander and Wolfe 1999, section 3.2), and p is Wilcoxon's. Independent, both intervals are percentiles of 10,000 seeded
bootstrap samples of the trials of each choice, and p is Mann and Whitney's; that of the win probability is never narrower than
Wilson's for as many pairs as the smaller choice has trials, for samples that do not overlap would give none at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

Array = np.ndarray

CONFIDENCE = 0.95
SAMPLES = 10_000
_HELD = 2_000_000
"""Differences held at once."""
WORST = 1e300
"""Stands for infinity where ranks are made of differences."""


@dataclass(frozen=True)
class Comparison:
    """`n` pairs of blocks, or trials of each choice; `wins` and `shift` with the ends of their intervals; NaN where there are
    too few for an interval."""

    paired: bool
    n: tuple[int, int]
    wins: float
    wins_low: float
    wins_high: float
    shift: float
    shift_low: float
    shift_high: float
    p: float


def paired(a: Array, b: Array) -> Comparison:
    """`a` and `b` [blocks], of which each has one trial of either choice; at least one block."""
    return of_differences(differences(a, b))


def of_differences(differences: Array) -> Comparison:
    """What each of one or more blocks holds for `a`: by how much `b` was worse in it."""
    n = len(differences)
    wins = float((differences > 0).sum() + (differences == 0).sum() / 2)
    low, high = wilson(wins, n)
    walsh = np.sort(_walsh(differences))
    depth = signed_rank_depth(n)
    ends = (walsh[depth - 1], walsh[-depth]) if depth else (-math.inf, math.inf)
    p = 1.0 if not differences.any() else float(stats.wilcoxon(differences, zero_method="pratt").pvalue)
    return Comparison(True, (n, n), wins / n, low, high, _finite(np.median(walsh)), _finite(ends[0]), _finite(ends[1]), p)


def independent(a: Array, b: Array, seed: int) -> Comparison:
    """`a` and `b`, the values of the trials of each choice; at least one of each."""
    [wins], [shift] = _effects(a[np.newaxis], b[np.newaxis])
    p = float(stats.mannwhitneyu(np.minimum(a, WORST), np.minimum(b, WORST)).pvalue) if len({*a, *b}) > 1 else 1.0
    return resampled((len(a), len(b)), min(len(a), len(b)), float(wins), float(shift), _bootstrap(a, b, seed), p)


def resampled(n: tuple[int, int], least: int, wins: float, shift: float, drawn: tuple[Array, Array], p: float) -> Comparison:
    """Effects with the percentiles of those of bootstrap samples as their intervals; that of the win probability no narrower
    than Wilson's for `least` pairs."""
    tail = (1 - CONFIDENCE) / 2
    (wins_low, wins_high), (low, high) = (np.quantile(one, (tail, 1 - tail), method="inverted_cdf") for one in drawn)
    narrowest = wilson(wins * least, least)
    wins_low, wins_high = min(wins_low, narrowest[0]), max(wins_high, narrowest[1])
    return Comparison(False, n, wins, float(wins_low), float(wins_high), _finite(shift), _finite(low), _finite(high), p)


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share (1927); half a success is a tie."""
    z = float(stats.norm.ppf(1 - (1 - CONFIDENCE) / 2))
    share, weight = successes / n, z * z / n
    middle, half = (share + weight / 2) / (1 + weight), z * math.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def signed_rank_depth(n: int) -> int:
    """How deep among the sorted Walsh averages of n differences the ends of the interval lie, counted from 1; 0 where so few
    differences have no interval of this confidence.

    The number of positive signed ranks has the distribution of a sum of the ranks 1 to n, each taken with probability 1/2.
    """
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.concatenate([ways, np.zeros(rank)]) + np.concatenate([np.zeros(rank), ways])
    below = np.cumsum(ways) / 2.0**n
    return int((below <= (1 - CONFIDENCE) / 2).sum())


def holm(p: Array) -> Array:
    """p-values corrected for their number (Holm 1979), in the order in which they came."""
    order = np.argsort(p)
    corrected = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    found = np.empty(len(p))
    found[order] = np.minimum(corrected, 1.0)
    return found


def differences(a: Array, b: Array) -> Array:
    """b - a, 0 where both diverged; where one did, `WORST` in size."""
    return np.asarray(np.where(a == b, 0.0, np.minimum(b, WORST) - np.minimum(a, WORST)))


def _walsh(differences: Array) -> Array:
    """The means of all pairs of differences, each with itself too."""
    first, second = np.triu_indices(len(differences))
    return np.asarray((differences[first] + differences[second]) / 2)


def _bootstrap(a: Array, b: Array, seed: int) -> tuple[Array, Array]:
    """Win probability and shift of `SAMPLES` samples of either, drawn with replacement."""
    random, found = np.random.default_rng(seed), []
    at_once = max(1, _HELD // (len(a) * len(b)))
    for first in range(0, SAMPLES, at_once):
        count = min(at_once, SAMPLES - first)
        one, other = (values[random.integers(0, len(values), (count, len(values)))] for values in (a, b))
        found.append(_effects(one, other))
    wins, shifts = zip(*found, strict=True)
    return np.concatenate(wins), np.concatenate(shifts)


def _effects(a: Array, b: Array) -> tuple[Array, Array]:
    """Win probability and shift [samples] of `a` and `b` [samples, trials]."""
    apart = differences(a[:, :, np.newaxis], b[:, np.newaxis, :]).reshape(len(a), -1)
    wins = ((apart > 0).sum(axis=1) + (apart == 0).sum(axis=1) / 2) / apart.shape[1]
    return wins, np.median(apart, axis=1)


def _finite(value: float) -> float:
    """Infinite where a divergence decides."""
    return float(value) if abs(value) < WORST / 4 else math.copysign(math.inf, value)
