"""The median of few values with an interval that asks nothing of their distribution."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from sweeper.reporting.statistics.comparison import CONFIDENCE

Array = np.ndarray


def median_interval(values: Array) -> tuple[float, float, float]:
    """The lower median of `values`, infinite ones among them, with the ends of its 95 % interval; NaN where there is none.

    The ends are order statistics whose depth follows from the binomial distribution with 1/2 (Conover 1999, Practical
    Nonparametric Statistics, section 3.2): at least 95 % whatever the values are, and the whole line for fewer than 6 of them.
    """
    n = len(values)
    if not n:
        return math.nan, math.nan, math.nan
    ordered = np.sort(values)
    depth = int((stats.binom.cdf(np.arange(n), n, 0.5) <= (1 - CONFIDENCE) / 2).sum())
    ends = (ordered[depth - 1], ordered[-depth]) if depth else (-math.inf, math.inf)
    return float(ordered[(n - 1) // 2]), float(ends[0]), float(ends[1])
