"""The searched ranges as the best trials see them: those at whose end the best trials crowd, of the sweep or of each choice."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.coverage import TOP, Edge, crowd, edge
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, percent


@dataclass(frozen=True)
class Crowded:
    """The best trials (of `choice`, where choices are compared) lie at an end of the range of `parameter`."""

    parameter: str
    choice: str
    span: Range
    edge: Edge

    @property
    def says(self) -> str:
        """`the best learning_rate of sgd, 0.097, lies in the top 4 % of its range (0.001 to 0.1)`."""
        own = f" of {clean(self.choice, 40)}" if self.choice else ""
        end = "top" if self.edge.upper else "bottom"
        at_end = self.span.count or self.edge.beyond < 0.005
        where = f"at the {end} of" if at_end else f"in the {end} {percent(self.edge.beyond, 1)} of"
        whole = f"{shown(self.span.low)} to {shown(self.span.high)}"
        return f"the best {clean(self.parameter, 60)}{own}, {shown(self.edge.value)}, lies {where} its range ({whole})"


def crowded(subject: Subject) -> list[Crowded]:
    """Every range at whose end the best trials lie, in the order of the parameters."""
    ranking = subject.ranking
    groups = {choice: ranking[ranking["choice"] == choice] for choice in subject.choices} or {"": ranking}
    found = [one for choice, own in groups.items() for one in crowded_among(subject, own, choice)]
    order = list(subject.spans)
    return sorted(found, key=lambda one: order.index(one.parameter))


def crowded_among(subject: Subject, ranked: pd.DataFrame, choice: str) -> list[Crowded]:
    """The same of some trials, best first, which are called `choice`."""
    declared = {name: span for name, span in subject.spans.items() if span.declared}
    least = crowd(len(declared))
    at = {name: edge(span, _values(ranked, name).to_numpy("float64"), least) for name, span in declared.items()}
    return [Crowded(name, choice, declared[name], found) for name, found in at.items() if found is not None]


def _values(ranked: pd.DataFrame, name: str) -> pd.Series:
    """A parameter in the best trials, where the best one has it; else none."""
    values = ranked[PARAM + name]
    return values.dropna().head(TOP) if len(values) and pd.notna(values.iloc[0]) else values.iloc[:0]
