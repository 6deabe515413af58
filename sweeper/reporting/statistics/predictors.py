"""The searched parameters as columns of numbers, for models that predict a trial's value from them.

A number becomes its place in its own range (0 to 1, on the range's own scale); a word becomes its index in the order of the
mean value of its trials, in which a tree finds the best split of them (Breiman et al. 1984, section 8.8). Parameters that
answer to each other in different options, such as the learning rate of each optimizer, are one column. What still lacks a
value in some trials is conditional: it has no column, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.reading.runs import PARAM

Array = np.ndarray


@dataclass(frozen=True)
class Predictor:
    """A column: the parameters that stand in it (`members`), and its `words`, none for a number."""

    name: str
    members: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """Between which the column lies; each word has a length of one."""
        return (-0.5, len(self.words) - 0.5) if self.words else (0.0, 1.0)


@dataclass(frozen=True)
class Predictors:
    """`x` [trials, columns] without gaps, for `columns`; `conditional` are the parameters that have none."""

    columns: tuple[Predictor, ...]
    x: Array
    conditional: tuple[str, ...]


def predictors_of(trials: pd.DataFrame, searched: Sequence[str], spans: Mapping[str, Range], y: pd.Series) -> Predictors:
    """`spans` are the ranges of the numbers among the `searched` parameters, `y` the loss-like values of `trials`. What has one
    value alone is left out."""
    groups: dict[str, list[str]] = {}
    for name in searched:
        groups.setdefault(shared_name(name, searched), []).append(name)
    columns, values, conditional = [], [], []
    for label, members in groups.items():
        single = place_or_word(trials, members, spans)
        if single.nunique() < 2:
            continue
        if single.isna().any() or len({name in spans for name in members}) > 1:
            conditional += members
            continue
        name = members[0] if len(members) == 1 else label
        numeric = pd.api.types.is_numeric_dtype(single)
        words = () if numeric else tuple(y.groupby(single).mean().sort_values(kind="stable").index)
        columns.append(Predictor(name, tuple(members), words))
        values.append(single.to_numpy("float64") if numeric else single.map(words.index).to_numpy("float64"))
    x = np.column_stack(values) if values else np.empty((len(trials), 0))
    return Predictors(tuple(columns), x, tuple(conditional))


def shared_name(name: str, searched: Sequence[str]) -> str:
    """`optimizer.*.learning_rate` for `optimizer.adam.learning_rate` where `optimizer` is searched too."""
    for parent in searched:
        if name.startswith(f"{parent}."):
            _, _, rest = name.removeprefix(f"{parent}.").partition(".")
            return f"{parent}.*.{rest}" if rest else name
    return name


def place_or_word(trials: pd.DataFrame, members: Sequence[str], spans: Mapping[str, Range]) -> pd.Series:
    """Of the first of `members` that a trial has: its place if it is a number, else the word; missing where it has none."""
    columns = [_column(trials[PARAM + name], spans.get(name)) for name in members]
    single = columns[0]
    for other in columns[1:]:
        single = single.where(single.notna(), other)
    return single


def _column(values: pd.Series, span: Range | None) -> pd.Series:
    if span is None:
        return values.astype("str").astype("object").where(values.notna(), np.nan)
    places = pd.Series(span.places(values.astype("float64").to_numpy(na_value=np.nan)), index=values.index)
    return places.clip(0, 1)
