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

Of more than `MANY` trials the distribution of ranks is taken as normal, and the interval of the shift between independent
trials is the one that belongs to Mann and Whitney's test (Lehmann 1963; Hollander and Wolfe 1999, section 4.3): a bootstrap of
millions of differences would take minutes and say the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sweeper.reporting.statistics.resampling import resample, resample_wins, wins_of

Array = np.ndarray

CONFIDENCE = 0.95
_Z = float(stats.norm.ppf(1 - (1 - CONFIDENCE) / 2))
MANY = 50
"""Pairs, or (as a geometric mean) trials of the two choices: up to here ranks are exact, as in R."""
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
    p = signed_rank_p(differences)
    return Comparison(True, (n, n), wins / n, low, high, _finite(np.median(walsh)), _finite(ends[0]), _finite(ends[1]), p)


def independent(a: Array, b: Array, seed: int) -> Comparison:
    """`a` and `b`, the values of the trials of each choice; at least one of each."""
    p = float(stats.mannwhitneyu(np.minimum(a, WORST), np.minimum(b, WORST)).pvalue) if len({*a, *b}) > 1 else 1.0
    a, b = np.sort(a), np.sort(b)
    apart, n = differences(a[:, np.newaxis], b), (len(a), len(b))
    [wins] = wins_of(a, b, np.ones((1, n[0])), np.ones((1, n[1])))
    if apart.size <= MANY**2:
        drawn_wins, drawn_shifts = resample(a, b, apart, seed)
        ends = percentiles(drawn_shifts)
    else:
        drawn_wins, ends = resample_wins(a, b, seed), _rank_interval(apart.ravel(), *n)
    return resampled(n, min(n), (float(wins), *percentiles(drawn_wins)), (float(np.median(apart)), *ends), p)


Estimate = tuple[float, float, float]
"""A value with the ends of its interval."""


def resampled(n: tuple[int, int], least: int, wins: Estimate, shift: Estimate, p: float) -> Comparison:
    """Effects with intervals of bootstrap samples; that of the win probability no narrower than Wilson's for `least` pairs."""
    low, high = wilson(wins[0] * least, least)
    middle, *ends = map(_finite, shift)
    return Comparison(False, n, wins[0], min(wins[1], low), max(wins[2], high), middle, ends[0], ends[1], p)


def percentiles(drawn: Array) -> tuple[float, float]:
    """The ends of the interval that bootstrap samples give."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail), method="inverted_cdf")
    return float(low), float(high)


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share (1927); half a success is a tie."""
    share, weight = successes / n, _Z * _Z / n
    middle, half = (
        (share + weight / 2) / (1 + weight),
        _Z * math.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight),
    )
    return middle - half if successes else 0.0, middle + half if successes < n else 1.0


def signed_rank_depth(n: int) -> int:
    """How deep among the sorted Walsh averages of n differences the ends of the interval lie, counted from 1; 0 where so few
    differences have no interval of this confidence.

    The number of positive signed ranks has the distribution of a sum of the ranks 1 to n, each taken with probability 1/2.
    """
    if n > MANY:
        return math.floor(n * (n + 1) / 4 - _Z * math.sqrt(n * (n + 1) * (2 * n + 1) / 24))
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.concatenate([ways, np.zeros(rank)]) + np.concatenate([np.zeros(rank), ways])
    below = np.cumsum(ways) / 2.0**n
    return int((below <= (1 - CONFIDENCE) / 2).sum())


def signed_rank_p(differences: Array) -> float:
    """The two-sided p of Wilcoxon's test; differences of 0 have ranks but no sign (Pratt 1959).

    Exact up to `MANY` differences, with ties too: every sign of a rank is as likely as the other. SciPy would try all signs
    where there are ties, for a second a pair, and from 14 differences on approximate.
    """
    if not differences.any():
        return 1.0
    if len(differences) > MANY:
        return float(stats.wilcoxon(differences, zero_method="pratt").pvalue)
    ranks = np.rint(2 * stats.rankdata(np.abs(differences))).astype("int64")  # halves where there are ties
    ways = np.ones(1)
    for rank in ranks[differences != 0]:
        ways = (np.concatenate([ways, np.zeros(rank)]) + np.concatenate([np.zeros(rank), ways])) / 2
    here = int(ranks[differences > 0].sum())
    return float(min(1.0, 2 * min(ways[: here + 1].sum(), ways[here:].sum())))


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


def _rank_interval(apart: Array, n_a: int, n_b: int) -> tuple[float, float]:
    """Where the shift lies by Mann and Whitney's test: two of the sorted differences."""
    size = len(apart)
    depth = max(math.floor(size / 2 - _Z * math.sqrt(size * (n_a + n_b + 1) / 12)), 1)
    ordered = np.partition(apart, (depth - 1, size - depth))
    return float(ordered[depth - 1]), float(ordered[size - depth])


def _finite(value: float) -> float:
    """Infinite where a divergence decides."""
    return float(value) if abs(value) < WORST / 4 else math.copysign(math.inf, value)
