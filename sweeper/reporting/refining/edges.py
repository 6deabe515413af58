"""Ranges that end too early: the best trials lie at an end.

An end is widened where the section on trust calls the range too narrow (`statistics.coverage`): the best trials crowd there.
Where trials were drawn without regard to outcomes it is, too, where values get better towards it over the whole range (tau of
Kendall below -1/2 for the loss, one-sided p below 2.5 %), and the best trial lies in its tenth or is the outermost draw: of few
draws not so many lie so far out that three of the best could.

Where a sampler learned it may have gone to the end by mistake; a wider range then costs little and finds out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from scipy import stats

from sweeper.reporting.refining.searched import Evidence, Searched
from sweeper.reporting.story.searched.edges import Crowded, crowded
from sweeper.reporting.text import clean, minus
from sweeper.spaces.changes import Bounds, Change
from sweeper.spaces.tree import Range

LEAST = 10
"""Trials without which a range is left alone."""
TENTH = 0.1
CHANCE = 0.025
STEADY = -0.5
_FACTORS = (3.0, 10.0)
"""A logarithmic range grows by the fourth root of its width, within these."""
_GROWTH = 0.5
"""A linear one by this share of its width."""


def wider(evidence: Evidence) -> list[Change]:
    """The ranges to widen. Never beyond what the catalogue permits."""
    full = {one.parameter: one for one in reversed(crowded(evidence.subject))}
    return [change for found in evidence.ranges if (change := _wider(evidence, found, full)) is not None]


def _wider(evidence: Evidence, found: Searched, full: Mapping[str, Crowded]) -> Change | None:
    places = evidence.places(found)
    if len(places) < LEAST:
        return None
    reasons = [(one.edge.upper, _crowd(one)) for name in found.names if (one := full.get(name)) is not None]
    if evidence.drawn:
        y = evidence.trials["y"].loc[places.index]
        reasons += [(upper, reason) for upper in (True, False) if (reason := _rising(places, y, upper))]
    for upper, reason in reasons:
        bounds = widened(found, upper)
        if bounds is not None:
            says = f"widened from {ends(found.range.low, found.range.high)} to {ends(bounds.low, bounds.high)}"
            return Change(found.path, bounds, says, reason)
    return None


def _crowd(found: Crowded) -> str:
    return clean(f"{found.says}, and {found.edge.near} of the best {found.edge.of} trials lie near that end")


def _rising(places: pd.DataFrame, y: pd.Series, upper: bool) -> str:
    """The reason to widen where values get better towards this end; empty where they do not. `places` has the best first."""
    if places.shape[1] > 1:
        return ""
    out = places.iloc[:, 0] if upper else 1 - places.iloc[:, 0]
    best, side = float(out.iloc[0]), "upper" if upper else "lower"
    if best < 1 - TENTH and best < out.max():
        return ""
    test = stats.kendalltau(out, y.rank(), alternative="less")
    if not (test.statistic < STEADY and test.pvalue < CHANCE):
        return ""
    tau = minus(f"{test.statistic:.2f}")
    return f"values get better towards its {side} end, where the best of {len(places)} trials is (Kendall's tau {tau})"


def ends(low: float, high: float) -> str:
    """`0.001 .. 0.1`"""
    return f"{low:.4g} .. {high:.4g}"


def widened(found: Searched, upper: bool) -> Bounds | None:
    """The range with one end further out; None where it is at the end of what may stand there."""
    low, high = found.range.low, found.range.high
    end = _further(found, upper)
    if found.range.kind == "int":
        end = float(math.floor(end) if upper else math.ceil(end))
    if not (end > high if upper else end < low) or not found.limits.holds(int(end) if found.limits.integer else end):
        return None
    return Bounds(low, end) if upper else Bounds(end, high)


def _further(found: Searched, upper: bool) -> float:
    range_, takes = found.range, found.limits
    low, high = range_.low, range_.high
    if range_.log:
        factor = min(max((high / low) ** 0.25, _FACTORS[0]), _FACTORS[1])
        end = _rounded(high * factor if upper else low / factor, 1)
    elif range_.step is not None or range_.kind == "int":
        step = range_.step or 1.0
        further = max(1, round(_GROWTH * (high - low) / step)) * step
        end = high + further if upper else low - further
    else:
        further = _GROWTH * (high - low)
        end = _rounded(high + further if upper else low - further, 2)
    # What was never negative stays so: the user's own code may not expect it, and the catalogue says nothing of it.
    least = max(takes.low, 0.0) if low >= 0 else takes.low
    open_low = takes.open_low or (takes.low < 0 <= low and low > 0)
    if upper and end >= takes.high:
        return _towards(high, takes.high, range_)
    if not upper and (end < least or (open_low and end <= least)):
        return least if not open_low and range_.step is None else _towards(low, least, range_)
    return end


def _towards(end: float, limit: float, found: Range) -> float:
    """Two thirds of the way to what is the limit; steps stay where they are."""
    if found.step is not None or found.kind == "int":
        step = found.step or 1.0
        room = math.floor(abs(limit - end) / step + 1e-9) * step
        return end + math.copysign(room, limit - end)
    distance = _rounded(abs(limit - end) / 3, 1)
    return limit - math.copysign(distance, limit - end)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
