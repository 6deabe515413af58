"""How much of the leader's value is luck.

A trial's value is what it is worth plus the noise of training it, which is taken as normal. The best of many is chosen for
both, so that on average it was lucky: on new data it is worse (the optimism of selection, or winner's curse).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from sweeper.reporting.statistics.comparison import CONFIDENCE
from sweeper.reporting.statistics.verdict import LEAST

Array = np.ndarray

_REACH, _STEPS = 8.5, 4001
"""An integral over a normal variable runs over so many deviations on either side, in so many steps."""


@dataclass(frozen=True)
class Optimism:
    """What was measured on the test part, loss-like: the `winner`'s test value minus its validation value, and the mean of that
    over the `n` other trials (`others`). `selection`, the winner's less the others', is how much worse it is on data that did
    not choose it; by chance alone it would lie within `chance` on either side of 0 in 95 %.
    """

    winner: float
    others: float
    chance: float
    n: int

    @property
    def selection(self) -> float:
        return self.winner - self.others


@lru_cache(maxsize=64)
def expected_maximum(n: int) -> float:
    """The mean of the largest of n standard normal values: by how many deviations the best of n equally good trials looks
    better than it is (1.16 for 5, 1.87 for 20, 2.51 for 100)."""
    z = np.linspace(-_REACH, _REACH, _STEPS)
    density = n * stats.norm.pdf(z) * stats.norm.cdf(z) ** (n - 1)
    return float(np.trapezoid(z * density, z))


def optimism(validation: Array, test: Array) -> Optimism | None:
    """From the loss-like values of each trial on both parts [trials], the winner first; None where it or five others lack one.

    `chance` is half of Student's interval for one more value of a normal sample.
    """
    known = np.isfinite(validation) & np.isfinite(test)
    n = int(known[1:].sum())
    if not known[0] or n < LEAST:
        return None
    worse = test - validation
    others = worse[1:][known[1:]]
    reach = float(stats.t.ppf(1 - (1 - CONFIDENCE) / 2, n - 1)) * others.std(ddof=1) * math.sqrt(1 + 1 / n)
    return Optimism(float(worse[0]), float(others.mean()), float(reach), n)
