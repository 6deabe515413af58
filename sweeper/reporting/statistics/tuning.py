"""The tuning curve: how good the best of k independent draws is, with bands that hold for every k at once.

Values are loss-like; a trial that diverged is infinite, and worse than any other.

    median curve      the median of the best of k draws is the quantile 1 - 2^(-1/k) of one draw (Lourie, Cho and He 2023, arXiv
                      2311.09480): it needs no mean, so that a divergence does not decide it
    mean curve        the U-statistic of Tang et al. 2020 (arXiv 2004.13705): the mean over all sets of k trials of their best
    bands             those of Learned-Miller and DeStefano (2008) on the distribution of one draw, which Lourie et al.
                      recommend: the i-th of n sorted draws of any continuous distribution lies at a quantile that has
                      the distribution Beta(i, n + 1 - i), and intervals of equal tails for all i hold together in 95 %. Far
                      narrower where searches end, in the best few, than a band of Dvoretzky, Kiefer and Wolfowitz

How deep the tails are is computed, not simulated: the chance that all sorted draws lie in their intervals follows from a
Poisson process that is conditioned on n points (Moscovich and Nadler 2017, arXiv 1503.04363). Ties make the bands wider than
needed, as do draws that are spread evenly (Sobol'). Nothing is known beyond the best value: a band's better end is then minus
infinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import optimize, special, stats

from sweeper.reporting.statistics.comparison import CONFIDENCE

Array = np.ndarray

MOST = 1000
"""Draws that a curve is made of; of more a seeded sample is taken."""


@dataclass(frozen=True)
class TuningCurve:
    """For k = 1..n: `median` of the best of k draws, between `better` (minus infinity where the data know no bound) and `worse`
    in 95 % of such searches, for all k at once; `mean` as the U-statistic, infinite where a diverged trial may be the best."""

    median: Array
    better: Array
    worse: Array
    mean: Array

    @property
    def n(self) -> int:
        return len(self.median)


def tuning_curve(y: Array, seed: int = 0) -> TuningCurve:
    """`y` [trials], at least one, independent draws; of more than `MOST` a sample drawn with `seed`."""
    if len(y) > MOST:
        y = np.random.default_rng(seed).choice(y, MOST, replace=False)
    y, n = np.sort(y), len(y)
    level = -np.expm1(-np.log(2) / np.arange(1, n + 1))
    low, high = quantile_bands(n)
    # Between the i-th and the next draw the distribution is at least low[i - 1] and at most high[i].
    better = np.append(-np.inf, y)[np.searchsorted(high, level)]
    worse = np.append(y, np.inf)[np.searchsorted(low, level)]
    median = y[np.ceil(level * n - 1e-9).astype(int) - 1]
    return TuningCurve(median, better, worse, expected_best(y))


def expected_best(y: Array) -> Array:
    """The mean over all sets of k of the trials `y` [n] of the set's best (lowest), for k = 1..n: float64 [n].

    The i-th best, counted from 0, is the best of C(n - 1 - i, k - 1) of the C(n, k) sets.
    """
    y, n = np.sort(y), len(y)
    k = np.arange(1, n + 1)
    share, total = k / n, np.zeros(n)
    for place, value in enumerate(y):
        total += np.where(share > 0, value, 0.0) * share
        share = share * np.maximum(n - k - place, 0) / max(n - 1 - place, 1)
    return total


@lru_cache(maxsize=64)
def quantile_bands(n: int) -> tuple[Array, Array]:
    """The quantiles between which the i-th of n sorted draws lies, for i = 1..n, so that all hold together: two float64 [n]."""
    most = np.log(1 - CONFIDENCE)
    tails = most
    if n > 1:
        tails = optimize.brentq(lambda log: _together(*_tails(n, log)) - CONFIDENCE, most - np.log(2 * n), most, xtol=1e-4)
    return _tails(n, tails)


def _tails(n: int, log_tails: float) -> tuple[Array, Array]:
    i, tail = np.arange(1, n + 1), np.exp(log_tails) / 2
    return stats.beta.ppf(tail, i, n + 1 - i), stats.beta.isf(tail, i, n + 1 - i)


def _together(low: Array, high: Array) -> float:
    """The chance that the i-th of n sorted uniform draws lies within low[i] and high[i] for every i.

    With N(t) draws below t that is: N < i at low[i] and N >= i at high[i]. Between two such times the numbers of a Poisson
    process of rate n grow independently; given n at the end, its points are n uniform draws.
    """
    n = len(low)
    times = np.concatenate([low, high])
    factorials = special.gammaln(np.arange(n + 1) + 1.0)
    chance, least, before = np.ones(1), 0, 0.0
    for place in np.argsort(times, kind="stable"):
        chance = _grown(chance, least, n * (times[place] - before), factorials)
        before = times[place]
        if place < n:
            chance = chance[: place + 1 - least]
        else:
            chance, least = chance[place - n + 1 - least :], int(place) - n + 1
    chance = _grown(chance, least, n * (1 - before), factorials)
    return float(chance[-1] / stats.poisson.pmf(n, n))


def _grown(chance: Array, least: int, mean: float, factorials: Array) -> Array:
    """The chances of the numbers `least`, `least` + 1, ... n after a Poisson number of this mean was added."""
    room = len(factorials) - least
    more = np.arange(room)
    steps = np.exp(more * np.log(mean) - mean - factorials[:room]) if mean > 0 else (more == 0).astype(float)
    return np.convolve(chance, steps)[:room]
