"""The verdict on two choices, by fixed rules: what the evidence holds and no more.

With the noise s of training the same configuration again (`rerun`):

    not enough evidence            fewer than 5 pairs or trials of either, or no p small enough could come of so many
    better                         win probability above 1/2, shift beyond s, and p after Holm below 0.05
    no practical difference        the shift's interval lies within s on either side of 0
    real, but not beyond noise     as `better`, but the shift's interval excludes 0 only, and not s
    undecided                      anything else

Where s is not known, nothing is measured by it, and `better` needs the shift's interval to exclude 0. Where far more trials of
one choice diverged there is no "no practical difference". Holm's correction holds the chance of any false `better` in a sweep.
"""

from __future__ import annotations

import math
from itertools import count

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


def verdict(found: Comparison, p_holm: float, pairs: int, noise: float, lopsided: bool = False) -> str:
    """`pairs` is how many comparisons the correction was for, `noise` s or NaN; `lopsided` says that far more trials of one
    choice diverged."""
    if min(found.n) < LEAST or attainable(found.paired, *found.n) > LEVEL / pairs:
        return NOT_ENOUGH
    low, high = sorted((found.shift_low, found.shift_high))
    margin = 0.0 if math.isnan(noise) else noise
    beyond = low > margin or high < -margin
    real = (found.wins_low > 0.5 or found.wins_high < 0.5) and (low > 0 or high < 0) and p_holm < LEVEL
    if real and beyond:
        return BETTER
    if -margin <= low and high <= margin and not lopsided:
        return NO_DIFFERENCE
    return SMALL if real else UNDECIDED


def attainable(paired: bool, a: int, b: int) -> float:
    """The smallest two-sided p that so many pairs, or trials, can give."""
    return 2.0 ** (1 - a) if paired else 2 / math.comb(a + b, a)


def least(paired: bool, pairs: int) -> int:
    """The fewest pairs, or trials of each choice, with which anything can be said in so many comparisons."""
    return next(n for n in count(LEAST) if attainable(paired, n, n) <= LEVEL / pairs)


def needed(wins: float, paired: bool, level: float = LEVEL) -> int:
    """Trials of each choice, or pairs, with which a win probability above 1/2 is told from it four times in five (Noether 1987:
    for Mann and Whitney's test, and for the sign test, which asks for no fewer pairs than signed ranks do)."""
    z = float(stats.norm.ppf(1 - level / 2) + stats.norm.ppf(_POWER))
    return math.ceil(z * z / ((4 if paired else 6) * (wins - 0.5) ** 2))
