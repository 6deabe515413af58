"""Parts of a range, and values of a choice, that are clearly worse than others.

That is looked for where trials were drawn without regard to outcomes: in a range by thirds on its own scale, in a choice
value by value. Each part is set against the one with the best median; it leaves the space where it loses with a win
probability of 3/4 and more for the other (Wilson's interval above 1/2), by a shift (Hodges and Lehmann) beyond the noise of a
training, and with a p of Mann and Whitney below 5 % after Holm's correction for all pairs of parts of the sweep: the best part
is picked by the same values, so any pair of parts could have been the contest. In a paired design a block is one draw, with the
mean over its choices, since they share its values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from sweeper.records import Value
from sweeper.reporting.refining.edges import ends
from sweeper.reporting.refining.searched import Evidence, Searched
from sweeper.reporting.statistics.comparison import holm, wilson
from sweeper.reporting.statistics.verdict import CLEARLY, LEAST, LEVEL
from sweeper.reporting.story.subject import shown
from sweeper.reporting.text import clean, listed
from sweeper.spaces.changes import Bounds, Change, Only, Without

_MOST = 1000
"""Draws of each side that are looked at: more would cost and tell no more."""
_THIRDS = ("lowest", "middle", "highest")


@dataclass(frozen=True)
class Contest:
    """The loss-like values of the draws in a part and in a better one of the same range or choice; `part` and `best` are the
    numbers of thirds, or values of the choice. Only one against the `best` of all that may leave the space is `read`."""

    path: str
    part: Value
    best: Value
    losing: np.ndarray
    winning: np.ndarray
    read: bool


@dataclass(frozen=True)
class Lost:
    """A contest that was lost beyond chance and noise; `drawn` is what was drawn, trials or blocks."""

    contest: Contest
    wins: float
    p: float
    drawn: str

    def says(self) -> str:
        p = "below 0.001" if self.p < 0.001 else f"{self.p:.3f}"
        n = f"{len(self.contest.losing)} against {len(self.contest.winning)} {self.drawn}"
        return f"win probability {self.wins:.2f}, {n}, p {p} after Holm"


def narrower(evidence: Evidence) -> list[Change]:
    """The ranges to narrow and the choices to shorten, but for what the sweep compares; nothing where a sampler or a pruner
    looked at outcomes."""
    if not evidence.drawn:
        return []
    compared = evidence.subject.frames.sweep.compare
    by_range = {found.path: _thirds(evidence, found) for found in evidence.ranges}
    by_choice = {found.path: _values(evidence, found.path) for found in evidence.choices if found.path not in compared}
    lost = _lost([one for found in (*by_range.values(), *by_choice.values()) for one in found], evidence)
    changes = []
    for found in evidence.ranges:
        own = [one for one in lost if one.contest.path == found.path]
        if own and (change := _cut(evidence, found, own)) is not None:
            changes.append(change)
    for offered in evidence.choices:
        own = [one for one in lost if one.contest.path == offered.path]
        if own:
            changes.append(_shortened(offered.path, offered.values, own))
    return changes


def _thirds(evidence: Evidence, found: Searched) -> list[Contest]:
    places = evidence.places(found)
    if places.shape[1] != 1:  # of layers each has its own value, and none is that of the trial
        return []
    part = (places.iloc[:, 0] * 3).clip(0, 2.999).astype("int64")
    return _contests(found.path, _independent(evidence, part), outer=True)


def _values(evidence: Evidence, path: str) -> list[Contest]:
    column = evidence.column(path)
    return [] if column is None else _contests(path, _independent(evidence, column.dropna()))


def _independent(evidence: Evidence, part: pd.Series) -> pd.DataFrame:
    """Columns part and y, a row for each independent draw."""
    draws = evidence.draws
    known = draws[draws.index.isin(part.index)].assign(part=part)[["part", "y", "block"]]
    paired = evidence.subject.frames.sweep.sampler == "paired"
    return known.groupby(["block", "part"])["y"].mean().reset_index() if paired else known


def _contests(path: str, draws: pd.DataFrame, outer: bool = False) -> list[Contest]:
    parts = {part: own["y"].to_numpy() for part, own in draws.groupby("part", sort=False) if len(own) >= LEAST}
    # Every so many-th of very many draws, which may be sorted: the first ones would be the best ones.
    values = {part: own[:: math.ceil(len(own) / _MOST)] for part, own in parts.items()}
    if len(values) < 2:
        return []
    ordered = sorted(values, key=lambda part: float(np.median(values[part])))
    return [
        Contest(path, part, better, values[part], values[better], better == ordered[0] and not (outer and part == 1))  # type: ignore[arg-type]
        for better, part in combinations(ordered, 2)
    ]


def _lost(contests: list[Contest], evidence: Evidence) -> list[Lost]:
    if not contests:
        return []
    margin = 0.0 if math.isnan(evidence.subject.rerun.sd) else evidence.subject.rerun.sd
    drawn = "blocks" if evidence.subject.frames.sweep.sampler == "paired" else "trials"
    tests = [stats.mannwhitneyu(_ranks(one.losing), _ranks(one.winning)) for one in contests]
    corrected = holm(np.array([test.pvalue for test in tests]))
    found = []
    for one, test, p in zip(contests, tests, corrected, strict=True):
        wins = float(test.statistic) / (len(one.losing) * len(one.winning))
        fewest = min(len(one.losing), len(one.winning))
        if not one.read or p >= LEVEL or wins < CLEARLY or wilson(wins * fewest, fewest)[0] <= 0.5:
            continue
        if np.median(np.subtract.outer(_ranks(one.losing), _ranks(one.winning))) > margin:
            found.append(Lost(one, wins, float(p), drawn))
    return found


def _ranks(values: np.ndarray) -> np.ndarray:
    """With a number that is worse than any for what diverged."""
    return np.asarray(np.minimum(values, 1e300))


def _cut(evidence: Evidence, found: Searched, lost: list[Lost]) -> Change | None:
    """Without the outer thirds that lost, where the best trial lies in none of them."""
    places = evidence.places(found).iloc[:, 0]
    best = min(int(places.iloc[0] * 3), 2)
    lost = [one for one in lost if one.contest.part != best]
    low = _boundary(found, 1) if any(one.contest.part == 0 for one in lost) else found.range.low
    high = _boundary(found, 2) if any(one.contest.part == 2 for one in lost) else found.range.high
    if not lost or not low < high or (low, high) == (found.range.low, found.range.high):
        return None
    said = [
        f"its {_THIRDS[int(one.contest.part or 0)]} third lost against the {_THIRDS[int(one.contest.best or 0)]} ({one.says()})"
        for one in lost
    ]
    says = f"narrowed from {ends(found.range.low, found.range.high)} to {ends(low, high)}"
    return Change(found.path, Bounds(low, high), says, listed(said))


def _boundary(found: Searched, third: int) -> float:
    """Where a third begins, rounded outwards to a digit (linear: two); on the range's steps."""
    range_ = found.range
    if range_.log:
        place = range_.low * (range_.high / range_.low) ** (third / 3)
    else:
        place = range_.low + (range_.high - range_.low) * third / 3
    step = range_.step or (1.0 if range_.kind == "int" else None)
    if step is None:
        unit = math.floor(math.log10(abs(place))) if place else 0
        digits = 10.0 ** (unit if range_.log else unit - 1)
        rounded = (math.floor(place / digits) if third == 1 else math.ceil(place / digits)) * digits
        return float(f"{rounded:.12g}")
    steps = (place - range_.low) / step
    return float(range_.low + step * (math.floor(steps + 1e-9) if third == 1 else math.ceil(steps - 1e-9)))


def _shortened(path: str, values: tuple[Value, ...], lost: list[Lost]) -> Change:
    gone = [value for value in values if any(_same(one.contest.part, value) for one in lost)]
    left = [value for value in values if value not in gone]
    said = [f"{shown(one.contest.part)} lost against {shown(one.contest.best)} ({one.says()})" for one in lost]
    if len(left) == 1:
        return Change(path, Only(left[0]), f"fixed to {clean(_word(left[0]))}", listed([clean(text, 200) for text in said]))
    words = listed([clean(_word(value), 40) for value in gone])
    return Change(path, Without(tuple(gone)), f"without {words}", listed([clean(text, 200) for text in said]))


def _same(tried: Value, value: Value) -> bool:
    """Whether what MLflow kept of a trial is this value of the space."""
    return str(tried) == _word(value) or (isinstance(value, int | float) and tried == value)


def _word(value: Value) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
