"""What a source hands over: rows as they were read, before any of them is assigned to a part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweeper.records import Task

Array = np.ndarray[Any, Any]
Settings = Mapping[str, Any]

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Column:
    """A column of a table. A text column holds the position of its value in `values`; a column of numbers has none. `dtype`
    is pandas' name for what the user's column is made of (`int64`, `bool`, `str`), empty where that is not known."""

    name: str
    values: tuple[str, ...] | None = None
    dtype: str = ""


@dataclass(frozen=True)
class RawData:
    """Rows of one data set.

    `x` is numbers, [rows, ...]; a table's is float64 [rows, columns] with NaN where a cell is blank, described by `columns`.
    `y` is [rows] or [rows, outputs]: text, truth values or numbers. `task` is None where the target must tell.
    `class_names` name the classes 0, 1 ... of a `y` that counts them. Rows with an equal number in `groups` [rows] stay in
    one part. `parts` [rows] names the part of rows that the source itself assigned, and is empty text elsewhere.
    `lines` [rows] are line numbers in a text file, counted from 1.
    """

    name: str
    x: Array
    y: Array
    task: Task | None = None
    features: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    class_names: tuple[str, ...] = ()
    groups: Array | None = None
    parts: Array | None = None
    lines: Array | None = None
    notes: tuple[str, ...] = ()

    def place(self, row: int) -> str:
        """Where a row is found by whoever reads a message: `line 17`, or `row 16` counted from 1."""
        return f"row {row + 1:,}" if self.lines is None else f"line {int(self.lines[row]):,}"
