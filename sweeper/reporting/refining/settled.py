"""What the comparison of a sweep's choices settles: options to drop, and the one to keep.

By the verdicts of `statistics.pairs` alone: an option leaves where another is better; of two without practical difference the
one stays that trains twice as fast, else the one that the space names first. Where `compare` crosses several choices a
value leaves when every combination with it is beaten by some other. An option stays whose own ranges are to be changed: what is
said of it holds for ranges that were not the right ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sweeper.records import Value
from sweeper.reporting.reading.offered import JOIN
from sweeper.reporting.refining.searched import Evidence, Offered
from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.statistics.matching import ADJUSTED
from sweeper.reporting.statistics.pairs import pairwise
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE, NOT_ENOUGH, UNDECIDED
from sweeper.reporting.story.compared.comparing import counted
from sweeper.reporting.text import clean, listed, number
from sweeper.spaces.changes import Change, Only, Without

FASTER = 2.0
"""A program stays with its worker, and a busy worker can make less than this of the same work."""


@dataclass(frozen=True)
class Settled:
    """The changes, the choices (as the frames name them) that are left, and the pairs among these that are open."""

    changes: tuple[Change, ...]
    left: tuple[str, ...]
    open: pd.DataFrame


def settled(evidence: Evidence, mended: Sequence[str] = ()) -> Settled:
    """`mended` are the paths of ranges that are to be changed."""
    subject = evidence.subject
    if not subject.compares:
        return Settled((), (), pd.DataFrame())
    compare = subject.frames.sweep.compare
    pairs = subject.pairs if len(compare) == 1 else pairwise(subject.frames)
    pairs = pairs[~pairs["rung"].isin(ADJUSTED)]  # of a sampler that looked at outcomes: too little to drop a choice
    beaten = {str(row["b"]): row for _, row in ranked(pairs)[::-1].iterrows() if row["verdict"] == BETTER}
    equal = (
        _equals(evidence, pairs, [choice for choice in subject.choices if choice not in beaten]) if len(compare) == 1 else {}
    )
    gone = {choice: _lost(row) for choice, row in beaten.items()} | equal
    gone = {choice: why for choice, why in gone.items() if not _is_mended(choice, compare, mended)}
    offered = {one.path: one for one in evidence.choices}
    changes = []
    for place, path in enumerate(compare):
        if path in offered and (change := _change(subject.choices, gone, offered[path], place)) is not None:
            changes.append(change)
    left = tuple(choice for choice in subject.choices if _is_left(choice, compare, changes))
    among = pairs["a"].isin(left) & pairs["b"].isin(left)
    still = pairs[among & pairs["verdict"].isin((UNDECIDED, NOT_ENOUGH)) & pairs["needed"].notna() & pairs["n_a"].notna()]
    return Settled(tuple(changes), left, still)


def _is_left(choice: str, compare: Sequence[str], changes: Sequence[Change]) -> bool:
    """Whether the next space has all the values that a choice stands for."""
    becomes = {change.path: change.becomes for change in changes}
    for path, word in zip(compare, choice.split(JOIN), strict=False):
        now = becomes.get(path)
        if isinstance(now, Only) and word != _word(now.value):
            return False
        if isinstance(now, Without) and word in map(_word, now.values):
            return False
    return True


def _word(value: Value) -> str:
    """A value as the name of a choice has it."""
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _is_mended(choice: str, compare: Sequence[str], mended: Sequence[str]) -> bool:
    places = [f"{path}.{word}." for path, word in zip(compare, choice.split(JOIN), strict=False)]
    return any(path.startswith(place) for path in mended for place in places)


def _change(choices: list[str], gone: dict[str, str], offered: Offered, place: int) -> Change | None:
    """`place` is that of the path in `compare`, whose values a choice's name holds in this order."""
    words = {value: _word(value) for value in offered.values}
    holding = {value: [one for one in choices if one.split(JOIN)[place] == word] for value, word in words.items()}
    out = [value for value, ours in holding.items() if ours and all(one in gone for one in ours)]
    left = [value for value in offered.values if value not in out]
    if not out or not left:
        return None
    reasons = "; ".join(f"{clean(words[value], 40)} {gone[holding[value][0]]}" for value in out)
    reason = reasons if all(len(holding[value]) == 1 for value in out) else f"in every combination: {reasons}"
    if len(left) == 1:
        return Change(offered.path, Only(left[0]), f"fixed to {clean(words[left[0]], 40)}", reason)
    return Change(offered.path, Without(tuple(out)), f"without {listed([clean(words[value], 40) for value in out])}", reason)


def _lost(row: pd.Series) -> str:
    wins = f"win probability {row['wins']:.2f} [{row['wins_low']:.2f}, {row['wins_high']:.2f}]"
    return f"did worse than {clean(row['a'], 40)} ({wins} against it, {counted(row)})"


def _equals(evidence: Evidence, pairs: pd.DataFrame, choices: list[str]) -> dict[str, str]:
    """Those that are told apart from one that stays by nothing that matters, and why that one stays."""
    same = {frozenset((row["a"], row["b"])): row for _, row in pairs.iterrows() if row["verdict"] == NO_DIFFERENCE}
    seconds = evidence.trials.groupby("choice")["seconds_per_epoch"].median()
    kept: list[str] = []
    gone: dict[str, str] = {}
    for choice in sorted(choices, key=lambda one: (_rank(seconds, choices, one), choices.index(one))):
        like = next((one for one in kept if frozenset((one, choice)) in same), None)
        if like is None:
            kept.append(choice)
            continue
        row = same[frozenset((like, choice))]
        own, other = float(seconds.get(choice, float("nan"))), float(seconds.get(like, float("nan")))
        told = f", and an epoch of {clean(like, 40)} takes {number(other)} s against {number(own)}"
        why = told if own / other >= FASTER else ""
        gone[choice] = f"shows no practical difference from {clean(like, 40)} ({counted(row)}){why}"
    return gone


def _rank(seconds: pd.Series, choices: list[str], choice: str) -> int:
    """0 for those not half as fast as the fastest, else 1: among these the space's own order decides."""
    known = seconds.reindex(choices).dropna()
    own = seconds.get(choice)
    return int(own is not None and len(known) > 1 and bool(own >= FASTER * known.min()))
