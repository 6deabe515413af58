"""Pairs that say the same in one sentence: `a did better than b, c and d`, or `a and b did better than c`.

A choice that is worse than all others would otherwise open a report as many times as there are others. Each pair is in one
sentence; the surest comes first and takes along those with its better choice, or those with its worse one, whichever are more.
What is said of all of them is what holds for the weakest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.statistics.matching import ADJUSTED
from sweeper.reporting.statistics.verdict import BETTER, SMALL
from sweeper.reporting.story.compared.comparing import BUT_SMALL, counted, end, p_words, surely
from sweeper.reporting.story.compared.crossed import averaged, plain_averages
from sweeper.reporting.story.compared.modifiers import modifiers
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed

_NAMED = 6
"""So many choices a side of a sentence names."""
_BESIDE = 2
"""So many of the things that speak against it are said; the section has all."""
_WEAKEST_FIRST = ("probably did", "did", "did clearly")

Pair = tuple[str, str, str]
"""The compared parameter, the better choice, the worse one."""


def gathered(subject: Subject) -> dict[Pair, str]:
    """The sentence of each pair that shares one with others; of a crossed question averages do, but for those that another
    parameter changes."""
    told: dict[Pair, str] = {}
    for rows in groups(plain_averages(subject.pairs) if subject.crossed else subject.pairs):
        said = _sentence(subject, rows)
        if subject.crossed:
            said = averaged(subject, str(rows["factor"].iloc[0]), said, rows)
        told |= {(str(row["factor"]), str(row["a"]), str(row["b"])): said for _, row in rows.iterrows()}
    return told


def groups(pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows of the frame `pairs` that say the same, two or more each, the surest group first."""
    left, found = ranked(pairs[pairs["verdict"].isin((BETTER, SMALL)) & (pairs["why"] == "")]), []
    while len(left):
        first = left.iloc[0]
        alike = left[(left[["factor", "verdict", "rung"]] == first[["factor", "verdict", "rung"]]).all(axis=1)]
        sides = [alike[alike[side] == first[side]] for side in ("a", "b")]
        most = max(sides, key=len)
        if len(most) > 1:
            found.append(most)
        left = left.drop(index=most.index)
    return found


def _sentence(subject: Subject, rows: pd.DataFrame) -> str:
    beside = [modifiers(subject, row) for _, row in rows.iterrows()]
    words = [surely(row, own) for (_, row), own in zip(rows.iterrows(), beside, strict=True)]
    here = " in this sweep" if rows["rung"].isin(ADJUSTED).any() else ""
    small = f", {'though' if here else 'but'} {BUT_SMALL}" if rows["verdict"].iloc[0] == SMALL else ""
    better, worse = (listed([clean(choice, 40) for choice in dict.fromkeys(rows[side])], most=_NAMED) for side in ("a", "b"))
    said = list(dict.fromkeys(one for own in beside for one in own.beside(str(rows["verdict"].iloc[0]))))
    more = f" {count(len(said) - _BESIDE, 'more doubt')} of this kind stand in the section." if len(said) > _BESIDE else ""
    doubts = "".join(f" {one}" for one in said[:_BESIDE])
    did = min(words, key=_WEAKEST_FIRST.index)
    return f"{better} {did} better than {worse}{here}{small}: {_evidence(subject, rows)}.{doubts}{more}"


def _evidence(subject: Subject, rows: pd.DataFrame) -> str:
    """From the least to the most of all pairs; intervals from their lowest end to their highest."""
    weakest = rows.iloc[int(rows["wins"].argmin())]
    more = " or more" if rows["wins"].max() > weakest["wins"] else ""
    wins = f"win probability {weakest['wins']:.2f} [{rows['wins_low'].min():.2f}, {rows['wins_high'].max():.2f}]{more}"
    alike = list(dict.fromkeys(counted(row) for _, row in rows.iterrows()))
    over = f"{alike[0]} each" if len(alike) == 1 else f"{_fewest(rows)} or more each"
    p = p_words(rows["p_holm"].max())
    return f"{_shifts(subject, rows)}{wins}, {over}, p {p}{'' if p.startswith('below') else ' at most'}"


def _fewest(rows: pd.DataFrame) -> str:
    return counted(rows.iloc[int(rows[["n_a", "n_b"]].min(axis=1).astype("int64").argmin())])


def _shifts(subject: Subject, rows: pd.DataFrame) -> str:
    if not np.isfinite(rows["shift"]).all():
        return ""
    side = "higher" if subject.orientation.maximize else "lower"
    ends: Sequence[str] = tuple(dict.fromkeys((end(rows["shift"].min()), end(rows["shift"].max()))))
    bounds = f"[{end(rows['shift_low'].min())}, {end(rows['shift_high'].max())}]"
    return f"{subject.metric} {' to '.join(ends)} {bounds} {side}, "
