"""Ranges that end too early: the best trials lie at an end.

An end is widened where the best trial lies in its tenth, on the range's own scale, and one of these holds:

    half of the best ones and more lie there, which would hardly be by chance (binomial, 2.5 % for each end); the best ones are
    the best tenth, but five at least
    where trials were drawn without regard to outcomes, values get better towards it over the whole range (Kendall's tau below
    -1/2 for the loss, one-sided p below 2.5 %); then the outermost draw counts as lying there, too

Godbole et al. (2023, Deep Learning Tuning Playbook, "identifying bad search space boundaries") look for the same by eye.
Where a sampler learned it may have gone to the end by mistake; a wider range then costs little and finds out.
"""

from __future__ import annotations

import math

import pandas as pd
from scipy import stats

from sweeper.reporting.refining.searched import Evidence, Searched
from sweeper.reporting.text import minus
from sweeper.spaces.changes import Bounds, Change
from sweeper.spaces.tree import Range

LEAST = 10
"""Trials without which a range is left alone."""
BEST = 5
TENTH = 0.1
CHANCE = 0.025
STEADY = -0.5
_FACTORS = (3.0, 10.0)
"""A logarithmic range grows by the fourth root of its width, within these."""
_GROWTH = 0.5
"""A linear one by this share of its width."""


def wider(evidence: Evidence) -> list[Change]:
    """The ranges to widen. Never beyond what the catalogue permits."""
    return [change for found in evidence.ranges if (change := _wider(evidence, found)) is not None]


def _wider(evidence: Evidence, found: Searched) -> Change | None:
    places = evidence.places(found)
    y = evidence.trials["y"].loc[places.index]
    n, k = len(places), max(BEST, len(places) // 10)
    if n < LEAST or int((y < float("inf")).sum()) < k:
        return None
    for upper in (True, False):
        reason = _crowded(found, places, k, upper) or (_rising(places, y, upper) if evidence.drawn else "")
        bounds = widened(found, upper) if reason else None
        if bounds is not None:
            says = f"widened from {ends(found.range.low, found.range.high)} to {ends(bounds.low, bounds.high)}"
            return Change(found.path, bounds, says, reason)
    return None


def _crowded(found: Searched, places: pd.DataFrame, k: int, upper: bool) -> str:
    """The reason to widen where the best trials crowd at this end; empty where they do not. `places` has the best first."""
    ours = _at_the_end(places.head(k), upper)
    there = int(ours.sum())
    likely = _share(found.range, upper, len(found.names))
    if not ours.iloc[0] or 2 * there < k or stats.binom.sf(there - 1, k, likely) >= CHANCE:
        return ""
    where = f"the {'top' if upper else 'bottom'} tenth of it{' in most layers' if len(found.names) > 1 else ''}"
    return f"{there} of the best {k} of {len(places)} trials lie in {where}, the best one among them"


def _rising(places: pd.DataFrame, y: pd.Series, upper: bool) -> str:
    """The reason to widen where values get better towards this end; empty where they do not."""
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


def _at_the_end(places: pd.DataFrame, upper: bool) -> pd.Series:
    """By trial: whether most of its layers lie in the outer tenth."""
    outer = places >= 1 - TENTH if upper else places <= TENTH
    return 2 * outer.sum(axis=1) >= places.notna().sum(axis=1)


def _share(found: Range, upper: bool, layers: int) -> float:
    """How often a trial lies there by chance: a tenth; of whole numbers and steps the share of their places; of layers the
    chance that one of two does, which is the most that half of them come to."""
    share = TENTH
    step = found.step or (1.0 if found.kind == "int" else None)
    if step is not None and not found.log:
        steps = round((found.high - found.low) / step)
        share = (math.floor(steps * TENTH + 1e-9) + 1) / (steps + 1)
    elif found.kind == "int":
        edge = found.high * (found.low / found.high) ** TENTH if upper else found.low * (found.high / found.low) ** TENTH
        inner = math.floor(edge) if not upper else math.ceil(edge)
        # A whole number is drawn as often as its piece of the logarithmic scale is long.
        piece = math.log((found.high + 0.5) / (inner - 0.5)) if upper else math.log((inner + 0.5) / (found.low - 0.5))
        share = max(TENTH, piece / math.log((found.high + 0.5) / (found.low - 0.5)))
    return share if layers == 1 else 1 - (1 - share) ** 2


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
