"""The user's tables, CSV and Parquet: every column is an input, but for the target, the group and what is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sweeper.data.raw import Array, Column, RawData, Settings
from sweeper.data.scratch import Scratch
from sweeper.data.sources.cells import Cells, read_cells, read_target
from sweeper.data.sources.csv_text import read_csv
from sweeper.data.sources.files import find_file
from sweeper.data.sources.parquet_file import ParquetFile
from sweeper.data.wording import drop_line, listed, quoted
from sweeper.errors import DataError, did_you_mean
from sweeper.records import Task

if TYPE_CHECKING:
    import pandas

MANY_ROWS = 20
"""In a shorter table, whole numbers that all differ say nothing about an id."""


class Table(Protocol):
    """Columns by name, and all rows in pieces."""

    @property
    def columns(self) -> Sequence[str]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, column: str) -> pandas.Series[Any]: ...

    def pieces(self, columns: Sequence[str]) -> Iterator[pandas.DataFrame]: ...


@dataclass(frozen=True)
class Frame:
    """A table that lies in memory."""

    frame: pandas.DataFrame

    @property
    def columns(self) -> Sequence[str]:
        return list(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, column: str) -> pandas.Series[Any]:
        return self.frame[column]

    def pieces(self, columns: Sequence[str]) -> Iterator[pandas.DataFrame]:
        yield self.frame


def csv(settings: Settings, folder: Path) -> RawData:
    """A CSV file with a header, in UTF-8, separated by commas, semicolons, tabs or bars."""
    path = find_file(folder, settings["file"])
    frame, lines = read_csv(path)
    return _raw(path.name, Frame(frame), lines, settings, np.empty)


def parquet(settings: Settings, folder: Path, scratch: Scratch) -> RawData:
    """A Parquet file, read column by column and then in pieces, so that no more than a column of it is in memory at once."""
    path = find_file(folder, settings["file"])
    return _raw(path.name, ParquetFile(path), None, settings, scratch.array)


def check_columns(name: str, columns: Sequence[str], settings: Settings) -> list[str]:
    """The inputs among a table's columns. Raises DataError for a column that is named and not there, and where none is left."""
    target, group, dropped = settings["target"], settings["group"], list(settings["drop"] or ())
    for setting, column in [("target", target), ("group", group), *(("drop", column) for column in dropped)]:
        if column is not None and column not in columns:
            raise DataError(
                f"{name} has no column {quoted(column)} (`{setting}`).{did_you_mean(column, columns)} "
                f"It has: {listed(columns)}."
            )
    if target == group or target in dropped:
        raise DataError(f"{name}: the target {quoted(target)} cannot be {'the group' if target == group else 'dropped'} too.")
    inputs = [column for column in columns if column not in {target, group, *dropped}]
    if not inputs:
        raise DataError(f"{name}: no column is left to learn from beside the target {quoted(target)}.")
    return inputs


def _raw(
    name: str, table: Table, lines: Array | None, settings: Settings, array: Callable[[tuple[int, int], type], Array]
) -> RawData:
    target, group, dropped = settings["target"], settings["group"], list(settings["drop"] or ())
    inputs = check_columns(name, table.columns, settings)
    cells = {column: read_cells(table[column]) for column in inputs}
    _refuse(name, cells, dropped)
    y = _target(name, table[target], target, lines)
    groups = None if group is None else _groups(name, table[group], group, lines)
    return RawData(
        name,
        _numbers(table, cells, array((len(table), len(cells)), np.float64)),
        y,
        None if settings["task"] is None else Task(settings["task"]),
        columns=tuple(Column(column, cell.texts, cell.dtype) for column, cell in cells.items()),
        groups=groups,
        lines=lines,
        notes=_notes(cells, len(table)),
    )


def _numbers(table: Table, cells: Mapping[str, Cells], into: Array) -> Array:
    start = 0
    for piece in table.pieces(list(cells)):
        for position, (column, cell) in enumerate(cells.items()):
            into[start : start + len(piece), position] = cell.numbers(piece[column])
        start += len(piece)
    return into


def _target(name: str, series: pandas.Series[Any], column: str, lines: Array | None) -> Array:
    _refuse_blanks(name, series, column, "target", lines)
    y = read_target(series)
    if y is None:
        raise DataError(f"{name}: the target {quoted(column)} holds neither numbers nor classes, but {quoted(series.iloc[0])}.")
    return y


def _groups(name: str, series: pandas.Series[Any], column: str, lines: Array | None) -> Array:
    _refuse_blanks(name, series, column, "group", lines)
    return np.asarray(series.factorize()[0])


def _refuse(name: str, cells: Mapping[str, Cells], dropped: Sequence[str]) -> None:
    wrong = {column: cell.problem for column, cell in cells.items() if cell.problem}
    if wrong:
        lines = [f"    {quoted(column)}: {problem}" for column, problem in wrong.items()]
        count = "a column" if len(wrong) == 1 else f"{len(wrong)} columns"
        raise DataError(
            "\n".join([f"{name}: {count} cannot be learnt from:", *lines, f"    write:  {drop_line([*dropped, *wrong])}"])
        )


def _refuse_blanks(name: str, series: pandas.Series[Any], column: str, what: str, lines: Array | None) -> None:
    blank = np.flatnonzero(series.isna())
    if len(blank) == len(series):
        raise DataError(f"{name}: the {what} {quoted(column)} is blank in every row.")
    if len(blank):
        first = f"line {lines[blank[0]]:,}" if lines is not None else f"row {blank[0] + 1:,}"
        raise DataError(
            f"{name}: the {what} {quoted(column)} is blank in {len(blank):,} rows, first in {first}. "
            "Fill it in, or leave these rows out."
        )


def _notes(cells: Mapping[str, Cells], rows: int) -> tuple[str, ...]:
    constant: list[str] = []
    ids: list[str] = []
    numbers: list[str] = []
    texts: list[str] = []
    for name, cell in cells.items():
        if cell.different == 1 and cell.blanks == 0:
            constant.append(name)
        elif cell.different == rows >= MANY_ROWS and cell.whole:
            ids.append(name)
        if cell.blanks:
            (numbers if cell.texts is None else texts).append(f"{quoted(name)} ({cell.blanks:,})")
    notes = []
    if constant:
        notes.append(
            f"One value only, so nothing can be learnt from it: {listed(constant)}. To leave out: {drop_line(constant)}"
        )
    if ids:
        notes.append(f"Different in every row, as an id would be: {listed(ids)}. To leave out: {drop_line(ids)}")
    if numbers:
        notes.append(f"Blank cells are filled with the training part's median: {', '.join(numbers)}.")
    if texts:
        notes.append(f"Blank cells count as none of the column's values: {', '.join(texts)}.")
    return tuple(notes)
