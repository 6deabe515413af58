"""All that a sweep's evidence changes in its space."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.errors import InputError
from sweeper.reporting.reading.space import space_of
from sweeper.reporting.refining.budget import epochs, trials
from sweeper.reporting.refining.contests import narrower
from sweeper.reporting.refining.edges import ends, wider
from sweeper.reporting.refining.searched import Evidence, evidence_of
from sweeper.reporting.refining.settled import Settled, settled
from sweeper.reporting.statistics.pairs import LEARNED, PRUNED
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count
from sweeper.spaces import SearchSpace
from sweeper.spaces.changes import Bounds, Change, Only, Without
from sweeper.spaces.tree import Range

_NAMED = 3


@dataclass(frozen=True)
class Proposal:
    """`changes` in the order in which they are made: inner places first. `open` are sentences on what is undecided, each with
    the command that would settle it in the sweep itself; `untold` says what the evidence cannot show."""

    changes: tuple[Change, ...]
    open: tuple[str, ...]
    untold: str


def propose(subject: Subject, space: SearchSpace | None) -> Proposal:
    """What the sweep's trials say about its space; `space` is None for a Python function, of which the trials alone are known.

    Nothing is proposed without evidence, and each range and choice is changed once at most.
    """
    evidence = evidence_of(subject, space)
    ranges = _one_each(evidence, narrower(evidence), wider(evidence))
    found = settled(evidence, [change.path for change in ranges])
    kept = [change for change in ranges if _is_left(change.path, found.changes)]
    changes = [*kept, *found.changes, *trials(evidence, found), *epochs(evidence)]
    untold = "" if evidence.drawn else _untold(evidence)
    return Proposal(tuple(sorted(changes, key=_order)), _open(subject, found), untold)


def why_refine(subject: Subject) -> str:
    """What another space would change first, in a few words; empty where it is nothing, or the sweep's space cannot be read."""
    try:
        changes = propose(subject, space_of(subject.frames.sweep)).changes
    except InputError:
        return ""
    more = f", and {count(len(changes) - 1, 'more change')}" if len(changes) > 1 else ""
    return f"{clean(changes[0].path, 60)} {changes[0].says}{more}" if changes else ""


def _one_each(evidence: Evidence, narrow: list[Change], wide: list[Change]) -> list[Change]:
    """Of a range that is too wide at one end and too narrow at the other, one change with both reasons."""
    ranges, cut = {found.path: found.range for found in evidence.ranges}, {change.path: change for change in narrow}
    both = [_both(ranges[one.path], cut[one.path], one) if one.path in cut else one for one in wide]
    return [*(change for change in narrow if change.path not in {one.path for one in wide}), *both]


def _both(before: Range, narrow: Change, wide: Change) -> Change:
    """The end that moves out, and of the other what it becomes."""
    cut, grown = narrow.becomes, wide.becomes
    assert isinstance(cut, Bounds)
    assert isinstance(grown, Bounds)
    bounds = Bounds(cut.low, grown.high) if grown.high > before.high else Bounds(grown.low, cut.high)
    says = f"moved from {ends(before.low, before.high)} to {ends(bounds.low, bounds.high)}"
    return Change(narrow.path, bounds, says, f"{wide.reason}; {narrow.reason}")


def _is_left(path: str, changes: tuple[Change, ...]) -> bool:
    """Whether a place is still in the space after options were dropped."""
    return not any(_is_gone(path, change) for change in changes)


def _is_gone(path: str, change: Change) -> bool:
    if isinstance(change.becomes, Only):
        return path.startswith(f"{change.path}.") and not path.startswith(f"{change.path}.{change.becomes.value}.")
    gone = change.becomes.values if isinstance(change.becomes, Without) else ()
    return any(path.startswith(f"{change.path}.{value}.") for value in gone)


def _order(change: Change) -> tuple[int, int]:
    """Deepest places first, for a choice that is fixed gives what is inside it other names."""
    return (isinstance(change.becomes, Only), -change.path.count("."))


def _open(subject: Subject, found: Settled) -> tuple[str, ...]:
    """Sentences on the undecided pairs that are left, those together that the same command would settle."""
    if subject.frames.sweep.sampler == "grid" or not len(found.open):
        return ()
    lacking = found.open["needed"] - found.open[["n_a", "n_b"]].min(axis=1)
    told = []
    for more, pairs in found.open.groupby(lacking.clip(lower=1)):
        first, others = pairs.iloc[0], len(pairs) - 1
        also = f" and {count(others, 'other pair')}" if others else ""
        told.append(
            f"{clean(first['a'], 40)} against {clean(first['b'], 40)}{also}: {first['verdict']}. To settle it in this sweep: "
            f"sweep resume {clean(subject.frames.sweep.name, 64)} --trials +{int(more) * len(subject.choices)}"
        )
    return tuple(told[:_NAMED])


def _untold(evidence: Evidence) -> str:
    pruned = (evidence.subject.trials["reason"] == "pruner").any()
    return f"No range is narrowed and no value dropped: {PRUNED if pruned else LEARNED}."
