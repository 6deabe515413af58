"""The user's tables, CSV and Parquet: every column is an input, but for the target, the group and what is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sweeper.data.raw import Array, Column, RawData, Settings
from sweeper.data.sources.cells import Cells, read_cells, read_target
from sweeper.data.sources.csv_text import read_csv
from sweeper.data.sources.files import find_file
from sweeper.data.wording import drop_line, listed, quoted
from sweeper.errors import DataError, did_you_mean
from sweeper.records import Task

if TYPE_CHECKING:
    import pandas

MANY_ROWS = 20
"""In a shorter table, whole numbers that all differ say nothing about an id."""


def csv(settings: Settings, folder: Path) -> RawData:
    """A CSV file with a header, in UTF-8, separated by commas, semicolons, tabs or bars."""
    path = find_file(folder, settings["file"])
    frame, lines = read_csv(path)
    return _table(path.name, frame, lines, settings)


def parquet(settings: Settings, folder: Path) -> RawData:
    """A Parquet file."""
    import pandas

    path = find_file(folder, settings["file"])
    try:
        frame = pandas.read_parquet(path)
    except ImportError as error:
        raise DataError("Parquet files need pyarrow:  pip install pyarrow") from error
    except (ValueError, OSError) as error:
        raise DataError(f"{path.name} cannot be read as Parquet: {error}") from error
    frame.columns = [str(name) for name in frame.columns]
    if len(frame) == 0:
        raise DataError(f"{path.name} has columns ({listed(frame.columns)}) but no rows.")
    return _table(path.name, frame.reset_index(drop=True), None, settings)


def _table(name: str, frame: pandas.DataFrame, lines: Array | None, settings: Settings) -> RawData:
    target, group, dropped = settings["target"], settings["group"], list(settings["drop"] or ())
    for setting, column in [("target", target), ("group", group), *(("drop", column) for column in dropped)]:
        if column is not None and column not in frame.columns:
            raise DataError(
                f"{name} has no column {quoted(column)} (`{setting}`).{did_you_mean(column, frame.columns)} "
                f"It has: {listed(frame.columns)}."
            )
    if target == group or target in dropped:
        raise DataError(f"{name}: the target {quoted(target)} cannot be {'the group' if target == group else 'dropped'} too.")
    inputs = [column for column in frame.columns if column not in {target, group, *dropped}]
    if not inputs:
        raise DataError(f"{name}: no column is left to learn from beside the target {quoted(target)}.")
    cells = {column: read_cells(frame[column]) for column in inputs}
    _refuse(name, cells, dropped)
    raw = RawData(
        name,
        np.stack([column.values for column in cells.values()], axis=1),
        _target(name, frame, target, lines),
        None if settings["task"] is None else Task(settings["task"]),
        columns=tuple(Column(column, cell.texts) for column, cell in cells.items()),
        lines=lines,
        notes=_notes(cells),
    )
    return raw if group is None else replace(raw, groups=_groups(name, frame, group, lines))


def _target(name: str, frame: pandas.DataFrame, column: str, lines: Array | None) -> Array:
    _refuse_blanks(name, frame, column, "target", lines)
    y = read_target(frame[column])
    if y is None:
        raise DataError(
            f"{name}: the target {quoted(column)} holds neither numbers nor classes, but {quoted(frame[column].iloc[0])}."
        )
    return y


def _groups(name: str, frame: pandas.DataFrame, column: str, lines: Array | None) -> Array:
    _refuse_blanks(name, frame, column, "group", lines)
    return np.asarray(frame[column].factorize()[0])


def _refuse(name: str, cells: dict[str, Cells], dropped: Sequence[str]) -> None:
    wrong = {column: cell.problem for column, cell in cells.items() if cell.problem}
    if wrong:
        lines = [f"    {quoted(column)}: {problem}" for column, problem in wrong.items()]
        count = "a column" if len(wrong) == 1 else f"{len(wrong)} columns"
        raise DataError(
            "\n".join([f"{name}: {count} cannot be learnt from:", *lines, f"    write:  {drop_line([*dropped, *wrong])}"])
        )


def _refuse_blanks(name: str, frame: pandas.DataFrame, column: str, what: str, lines: Array | None) -> None:
    blank = np.flatnonzero(frame[column].isna())
    if len(blank) == len(frame):
        raise DataError(f"{name}: the {what} {quoted(column)} is blank in every row.")
    if len(blank):
        first = f"line {lines[blank[0]]:,}" if lines is not None else f"row {blank[0] + 1:,}"
        raise DataError(
            f"{name}: the {what} {quoted(column)} is blank in {len(blank):,} rows, first in {first}. "
            "Fill it in, or leave these rows out."
        )


def _notes(cells: dict[str, Cells]) -> tuple[str, ...]:
    constant: list[str] = []
    ids: list[str] = []
    numbers: list[str] = []
    texts: list[str] = []
    for name, cell in cells.items():
        present = cell.values[~np.isnan(cell.values)]
        different = len(np.unique(present))
        if different == 1 and cell.blanks == 0:
            constant.append(name)
        elif different == len(cell.values) >= MANY_ROWS and (cell.texts or (present == np.floor(present)).all()):
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
