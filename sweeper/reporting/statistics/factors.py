"""A crossed question, taken apart: what each factor does averaged over the others, whether that depends on another factor, and
what it does at each level of that one.

In blocks every difference is taken within a block: a main effect is their mean over the levels of the other factors, an
interaction the difference of two such differences. Independent trials are compared within the combinations of the other factors
(`strata`).

Holm's correction is for all main effects of the sweep together, for all its interactions together, and for what one factor does
at the levels of one other. The last are worth telling where the interaction is real, and only there.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations, product

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.comparison import WORST, Array, Comparison, differences, of_differences
from sweeper.reporting.statistics.divergence import LOPSIDED
from sweeper.reporting.statistics.evidence import Row, corrected, is_swapped, measured, row_of
from sweeper.reporting.statistics.strata import Strata, averaged, contrast
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.seeds import derive

MOST_CONTRASTS = 40
"""Interactions of two factors beyond which each is held against the first levels alone: these span all others."""
LACKING = "one of the four combinations has no trials to compare"

Factors = Mapping[str, Sequence[str]]
"""Each factor's levels, in the order in which the sweep first tried them."""


class Crossed:
    """Values by factors: of each block, or of independent trials in cells."""

    def __init__(self, levels: pd.DataFrame, y: pd.Series, blocks: pd.Series | None, factors: Factors, seed: int) -> None:
        """`levels` has a column of texts for each factor; `y` is loss-like, infinite for what diverged, missing for what does
        not count; `blocks` None means independent trials."""
        self.factors, self._names, self._seed = factors, list(factors), seed
        self._known = known = levels[self._names].assign(y=y)[y.notna()]
        full = pd.MultiIndex.from_product(list(factors.values()), names=self._names)
        self._blocks: Array | None = None
        self._cells: dict[tuple[str, ...], Array] = {}
        if blocks is None:
            found = {key: part.to_numpy() for key, part in known.groupby(self._names)["y"]}
            self._cells = {key: found.get(key, np.empty(0)) for key in full}
        else:
            wide = known.assign(block=blocks[y.notna()]).pivot_table(
                index="block", columns=self._names, values="y", aggfunc="first"
            )
            self._blocks = wide.reindex(columns=full).to_numpy().reshape(-1, *map(len, factors.values()))

    def effect(self, factor: str, a: str, b: str, given: Mapping[str, str]) -> Comparison | None:
        """`a` against `b`, averaged over the levels of the factors that are not `given`; None where neither can be."""
        if self._blocks is None:
            strata = self._strata(factor, a, b, given)
            seed = derive(self._seed, "effect", factor, a, b, *map(str, given.items()))
            return averaged(strata, seed) if any(len(one) and len(other) for one, other in strata) else None
        found = self._within_blocks(factor, a, b, given)
        found = found[~np.isnan(found)]
        return of_differences(found) if len(found) else None

    def interaction(self, factor: str, a: str, b: str, partner: str, one: str, other: str) -> Comparison | None:
        """How much more `a` gains over `b` with `one` of the partner's levels than with the `other`."""
        if self._blocks is None:
            sides = [self._strata(factor, a, b, {partner: level}) for level in (one, other)]
            seed = derive(self._seed, "interaction", factor, a, b, partner, one, other)
            there = all(any(len(x) and len(y) for x, y in side) for side in sides)
            return contrast(sides[0], sides[1], seed) if there else None
        first, second = (self._within_blocks(factor, a, b, {partner: level}) for level in (one, other))
        found = _bounded(first - second)
        found = found[~np.isnan(found)]
        return of_differences(found) if len(found) else None

    def is_lopsided(self, factor: str, a: str, b: str, given: Mapping[str, str]) -> bool:
        """Whether the shares of trials that diverged lie so far apart that they are part of the answer."""
        known = self._known[[*given]].eq(pd.Series(given)).all(axis=1)
        shares = np.isinf(self._known["y"])[known].groupby(self._known.loc[known, factor]).mean().reindex([a, b])
        return bool(abs(shares[a] - shares[b]) > LOPSIDED)

    def _within_blocks(self, factor: str, a: str, b: str, given: Mapping[str, str]) -> Array:
        """The mean difference b - a of each block, over the combinations that it has of both; NaN where it has none."""
        assert self._blocks is not None
        values = self._blocks
        for name in sorted(given, key=self._names.index, reverse=True):
            values = values.take([self.factors[name].index(given[name])], axis=1 + self._names.index(name))
        axis = 1 + self._names.index(factor)
        one, other = (values.take(self.factors[factor].index(level), axis=axis) for level in (a, b))
        apart = np.where(np.isnan(one) | np.isnan(other), np.nan, differences(one, other)).reshape(
            len(values), math.prod(one.shape[1:])
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a block that has none of them has no mean
            return _bounded(np.nanmean(apart, axis=1))

    def _strata(self, factor: str, a: str, b: str, given: Mapping[str, str]) -> Strata:
        others = {name: [given[name]] if name in given else levels for name, levels in self.factors.items() if name != factor}
        found = []
        for rest in product(*others.values()):
            place = dict(zip(others, rest, strict=True))
            one, other = (tuple({**place, factor: level}[name] for name in self._names) for level in (a, b))
            found.append((self._cells[one], self._cells[other]))
        return found


def crossed_rows(crossed: Crossed, noise: float) -> list[Row]:
    """The rows of the frame `pairs`: main effects, then interactions, then the effects at each level of a partner."""
    return [*_main(crossed, noise), *_interactions(crossed, noise), *_simple(crossed, noise)]


def _main(crossed: Crossed, noise: float) -> list[Row]:
    keys = [(factor, pair) for factor, levels in crossed.factors.items() for pair in combinations(levels, 2)]
    found = {(factor, pair): crossed.effect(factor, *pair, {}) for factor, pair in keys}
    p = corrected(found)
    rows: list[Row] = []
    for factor, pair in keys:
        lopsided = crossed.is_lopsided(factor, *pair, {})
        rows.append({"factor": factor, **row_of(pair, found[factor, pair], p.get((factor, pair)), len(p), noise, lopsided)})
    return rows


def _interactions(crossed: Crossed, noise: float) -> list[Row]:
    keys = list(_contrasts(crossed.factors))
    found = {key: crossed.interaction(*key) for key in keys}
    p = corrected(found)
    rows: list[Row] = []
    for factor, a, b, partner, one, other in keys:
        comparison = found[factor, a, b, partner, one, other]
        if comparison is None:
            row: Row = {"verdict": NOT_ENOUGH, "why": LACKING}
        else:
            lopsided = any(crossed.is_lopsided(factor, a, b, {partner: level}) for level in (one, other))
            row = measured(comparison, p[factor, a, b, partner, one, other], len(p), noise, lopsided)
            one, other = (other, one) if is_swapped(comparison) else (one, other)
        rows.append({"factor": factor, "a": a, "b": b, "partner": partner, "within": one, "against": other, **row})
    return rows


def _contrasts(factors: Factors) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Two levels of a factor by two levels of another, which has no more levels than it (of equals, the later one)."""
    for pair in combinations(factors, 2):
        factor, partner = sorted(pair, key=lambda name: -len(factors[name]))
        sides = [list(combinations(factors[name], 2)) for name in (factor, partner)]
        if len(sides[0]) * len(sides[1]) > MOST_CONTRASTS:
            sides = [[(factors[name][0], level) for level in factors[name][1:]] for name in (factor, partner)]
        for (a, b), (one, other) in product(*sides):
            yield factor, a, b, partner, one, other


def _simple(crossed: Crossed, noise: float) -> list[Row]:
    rows: list[Row] = []
    for factor, partner in permutations(crossed.factors, 2):
        levels = crossed.factors[partner]
        keys = [(pair, level) for pair in combinations(crossed.factors[factor], 2) for level in levels]
        found = {(pair, level): crossed.effect(factor, *pair, {partner: level}) for pair, level in keys}
        p = corrected(found)
        for pair, level in keys:
            lopsided = crossed.is_lopsided(factor, *pair, {partner: level})
            row = row_of(pair, found[pair, level], p.get((pair, level)), len(p), noise, lopsided)
            rows.append({"factor": factor, "partner": partner, "within": level, **row})
    return rows


def _bounded(values: Array) -> Array:
    """What a divergence made immense, as large as one divergence is."""
    return np.where(np.abs(values) > WORST / 1e6, np.sign(values) * WORST, values)
