"""What a sweep searched, range by range and choice by choice, with the trials that say something about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sweeper.catalogue.declaration import Number
from sweeper.records import Value
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.pairs import BASELINE, INDEPENDENT
from sweeper.reporting.story.subject import Subject
from sweeper.spaces import SearchSpace
from sweeper.spaces.limits import limits
from sweeper.spaces.tree import Range

WIDE = 30.0
"""Values of a space in Python, of which only the trials are known, that lie further apart are taken to be on a log scale."""


@dataclass(frozen=True)
class Searched:
    """A range, with the names that its values have in a trial (one for each layer), and what the catalogue permits there."""

    path: str
    names: tuple[str, ...]
    range: Range
    limits: Number


@dataclass(frozen=True)
class Offered:
    """A choice: `values` as the space lists them."""

    path: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Evidence:
    """A sweep's trials beside what it searched. `drawn` says that no outcome was looked at when trials were drawn or stopped,
    so that values may be set against each other."""

    subject: Subject
    ranges: tuple[Searched, ...]
    choices: tuple[Offered, ...]

    @property
    def drawn(self) -> bool:
        sampler = self.subject.frames.sweep.sampler
        return sampler in ("paired", *INDEPENDENT) and not (self.subject.trials["reason"] == "pruner").any()

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Complete trials and those that diverged or were pruned, without the baseline, best first; `y` is loss-like, and
        infinite for the latter two: they are none of the best."""
        trials = self.subject.trials
        y = self.subject.orientation.loss_like(trials["trial_value"].astype("float64"))
        y = y.mask(trials["reason"].isin(("diverged", "pruner")), float("inf"))
        known = trials.assign(y=y)[y.notna() & (trials["phase"] != BASELINE)]
        return known.sort_values(["y", "number"])

    @cached_property
    def draws(self) -> pd.DataFrame:
        """`trials` as independent draws: of a paired sweep one for each block, the mean of its choices."""
        if self.subject.frames.sweep.sampler != "paired":
            return self.trials
        return self.trials[self.trials["block"].notna()]

    def column(self, name: str) -> pd.Series | None:
        """The values of a parameter, as numbers where they are; None where no trial has it."""
        return self.trials.get(PARAM + name)

    def places(self, found: Searched) -> pd.DataFrame:
        """Where the trials that have it lie in a range, 0 to 1 on its own scale: a row a trial, a column for each layer."""
        known = {name: column for name in found.names if (column := self.column(name)) is not None}
        numbers = {name: pd.to_numeric(column, errors="coerce").astype("float64") for name, column in known.items()}
        frame = pd.DataFrame(numbers, index=self.trials.index)
        low, high = found.range.low, found.range.high
        if found.range.log:
            frame, low, high = frame.apply(np.log), np.log(low), np.log(high)
        return ((frame - low) / (high - low)).dropna(how="all")


def evidence_of(subject: Subject, space: SearchSpace | None) -> Evidence:
    """`space` is None for one that is a Python function: then the ranges are taken to end where the trials do."""
    if space is None:
        return Evidence(subject, *_tried(subject))
    allowed, choices = limits(space.tree), []
    ranges: dict[str, Searched] = {}
    for leaf in space.leaves:
        if isinstance(leaf.node, Range):
            before = ranges.get(leaf.node.name)
            names = (*(before.names if before else ()), leaf.name)
            ranges[leaf.node.name] = Searched(leaf.node.name, names, leaf.node, allowed.get(leaf.node.name, Number()))
        else:
            choices.append(Offered(leaf.name, leaf.node.values))
    return Evidence(subject, tuple(ranges.values()), tuple(choices))


def _tried(subject: Subject) -> tuple[tuple[Searched, ...], tuple[Offered, ...]]:
    ranges, choices = [], []
    seen: list[pd.Series] = []
    for name in sorted(subject.searched, key=lambda one: (one.count("."), one)):
        column = subject.trials[PARAM + name].dropna()
        if any(column.equals(other) for other in seen):  # what a function draws is a setting, too, by another name
            continue
        seen.append(column)
        if not pd.api.types.is_numeric_dtype(column):
            choices.append(Offered(name, tuple(dict.fromkeys(column))))
        elif column.nunique() > 1:
            low, high = float(column.min()), float(column.max())
            whole = pd.api.types.is_integer_dtype(column)
            found = Range("int" if whole else "float", low, high, log=low > 0 and high / low > WIDE, name=name)
            ranges.append(Searched(name, (name,), found, Number(integer=whole)))
    return tuple(ranges), tuple(choices)
