"""A table's columns as features: text becomes a column of 0 and 1 for each value, blank numbers get the median.

Both are fitted on the training part alone: a value that occurs only elsewhere has no column, and its row is 0 in all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.data.raw import Array, Column
from sweeper.data.wording import drop_line, quoted
from sweeper.errors import DataError


@dataclass(frozen=True)
class Encoding:
    """`medians` is float64 [columns]; `known` holds, for each text column, the positions of the values that get a feature."""

    columns: tuple[Column, ...]
    medians: Array
    known: tuple[tuple[int, ...], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features: a number's column, and `column=value` for text."""
        names: list[str] = []
        for column, known in zip(self.columns, self.known, strict=True):
            names += [column.name] if column.values is None else [f"{column.name}={column.values[code]}" for code in known]
        return tuple(names)

    def apply(self, x: Array) -> Array:
        """float64 [rows, features] of x [rows, columns]."""
        features = []
        for position, column in enumerate(self.columns):
            cells = x[:, position]
            if column.values is None:
                features.append(np.where(np.isnan(cells), self.medians[position], cells))
            else:
                features += [(cells == code).astype(np.float64) for code in self.known[position]]
        return np.stack(features, axis=1)


def fit(name: str, x: Array, columns: tuple[Column, ...]) -> Encoding:
    """The encoding of the training part x [rows, columns]. Raises DataError for a column that is blank throughout."""
    medians, known = np.zeros(len(columns)), []
    for position, column in enumerate(columns):
        cells = x[:, position]
        present = cells[~np.isnan(cells)]
        if len(present) == 0:
            raise DataError(
                f"{name}: column {quoted(column.name)} is blank in every row of the training part.\n"
                f"    write:  {drop_line([column.name])}"
            )
        medians[position] = np.median(present)
        known.append(() if column.values is None else tuple(int(code) for code in np.unique(present)))
    return Encoding(columns, medians, tuple(known))
