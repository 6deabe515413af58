"""Whether the sweep can be trusted: the checks and what follows from them, and each searched parameter against the value."""

from __future__ import annotations

from sweeper.reporting.story.blocks import Cell, Head, Section, Table
from sweeper.reporting.story.searched.axes import axis_plots
from sweeper.reporting.story.searched.checks import FINE, LOOK, UNKNOWN, Check, checks
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import count

TITLE = "Can the sweep be trusted?"
_ORDER = {LOOK: 0, UNKNOWN: 1, FINE: 2}


def trust(subject: Subject) -> Section | None:
    found = checks(subject)
    if not found:
        return None
    return Section("trust", TITLE, tuple(trust_sentences(found)), (_table(found), *axis_plots(subject)))


def trust_sentences(found: list[Check]) -> list[str]:
    """How many checks found something, then what each of them says."""
    told = [check.sentence for check in found if check.status == LOOK]
    unknown = sum(check.status == UNKNOWN for check in found)
    made = count(len(found) - unknown, "check")
    others = f"; {unknown} could not be made" if unknown else ""
    if not told:
        return [f"{made} found nothing that speaks against the sweep{others}."]
    return [f"{len(told)} of {made} found something to look at{others}.", *told]


def _table(found: list[Check]) -> Table:
    rows = [
        (Cell(check.what), Cell(check.status, sort=_ORDER[check.status]), Cell(check.found), Cell(check.asked))
        for check in sorted(found, key=lambda check: _ORDER[check.status])
    ]
    heads = tuple(Head(name, right=False) for name in ("Check", "Status", "Found", "Asked for"))
    return Table(heads, tuple(rows), phone=2)
