"""CSV and Parquet files as tables of text, in which a blank cell is told from one that says `nan`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sweeper.data.sources.csv_text import read_csv
from sweeper.errors import DataError, InputError
from sweeper.search.importing.wording import quoted

PARQUET = (".parquet", ".pq")
BLANK = frozenset({"", "na", "n/a", "null", "none"})
"""What a cell says, in any case, where nothing was measured; `nan` and `inf` are values."""
NOT_FINITE = frozenset({"nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})


@dataclass(frozen=True)
class Table:
    """`cells` are texts without blanks around them; `lines` the line of each row, where the file has lines."""

    name: str
    cells: pd.DataFrame
    lines: np.ndarray | None

    @property
    def columns(self) -> list[str]:
        return [str(name) for name in self.cells]

    def place(self, row: int) -> str:
        """`curves.csv, line 17`."""
        return f"{self.name}, line {self.lines[row]:,}" if self.lines is not None else f"{self.name}, row {row + 1:,}"

    def named(self, names: Sequence[str], row: int) -> str:
        """`trial optimizer 'adam', study '3'`: a row's trial, by the columns that tell trials apart."""
        return "trial " + ", ".join(f"{name} {quoted(self.cells[name][row])}" for name in names)

    def numbers(self, column: str) -> pd.Series[float]:
        """The column as numbers, of which NaN and infinities are some; of blank cells there is no row.

        Raises InputError for the first cell that is text.
        """
        text = self.cells[column].str.lower()
        text = text[~text.isin(BLANK)]
        numbers = pd.to_numeric(text, errors="coerce").astype("float64")
        wrong = numbers[numbers.isna() & ~text.isin(NOT_FINITE)]
        if len(wrong):
            cell = self.cells[column][wrong.index[0]]
            raise InputError(
                f"{self.place(int(wrong.index[0]))}: column {quoted(column)} has {quoted(cell)} where a number was expected"
                f"{_decimal(cell)}. Correct the cell, blank it, or leave the column out: --leave-out COLUMN."
            )
        return numbers


def read_table(path: Path) -> Table:
    """A CSV file (also `.gz`), or a Parquet file by its ending. Raises InputError for what is neither, or is empty."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise InputError(f"{path} {what}; a CSV (also .csv.gz) or Parquet file was expected.")
    frame, lines = (_parquet(path), None) if path.suffix.lower() in PARQUET else read_csv(path, as_text=True)
    frame.columns = [str(name) for name in frame.columns]
    if not len(frame):
        raise InputError(f"{path.name} has columns but no rows.")
    return Table(path.name, frame.apply(lambda column: column.str.strip()), lines)


def _parquet(path: Path) -> pd.DataFrame:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    return pd.DataFrame({name: _texts(table.column(name)) for name in names}, dtype="str")


def _texts(column) -> list[str]:  # type: ignore[no-untyped-def]
    """A column of Parquet as a CSV file would hold it; what has an inner structure as JSON."""
    return ["" if value is None else value if isinstance(value, str) else _text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decimal(cell: str) -> str:
    return " (decimals have a point, not a comma)" if cell.count(",") == 1 and cell.replace(",", "").isdecimal() else ""
