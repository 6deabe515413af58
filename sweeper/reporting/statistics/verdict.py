"""The verdict on two choices, by fixed rules: what the evidence holds and no more.

With the noise s of training the same configuration again (`rerun`):

    not enough evidence            fewer than 5 pairs or trials of either, or no p small enough could come of so many
    better                         win probability above 1/2, shift beyond s, and p after Holm below 0.05
    no practical difference        the shift's interval lies within s on either side of 0
    real, but not beyond noise     as `better`, but the shift's interval excludes 0 only, and not s
    undecided                      anything else

Where s is not known, nothing is measured by it, and `better` needs the shift's interval to exclude 0. Of more than two
choices none is called better unless they differ at all (Friedman 1937 in blocks, else Kruskal and Wallis 1952).
"""

from __future__ import annotations

import math

from scipy import stats

from sweeper.reporting.statistics.comparison import Comparison

NOT_ENOUGH, BETTER, SMALL = "not enough evidence", "better", "real, but not beyond noise"
NO_DIFFERENCE, UNDECIDED = "no practical difference", "undecided"
VERDICTS = (BETTER, SMALL, NO_DIFFERENCE, UNDECIDED, NOT_ENOUGH)

LEAST = 5
LEVEL = 0.05
CLEARLY = 0.75
"""A win probability that is worth having (Bouthillier et al. 2021, arXiv 2103.03098: gamma)."""
_POWER = 0.8


def verdict(found: Comparison, p_holm: float, pairs: int, differ: bool, noise: float) -> str:
    """`pairs` is how many comparisons the correction was for, `differ` whether the choices differ at all, `noise` s or NaN."""
    if min(found.n) < LEAST or attainable(found) > LEVEL / pairs:
        return NOT_ENOUGH
    low, high = sorted((found.shift_low, found.shift_high))
    margin = 0.0 if math.isnan(noise) else noise
    beyond = low > margin or high < -margin
    real = (found.wins_low > 0.5 or found.wins_high < 0.5) and (low > 0 or high < 0) and p_holm < LEVEL and differ
    if real and beyond:
        return BETTER
    if -margin <= low and high <= margin:
        return NO_DIFFERENCE
    return SMALL if real else UNDECIDED


def attainable(found: Comparison) -> float:
    """The smallest two-sided p that so many pairs, or trials, can give."""
    a, b = found.n
    return 2 / 2.0**a if found.paired else 2 / math.comb(a + b, a)


def needed(wins: float, level: float = LEVEL) -> int:
    """Trials of each choice, or pairs, with which a win probability is told from 1/2 four times in five (Noether 1987)."""
    if wins == 0.5:
        return 10**6
    z = float(stats.norm.ppf(1 - level / 2) + stats.norm.ppf(_POWER))
    return math.ceil(z * z / (6 * (wins - 0.5) ** 2))
