"""One choice against another in independent trials, held apart by what else was chosen: an effect averaged over the other
choices, and whether it depends on them.

Only trials of one stratum (one combination of the other choices) are set against each other.

    averaged    win probability and shift over all pairs within strata; p from permuting the two choices within each stratum, of
                van Elteren's sum of rank sums (1960), which weighs the strata as is best against a constant shift
    contrast    shift of the first strata minus shift of the second, and the probability that a difference of the first is
                larger than one of the second; p from permuting what is left of each trial beside the sum of both effects
                (ter Braak 1992), over all cells

Intervals are percentiles of seeded bootstrap samples, drawn within each cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from sweeper.reporting.statistics.comparison import WORST, Array, Comparison, Estimate, differences, percentiles, resampled

SAMPLES = 2_000
PERMUTATIONS = 4_000
_HELD, _DRAWN, _FEWEST = 30_000_000, 100_000_000, 200
"""Differences held at once and drawn in all, and the fewest samples."""

Strata = Sequence[tuple[Array, Array]]
"""The values of either choice in each stratum; at least one of each in at least one stratum."""


def averaged(strata: Strata, seed: int) -> Comparison:
    """`a` against `b`, averaged over the strata that have both."""
    both = [(a, b) for a, b in strata if len(a) and len(b)]
    random = np.random.default_rng(seed)
    wins, shift = _effects(_apart(both)[np.newaxis])
    drawn = _in_parts(_width(both), lambda size: _effects(_resampled(both, random, size)))
    n = sum(len(a) for a, _ in both), sum(len(b) for _, b in both)
    return resampled(n, min(n), *_estimates((wins, shift), drawn), _van_elteren(both, random))


def contrast(first: Strata, second: Strata, seed: int) -> Comparison:
    """How much more `a` gains over `b` in the first strata than in the second."""
    sides = [[(a, b) for a, b in strata if len(a) and len(b)] for strata in (first, second)]
    random = np.random.default_rng(seed)
    wins, shift = _gains(*(_apart(side)[np.newaxis] for side in sides))
    width = sum(_width(side) for side in sides)
    drawn = _in_parts(width, lambda size: _gains(*(_resampled(side, random, size) for side in sides)))
    n = tuple(sum(len(a) + len(b) for a, b in side) for side in sides)
    least = min(min(sum(len(a) for a, _ in side), sum(len(b) for _, b in side)) for side in sides)
    return resampled((n[0], n[1]), least, *_estimates((wins, shift), drawn), _aligned(sides, random))


def _estimates(found: tuple[Array, Array], drawn: tuple[Array, Array]) -> tuple[Estimate, Estimate]:
    wins, shift = ((float(one[0]), *percentiles(samples)) for one, samples in zip(found, drawn, strict=True))
    return wins, shift


def _apart(strata: Strata) -> Array:
    """Every difference b - a within a stratum."""
    return np.concatenate([differences(a[:, np.newaxis], b[np.newaxis]).ravel() for a, b in strata])


def _width(strata: Strata) -> int:
    return sum(len(a) * len(b) for a, b in strata)


def _resampled(strata: Strata, random: np.random.Generator, size: int) -> Array:
    """The same of so many bootstrap samples: [samples, differences]."""
    return np.concatenate([_resampled_apart(a, b, random, size) for a, b in strata], axis=1)


def _resampled_apart(a: Array, b: Array, random: np.random.Generator, size: int) -> Array:
    one, other = (values[random.integers(0, len(values), (size, len(values)))] for values in (a, b))
    return differences(one[:, :, np.newaxis], other[:, np.newaxis, :]).reshape(size, -1)


def _in_parts(width: int, draw: Callable[[int], tuple[Array, Array]]) -> tuple[Array, Array]:
    """What `draw` gives for `SAMPLES` samples of so many differences, as many at once as can be held; of many differences fewer
    samples, whose percentiles hardly differ any more."""
    samples = min(SAMPLES, max(_FEWEST, _DRAWN // width))
    at_once = max(1, _HELD // width)
    parts = [draw(min(at_once, samples - first)) for first in range(0, samples, at_once)]
    wins, shifts = zip(*parts, strict=True)
    return np.concatenate(wins), np.concatenate(shifts)


def _effects(apart: Array) -> tuple[Array, Array]:
    """Win probability and shift [samples] of differences [samples, differences]."""
    wins = ((apart > 0).sum(axis=1) + (apart == 0).sum(axis=1) / 2) / apart.shape[1]
    return wins, np.median(apart, axis=1)


def _gains(first: Array, second: Array) -> tuple[Array, Array]:
    """The probability that a difference of `first` is the larger one, a tie counting half, and the difference of the shifts;
    both [samples]."""
    wins = [
        (np.searchsorted(low, high, "left").mean() + np.searchsorted(low, high, "right").mean()) / (2 * len(low))
        for high, low in zip(first, np.sort(second, axis=1), strict=True)
    ]
    return np.array(wins), np.median(first, axis=1) - np.median(second, axis=1)


def _van_elteren(strata: Strata, random: np.random.Generator) -> float:
    """The share of permutations within strata that set the choices as far apart as they are."""
    observed, drawn = 0.0, np.zeros(PERMUTATIONS)
    for a, b in strata:
        ranks = stats.rankdata(np.minimum(np.concatenate([a, b]), WORST))
        ranks = (ranks - ranks.mean()) / (len(ranks) + 1)
        observed += ranks[: len(a)].sum()
        drawn += random.permuted(np.tile(ranks, (PERMUTATIONS, 1)), axis=1)[:, : len(a)].sum(axis=1)
    return _share(observed, drawn)


def _aligned(sides: Sequence[Strata], random: np.random.Generator) -> float:
    """The share of permutations of aligned ranks over all cells whose contrast is as large as the one there is.

    Aligned: a trial's rank less the effect of its choice and that of its side, both as means of cells, so that neither is left.
    Ranks, because a trial that diverged has no value.
    """
    cells = [np.concatenate([pair[choice] for pair in side]) for side in sides for choice in (0, 1)]
    sizes = [len(cell) for cell in cells]
    ranks = np.split(stats.rankdata(np.minimum(np.concatenate(cells), WORST)), np.cumsum(sizes)[:-1])
    means = [float(cell.mean()) for cell in ranks]
    gain = (means[0] - means[1] - means[2] + means[3]) / 4
    residuals = [cell - mean + sign * gain for cell, mean, sign in zip(ranks, means, (1, -1, -1, 1), strict=True)]
    pooled = np.concatenate(residuals)
    weights = np.concatenate([np.full(n, sign / n) for n, sign in zip(sizes, (1, -1, -1, 1), strict=True)])
    drawn = random.permuted(np.tile(pooled, (PERMUTATIONS, 1)), axis=1) @ weights
    return _share(float(pooled @ weights), drawn)


def _share(observed: float, drawn: Array) -> float:
    """A two-sided p of a permutation test; the one that came is among them."""
    return float((1 + (np.abs(drawn) >= abs(observed) - 1e-9).sum()) / (1 + len(drawn)))
