"""A comparison as a row of the frame `pairs`: with its verdict, and the better of the two first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.comparison import Comparison, holm
from sweeper.reporting.statistics.verdict import CLEARLY, LEVEL, NOT_ENOUGH, UNDECIDED, VERDICTS, least, needed, verdict

LEAST_WINS = 0.6
"""A win probability below which nobody would look for a difference."""
SEEDS = "fresh seeds"
"""The rung of comparisons between the seeds of chosen configurations."""
NOTHING = "no trials of both to compare"
COLUMNS = (
    "factor", "a", "b", "partner", "within", "against", "rung", "design", "n_a", "n_b", "wins", "wins_low", "wins_high",
    "shift", "shift_low", "shift_high", "p", "p_holm", "smd_before",
    "smd_after", "verdict", "needed", "why",
)  # fmt: skip
_TEXTS = dict.fromkeys(("factor", "a", "b", "partner", "within", "against", "rung", "design", "verdict", "why"), "str")
_WHOLE = ("n_a", "n_b", "needed")

Key = TypeVar("Key", bound=Hashable)
Row = dict[str, object]


def corrected(found: Mapping[Key, Comparison | None]) -> dict[Key, float]:
    """The p of each comparison that could be made, corrected for their number (Holm)."""
    known = {key: one.p for key, one in found.items() if one is not None}
    return dict(zip(known, map(float, holm(np.array(list(known.values())))), strict=True)) if known else {}


def row_of(
    pair: tuple[str, str], found: Comparison | None, p_holm: float | None, family: int, noise: float, lopsided: bool
) -> Row:
    """The row of a pair of choices; `family` is how many comparisons were corrected for. `a` is the choice that did better."""
    if found is None or p_holm is None:
        return {"a": pair[0], "b": pair[1], "verdict": NOT_ENOUGH, "why": NOTHING}
    a, b = pair[::-1] if is_swapped(found) else pair
    return {"a": a, "b": b, **measured(found, p_holm, family, noise, lopsided)}


def measured(found: Comparison, p_holm: float, family: int, noise: float, lopsided: bool = False) -> Row:
    """What a comparison holds, seen from the side on which it is in favour."""
    if is_swapped(found):
        found = turned(found)
    word = verdict(found, p_holm, family, noise, lopsided)
    return {
        "design": "paired" if found.paired else "independent", "n_a": found.n[0], "n_b": found.n[1],
        "wins": found.wins, "wins_low": found.wins_low, "wins_high": found.wins_high,
        "shift": abs(found.shift), "shift_low": found.shift_low, "shift_high": found.shift_high,
        "p": found.p, "p_holm": p_holm, "verdict": word, "needed": _needed(word, found.wins, found.paired, family),
    }  # fmt: skip


def is_swapped(found: Comparison) -> bool:
    """Whether the second of the two did better."""
    return found.shift < 0 or (found.shift == 0 and found.wins < 0.5)


def turned(found: Comparison) -> Comparison:
    """The same seen from the other side."""
    return replace(
        found,
        n=found.n[::-1],
        wins=1 - found.wins,
        wins_low=1 - found.wins_high,
        wins_high=1 - found.wins_low,
        shift=-found.shift,
        shift_low=-found.shift_high,
        shift_high=-found.shift_low,
    )


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """The frame of `columns.COLUMNS["pairs"]`."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = {name: "float64" for name in COLUMNS if name not in _TEXTS and name not in _WHOLE}
    frame = frame.astype(dict.fromkeys(_TEXTS, "object")).fillna(dict.fromkeys(_TEXTS, ""))
    return frame.astype({**_TEXTS, **numbers}).astype(dict.fromkeys(_WHOLE, "Int64"))


def ranked(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs in the order of what they say most surely."""
    order = pairs["verdict"].map({word: place for place, word in enumerate(VERDICTS)})
    return pairs.assign(order=order).sort_values(["order", "p_holm", "a", "b"]).drop(columns="order")


def _needed(word: str, wins: float, paired: bool, family: int) -> int | None:
    """Pairs, or trials of each choice, that would settle an open question: for a win probability that is worth having where
    little is known, else for the one that was seen."""
    if word not in (NOT_ENOUGH, UNDECIDED):
        return None
    enough = needed(CLEARLY if word == NOT_ENOUGH else max(wins, LEAST_WINS), paired, LEVEL / family)
    return max(enough, least(paired, family))
