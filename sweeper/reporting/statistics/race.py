"""Two choices on their way to a common target: how many times as many epochs one needs, and how likely that is by chance.

ratio    RMET of `a` over RMET of `b`, under either bound of `arrivals`; below 1 where `a` is faster. Its interval holds the
         middle 95 % of bootstrap samples of the ratio's logarithm: of blocks, which keep their two trials together, or of
         the trials of each choice.
p        of the pessimistic difference of the two, by exchanging names: within blocks (Fisher's randomization test), or among
         all trials (Pitman 1937). Of all exchanges where they are few, else of seeded random ones, of which what was seen is
         one more (Phipson and Smyth 2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sweeper.reporting.statistics.arrivals import Arrivals, course
from sweeper.reporting.statistics.comparison import CONFIDENCE
from sweeper.reporting.statistics.resampling import SAMPLES, times_drawn

Array = np.ndarray

_HELD = 4_000_000
"""Numbers held at once: the more trials, the fewer samples, 1,000 at least."""
_FEW = 10_000
"""So many exchanges are all tried."""


@dataclass(frozen=True)
class Ratio:
    value: float
    low: float
    high: float

    def turned(self) -> Ratio:
        return Ratio(1 / self.value, 1 / self.high, 1 / self.low)

    def bare(self) -> Ratio:
        """Without the interval, which too few trials do not give."""
        return Ratio(self.value, math.nan, math.nan)


@dataclass(frozen=True)
class Race:
    """`n` blocks, or trials of each choice. `hidden` is how many trials were stopped before the horizon without having arrived;
    where there are none, both ratios are one."""

    paired: bool
    n: tuple[int, int]
    optimistic: Ratio
    pessimistic: Ratio
    p: float
    hidden: int

    def turned(self) -> Race:
        """The same with `b` in the place of `a`."""
        ratios = self.optimistic.turned(), self.pessimistic.turned()
        return Race(self.paired, self.n[::-1], *ratios, self.p, self.hidden)

    def bare(self) -> Race:
        """Without intervals, which too few trials do not give."""
        return replace(self, optimistic=self.optimistic.bare(), pessimistic=self.pessimistic.bare())


def race(a: Arrivals, b: Arrivals, horizon: float, paired: bool, seed: int) -> Race:
    """`paired`: the trials of `a` and `b` at one place are of one block. At least one of each."""
    random = np.random.default_rng(seed)
    samples = _samples(len(a) + len(b))
    of_a = times_drawn(len(a), samples, random).astype("float64")
    of_b = of_a if paired else times_drawn(len(b), samples, random).astype("float64")
    restricted = a.restricted(horizon), b.restricted(horizon)
    mean_a, mean_b = (weights @ values / len(values) for weights, values in zip((of_a, of_b), restricted, strict=True))
    pessimistic = optimistic = _ratio(restricted[0].mean() / restricted[1].mean(), mean_a / mean_b)
    hidden = a.hidden_before(horizon) + b.hidden_before(horizon)
    if hidden:
        seen = course(a).optimistic_mean(horizon)[0] / course(b).optimistic_mean(horizon)[0]
        spread = course(a, of_a).optimistic_mean(horizon) / course(b, of_b).optimistic_mean(horizon)
        optimistic = _ratio(seen, spread)
    p = within_blocks(restricted[0] - restricted[1], random) if paired else among_all(*restricted, random)
    return Race(paired, (len(a), len(b)), optimistic, pessimistic, p, hidden)


def within_blocks(differences: Array, random: np.random.Generator) -> float:
    """The two-sided p of the mean of `differences` [blocks] when each might as well have the other sign."""
    n = len(differences)
    if 2**n <= _FEW:
        signs = 1 - 2 * ((np.arange(2**n)[:, np.newaxis] >> np.arange(n)) & 1)
        return _share(signs @ differences, differences.sum())
    signs = random.choice((-1.0, 1.0), (_samples(n), n))
    return _share(signs @ differences, differences.sum(), more=1)


def among_all(a: Array, b: Array, random: np.random.Generator) -> float:
    """The two-sided p of the difference of the means of `a` and `b` when each value might as well be of the other."""
    pooled, n = np.concatenate([a, b]), len(a) + len(b)
    pooled = pooled - pooled.mean()
    seen = pooled[: len(a)].sum()
    if math.comb(n, len(a)) <= _FEW:
        return _share(pooled[np.array(list(combinations(range(n), len(a))))].sum(axis=1), seen)
    order = random.random((_samples(n), n)).argpartition(len(a) - 1, axis=1)[:, : len(a)]
    return _share(pooled[order].sum(axis=1), seen, more=1)


def _share(drawn: Array, seen: float, more: int = 0) -> float:
    """How many of `drawn` are as far from 0 as `seen`, equal sums that were added in another order among them."""
    far = np.abs(drawn) >= abs(seen) - 1e-9 * (1 + abs(seen))
    return float((far.sum() + more) / (len(drawn) + more))


def _ratio(value: float, drawn: Array) -> Ratio:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.exp(np.quantile(np.log(drawn), (tail, 1 - tail), method="inverted_cdf"))
    return Ratio(float(value), float(low), float(high))


def _samples(trials: int) -> int:
    return max(1000, min(SAMPLES, _HELD // trials))
