"""Which parameters matter, seen in three ways, each with an interval.

fANOVA     how much of the variance over the whole space a parameter explains alone (`fanova`)
PED-ANOVA  how far the values of the best tenth of the trials are distributed otherwise than those of all (`ped_anova`); at
           least five trials are the best tenth
LPI        how much of what changes around the best trial, a parameter at a time, is this one's (`local`)

The interval of each is 1.96 standard deviations of it over 40 resamples of the trials (Efron 1979) on either side: percentiles
would lie too high, for a resample has trials twice, which makes every difference larger. The best trial stays the same in
all of them. All are of the parameters that all trials have: of one that few have, these few would decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.reporting.statistics.fanova import boxes_of, main_effects
from sweeper.reporting.statistics.forest import Forest, forest
from sweeper.reporting.statistics.local import local_effects
from sweeper.reporting.statistics.ped_anova import best_of, told_apart
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.surrogate import Surrogate

Array = np.ndarray

_RESAMPLES, _TREES = 40, 8
"""Resamples of the trials, and trees of the forest of each: of a forest's size the mean over its trees does not depend. What so
small a forest predicts around one place varies more than what the large one does, so that LPI's interval is no narrower."""
_Z = 1.96
_BEST, _LEAST_BEST = 0.1, 5


@dataclass(frozen=True)
class Shares:
    """Of each column the share `at`, with the ends of its 95 % interval: float64 [columns], from 0 to 1."""

    at: Array
    low: Array
    high: Array

    @staticmethod
    def of(at: Array, resampled: Array, order: Array) -> Shares:
        """`resampled` [resamples, columns]; all in this order."""
        reach = _Z * resampled.std(axis=0, ddof=1)
        return Shares(at[order], (at - reach).clip(0, 1)[order], (at + reach).clip(0, 1)[order])


@dataclass(frozen=True)
class Importance:
    """Of each column of a surrogate, the one that explains most `alone` first: of `best` how much it tells the best `quantile`
    of the trials from all, as a share of the sum, of `local` how much of what changes around the best trial is its."""

    columns: tuple[Predictor, ...]
    alone: Shares
    best: Shares
    local: Shares
    quantile: float


def importance(model: Surrogate, best: int, seed: int) -> Importance:
    """Of the parameters of a surrogate's trials, of which `best` is the number of the best one. Raises KeyError where the
    surrogate lacks it."""
    centre = model.row(best)
    if centre is None:
        raise KeyError(f"the surrogate was made without trial {best}, around which it is asked")
    quantile = min(max(_BEST, _LEAST_BEST / len(model.y)), 0.5)
    every = np.arange(len(model.y))
    found = _effects(model, every, model.forest, centre, quantile)
    random, drawn = np.random.default_rng(seed), []
    for resample in range(_RESAMPLES):
        rows = random.integers(0, len(model.y), len(model.y))
        grown = forest(model.x[rows], model.y[rows], _TREES, seed + resample)
        drawn.append(_effects(model, rows, grown, centre, quantile))
    order = np.argsort(-found[0], kind="stable")
    alone, told, local = (
        Shares.of(at, again, order) for at, again in zip(found, np.moveaxis(np.array(drawn), 1, 0), strict=True)
    )
    columns = tuple(model.columns[place] for place in order)
    return Importance(columns, _with_combinations(alone), told, local, quantile)


def _with_combinations(alone: Shares) -> Shares:
    """With higher upper ends: what a forest puts down to combinations is partly noise that it fitted, and is missing in the
    main effects, so that each may have its part of it. Measured in docs/validity.md."""
    whole = float(alone.at.sum())
    rest = max(0.0, 1.0 - whole)
    part = rest * alone.at / whole if whole else np.zeros_like(alone.at)
    return Shares(alone.at, alone.low, (alone.high + part).clip(0, 1))


def _effects(model: Surrogate, rows: Array, grown: Forest, centre: Array, quantile: float) -> Array:
    """What each column explains alone, tells apart and does around the centre, in a forest `grown` on these rows:
    float64 [3, columns]."""
    trees, ends = boxes_of(grown, model.ends), model.ends
    top = best_of(model.y[rows], quantile)
    told = told_apart(model.x[rows], top, model.columns)
    return np.array([main_effects(trees, ends), told, local_effects(trees, ends, centre)])
