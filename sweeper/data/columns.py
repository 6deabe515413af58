"""A table's columns as features: text becomes a column of 0 and 1 for each value, blank numbers get the median.

Both are fitted on the training part alone: a value that occurs only elsewhere has no column, and its row is 0 in all. The folds
of a cross-validation have the same columns, and one of a value that a fold has not trained on is 0 in all its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sweeper.data.pieces import gathered, pieces
from sweeper.data.raw import Array, Column
from sweeper.data.wording import drop_line, quoted
from sweeper.errors import DataError


@dataclass(frozen=True)
class Encoding:
    """`medians` is float64 [columns]; `known` holds, for each text column, the positions of the values that occur in the
    training part, and `laid_out` those that get a feature, in which a value that is not known is always 0."""

    columns: tuple[Column, ...]
    medians: Array
    known: tuple[tuple[int, ...], ...]
    laid_out: tuple[tuple[int, ...], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features: a number's column, and `column=value` for text."""
        names: list[str] = []
        for column, codes in zip(self.columns, self.laid_out, strict=True):
            names += [column.name] if column.values is None else [f"{column.name}={column.values[code]}" for code in codes]
        return tuple(names)

    def apply(self, x: Array) -> Array:
        """float64 [rows, features] of x [rows, columns]."""
        features = []
        for position, column in enumerate(self.columns):
            cells = x[:, position]
            if column.values is None:
                features.append(np.where(np.isnan(cells), self.medians[position], cells))
            else:
                known = self.known[position]
                features += [((cells == code) & (code in known)).astype(np.float64) for code in self.laid_out[position]]
        return np.stack(features, axis=1)


def fit(name: str, x: Array, rows: Array, columns: tuple[Column, ...]) -> Encoding:
    """The encoding by the training part, the numbered `rows` of x [all rows, columns].

    Raises DataError for a column that is blank throughout.
    """
    medians, known = np.zeros(len(columns)), []
    for position, (column, cells) in enumerate(zip(columns, _cells(x, rows), strict=True)):
        present = cells[~np.isnan(cells)]
        if len(present) == 0:
            raise DataError(
                f"{name}: column {quoted(column.name)} is blank in every row of the training part.\n"
                f"    write:  {drop_line([column.name])}"
            )
        medians[position] = np.median(present)
        known.append(() if column.values is None else tuple(int(code) for code in np.unique(present)))
    return Encoding(columns, medians, tuple(known), tuple(known))


def _cells(x: Array, rows: Array) -> Iterator[Array]:
    """These rows of one column after the other; of as many columns as fit into a piece they are read in one go."""
    for some in pieces(x.shape[1], len(rows)):
        yield from gathered(x[:, some], rows).T


def alike(encodings: Sequence[Encoding]) -> tuple[Encoding, ...]:
    """These encodings of the same columns with equal features: those that any of them has."""
    together = zip(*(encoding.laid_out for encoding in encodings), strict=True)
    laid_out = tuple(tuple(sorted(set().union(*codes))) for codes in together)
    return tuple(replace(encoding, laid_out=laid_out) for encoding in encodings)
