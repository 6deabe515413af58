"""The verdict on which of two choices is faster to a common target, by fixed rules, with a guard of equal quality.

    not enough evidence             fewer than 5 blocks or trials of either, or no p small enough could come of so many
    target uninformative            fewer than 20 % of the trials of every choice reach it, or more than 95 % of every one
    no practical difference         the ratio's interval lies within 1/1.25 to 1.25 under both bounds, even where it lies below
                                    1, and the shares that came are not surely different
    faster                          the ratio's interval lies below 1 under both bounds, p after Benjamini and Hochberg is below
                                    0.05, and in the end the choice is better, or surely not worse by more than the noise s of a
                                    training
    faster, but worse               the same, and in the end the other did better
    faster, the end is open         the same, and which ends better is not settled
    reaches the target more often   as faster, whatever the end, but less than half of the other's trials ever came, and surely
                                    a smaller share: how many epochs they need is not known, so the word is not about speed
    undecided                       anything else; also where the two bounds disagree

The verdicts on speed are a second family beside those on the objective, so they are corrected for the share of false ones among
them (Benjamini and Hochberg 1995) and marked as exploratory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sweeper.reporting.metrics.targets import UNINFORMATIVE
from sweeper.reporting.statistics.comparison import wilson
from sweeper.reporting.statistics.race import Race, Ratio
from sweeper.reporting.statistics.verdict import BETTER, LEAST, LEVEL, NO_DIFFERENCE, NOT_ENOUGH, SMALL, UNDECIDED, attainable

FASTER, FASTER_BUT_WORSE, FASTER_OPEN = "faster", "faster, but worse", "faster, the end is open"
MORE_OFTEN, UNINFORMATIVE_TARGET = "reaches the target more often", "target uninformative"
QUICKER = (FASTER, FASTER_BUT_WORSE, FASTER_OPEN, MORE_OFTEN)
SPEED_VERDICTS = (*QUICKER, NO_DIFFERENCE, UNDECIDED, UNINFORMATIVE_TARGET, NOT_ENOUGH)
"""In the order in which they are told."""

END_BETTER, END_AS_GOOD, END_WORSE, END_OPEN, END_UNKNOWN = "better", "not worse", "worse", "open", "not compared"
HALF = 0.5
SAME = 1.25
"""Ratios up to this are of no practical interest: the margin of bioequivalence trials."""


def speed_verdict(found: Race, p: float, pairs: int, came: Sequence[tuple[int, int]], end: str) -> str:
    """`found` with the faster choice as its `a`; `p` is corrected, for so many `pairs`; `came` says how many of how many trials
    of the faster choice and of the other came to the target, `end` is one of the words of `end_of`."""
    if min(found.n) < LEAST or attainable(found.paired, *found.n) > LEVEL / pairs:
        return NOT_ENOUGH
    low = min(found.optimistic.low, found.pessimistic.low)
    high = max(found.optimistic.high, found.pessimistic.high)
    if all(arrived < UNINFORMATIVE[0] * of for arrived, of in came):
        return UNINFORMATIVE_TARGET
    often, other_often = _comes_more_often(*came), _comes_more_often(*came[::-1])
    if low >= 1 / SAME and high <= SAME and not (often or other_often):
        # What never comes pulls the ratio to 1, so that few arrivals are no evidence of equal speed.
        return NO_DIFFERENCE if all(arrived >= HALF * of for arrived, of in came) else UNDECIDED
    if high >= 1 or p >= LEVEL or other_often:
        return UNDECIDED
    if came[1][0] < HALF * came[1][1] and often:
        return MORE_OFTEN
    return {END_BETTER: FASTER, END_AS_GOOD: FASTER, END_WORSE: FASTER_BUT_WORSE}.get(end, FASTER_OPEN)


def _comes_more_often(came: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the 95 % interval of the share that came lies above the other's."""
    return wilson(*came)[0] > wilson(*other)[1]


def bounds_disagree(found: Race) -> bool:
    """Whether the two bounds point different ways, or one alone is sure: then what was stopped early hides the answer."""
    one, other = found.optimistic, found.pessimistic
    return bool(found.hidden) and (_side(one) != _side(other) or (one.value - 1) * (other.value - 1) < 0)


def _side(ratio: Ratio) -> int:
    return (ratio.low > 1) - (ratio.high < 1)


def end_of(pairs: pd.DataFrame, faster: str, other: str, noise: float) -> str:
    """How the faster choice stands against the other in the end, by their row of the frame `pairs`: better, not worse by more
    than `noise` (NaN: by nothing), worse, or open."""
    rows = pairs[pairs["a"].isin((faster, other)) & pairs["b"].isin((faster, other))]
    if not len(rows) or rows.iloc[0]["why"] or pd.isna(rows.iloc[0]["shift"]):
        return END_UNKNOWN
    row = rows.iloc[0]
    ahead = row["a"] == faster
    if row["verdict"] in (BETTER, SMALL):
        return END_BETTER if ahead else END_WORSE
    margin = 0.0 if math.isnan(noise) else noise
    worst = row["shift_low"] if ahead else -row["shift_high"]
    return END_AS_GOOD if worst > -margin or (worst == 0 and row["verdict"] == NO_DIFFERENCE) else END_OPEN
