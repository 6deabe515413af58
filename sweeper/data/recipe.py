"""How a data set's rows become what a network reads: which row belongs to which part, and what is done to each.

Everything is fitted on the training part of its own split, so a cross-validation has a recipe for each fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sweeper.data import columns, scaling
from sweeper.data.columns import Encoding
from sweeper.data.folds import fold_rows
from sweeper.data.pieces import gathered, pieces
from sweeper.data.raw import Array, RawData, Settings
from sweeper.data.scaling import Scaling
from sweeper.data.split import split_rows
from sweeper.data.targets import Targets
from sweeper.records import Task


@dataclass(frozen=True)
class Recipe:
    """One split: `parts` holds row numbers by part, `encoding` makes features of a table's columns (None for rows that are
    numbers already), and `scaling` shifts and scales those."""

    parts: Mapping[str, Array]
    encoding: Encoding | None
    scaling: Scaling

    def inputs(self, raw: RawData, rows: Array) -> Array:
        """The prepared rows with these numbers, float32 [rows, *input_shape]."""
        return self.scaling.apply(encoded(self.encoding, gathered(raw.x, rows)))

    def features(self, raw: RawData) -> tuple[str, ...]:
        return raw.features if self.encoding is None else self.encoding.features


def recipes(raw: RawData, targets: Targets, settings: Settings) -> tuple[Recipe, ...]:
    """The recipe of the only split, or of each fold. Raises DataError where a part would lack rows."""
    classes = targets.y if targets.task is Task.CLASSIFICATION else None
    rows = raw.name, classes, raw.groups, raw.parts, len(raw.x), settings
    splits = (split_rows(*rows),) if settings["folds"] is None else fold_rows(*rows)
    encodings: list[Encoding | None] = [None] * len(splits)
    if raw.columns:
        encodings[:] = columns.alike([columns.fit(raw.name, raw.x, split["train"], raw.columns) for split in splits])
    return tuple(
        Recipe(split, encoding, _scaling(raw, split["train"], encoding, standardize=settings["standardize"]))
        for split, encoding in zip(splits, encodings, strict=True)
    )


def encoded(encoding: Encoding | None, x: Array) -> Array:
    """Features [rows, ...] of rows as they were read."""
    if encoding is not None:
        return encoding.apply(x)
    return x.reshape(len(x), 1) if x.ndim == 1 else x


def _scaling(raw: RawData, train: Array, encoding: Encoding | None, *, standardize: bool) -> Scaling:
    if not standardize:
        return scaling.unchanged()
    size = encoded(encoding, raw.x[:1]).size
    return scaling.fit(encoded(encoding, gathered(raw.x, train[piece])) for piece in pieces(len(train), size))
