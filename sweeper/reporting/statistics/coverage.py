"""Whether the searched ranges were wide enough, and tried closely enough, for what the best trials say of them.

The Tuning Playbook (Godbole et al. 2023, "Identifying bad search space boundaries") calls a range too narrow where the best
trials crowd at its end. One of five trials lies in the outer tenths by chance, so the best one alone does not say it: of the
best five some more have to lie in the outer quarter on its side. Three in all do so by chance in 5 % of the parameters that
do not matter, four in 1 %; of how many it takes follows from the number of ranges (`crowd`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from sweeper.reporting.reading.ranges import Range

Array = np.ndarray

OUTER, NEAR, TOP = 0.1, 0.25, 5
FALSE = 0.15
"""In at most so many sweeps in which no parameter matters the best trials may crowd at some end."""
SPARSE = 0.25
"""A stretch of a range, as a share of it, in which nothing was tried."""
LEAST_VALUES = 5
"""Of fewer values than these half are ends, and nothing is said."""


@dataclass(frozen=True)
class Edge:
    """The best trials crowd at an end of a range: `value` of the best one, `upper` or lower end, how much of the range lies
    `beyond` the best one (0 to 1), how many of the best `of` trials are `near` it."""

    value: float
    upper: bool
    beyond: float
    near: int
    of: int


def crowd(ranges: int) -> int:
    """How many of the best five have to lie near an end, the best among them, where so many ranges are looked at."""
    for least in range(3, TOP):
        by_chance = 2 * OUTER * float(stats.binom.sf(least - 2, TOP - 1, NEAR))
        if ranges * by_chance <= FALSE:
            return least
    return TOP


def edge(span: Range, best: Array, least: int = 3) -> Edge | None:
    """`best` are the parameter's values in the best trials [trials], the best first; None where not `least` of the first five
    crowd at an end.

    A range that ends at 0 has no wider one on that side, for what is searched is not negative; nor has one that only the
    trials tell, whose ends they always touch.
    """
    best = best[:TOP]
    if not span.declared or len(best) < TOP or 0 < span.count < LEAST_VALUES:
        return None
    places = span.places(best)
    outer, near = (max(share, 1 / span.count if span.count else 0.0) for share in (OUTER, NEAR))
    for upper in (True, False):
        beyond = 1 - places if upper else places
        if beyond[0] <= outer and (beyond <= near).sum() >= least and (upper or span.low != 0):
            return Edge(float(best[0]), upper, float(beyond[0]), int((beyond <= near).sum()), len(best))
    return None


def bare(span: Range, values: Array) -> tuple[float, float, float]:
    """The longest stretch of a range in which no trial lies: its share of the range, and the values between which it is."""
    places = np.sort(np.clip(span.places(values), 0, 1))
    ends = np.concatenate([[0.0], places, [1.0]])
    longest = int(np.diff(ends).argmax())
    return float(ends[longest + 1] - ends[longest]), span.at(float(ends[longest])), span.at(float(ends[longest + 1]))
