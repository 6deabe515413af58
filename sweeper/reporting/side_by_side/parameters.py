"""What the sweeps tried and held fixed, where that is not the same in all."""

from __future__ import annotations

from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.side_by_side.several import Several
from sweeper.reporting.story.account.run import tried
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import NONE, clean

_MOST = 60
_WIDE = 30
"""Characters of a cell, so that two sweeps fit a terminal; `--json` has all."""


def differing(several: Several) -> list[str]:
    """Parameters, and what else was held fixed (budgets among it), of which not all sweeps have the same."""
    fixed = [name for subject in several.subjects for name in subject.frames.sweep.fixed]
    names = list(dict.fromkeys([*several.parameters, *fixed]))
    return [name for name in names if len({said(subject, name) for subject in several.subjects}) > 1]


def said(subject: Subject, name: str) -> str:
    """What a sweep has of a parameter: what its trials tried, the one value it was held at, or nothing."""
    if PARAM + name in subject.trials and subject.trials[PARAM + name].notna().any():
        return tried(subject, name)
    value = subject.frames.sweep.fixed.get(name)
    return NONE if value is None else shown(value)


def parameter_table(several: Several, names: list[str]) -> Table:
    rows = tuple(
        (Cell(clean(name, 60)), *(Cell(clean(said(subject, name), _WIDE)) for subject in several.subjects))
        for name in names[:_MOST]
    )
    heads = (Head("Parameter", right=False), *(Head(name, right=False) for name in several.names))
    more = f" {len(names) - _MOST} more are not listed." if len(names) > _MOST else ""
    return Table(heads, rows, f"What the trials tried, or the value that was held; {NONE}: not there.{more}")
