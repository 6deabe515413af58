"""A CSV file as a frame. Its lines are counted first, because pandas fills short rows with blanks and says nothing."""

from __future__ import annotations

import contextlib
import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from sweeper.data.raw import Array
from sweeper.data.wording import listed, quoted
from sweeper.errors import DataError

if TYPE_CHECKING:
    import pandas

SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Layout:
    """The separator, the column names, and the line on which each row ends, int64 [rows], counted from 1."""

    separator: str
    header: tuple[str, ...]
    lines: Array


def header_of(path: Path) -> tuple[str, ...]:
    """The column names alone, of which no row is read. Raises DataError for text that is not UTF-8, and for an empty file."""
    with _told(path), _opened(path) as text:
        rows = csv.reader(text, delimiter=_separator(path, text), skipinitialspace=True, strict=True)
        header = next((tuple(row) for row in rows if len(row) > 1 or any(cell.strip() for cell in row)), ())
    _check_header(path, header)
    return header


def read_csv(path: Path, as_text: bool = False) -> tuple[pandas.DataFrame, Array | None]:
    """The frame, and the line of each of its rows where it is known; with `as_text` every cell is the text that stands there.

    Raises DataError for text that is not UTF-8, a file without rows, rows of another length than the header (with their
    line), and columns without a name of their own.
    """
    import pandas

    cells: dict[str, Any] = {"dtype": "str", "keep_default_na": False} if as_text else {"low_memory": False}
    with _told(path):
        layout = _layout(path)
        frame = pandas.read_csv(
            path, sep=layout.separator, encoding="utf-8-sig", skipinitialspace=True, index_col=False, **cells
        )
    if len(layout.lines) != len(frame):
        return frame, None
    return frame, layout.lines


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """What is wrong with a file as a DataError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not UTF-8 text (byte {error.object[error.start]:#04x} does not belong there). "
            "Save it as UTF-8; in a spreadsheet: save as 'CSV UTF-8'."
        ) from error
    except (csv.Error, ValueError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} cannot be read as CSV: {error}") from error


def separator(path: Path) -> str:
    """What stands between the cells of a file that `read_csv` reads."""
    return _layout(path).separator


def _layout(path: Path) -> Layout:
    with _opened(path) as text:
        separator = _separator(path, text)
        rows = csv.reader(text, delimiter=separator, skipinitialspace=True, strict=True)
        header: tuple[str, ...] = ()
        lines: list[int] = []
        try:
            for row in rows:
                if not any(cell.strip() for cell in row) and len(row) <= 1:
                    continue
                if not header:
                    header = tuple(row)
                elif len(row) != len(header):
                    raise DataError(
                        f"{path.name}, line {rows.line_num:,}: {len(row)} cells; the header has {len(header)} columns."
                    )
                else:
                    lines.append(rows.line_num)
        except csv.Error as error:
            raise DataError(f"{path.name}, line {rows.line_num:,}: {error}.") from error
    _check_header(path, header)
    if not lines:
        raise DataError(f"{path.name} has a header ({listed(header)}) but no rows.")
    return Layout(separator, header, np.array(lines))


def _separator(path: Path, text: TextIO) -> str:
    """As the first line that has something shows it; the text is at its beginning before and after."""
    first = text.readline()
    while first and not first.strip():
        first = text.readline()
    if not first:
        raise DataError(f"{path.name} is empty.")
    text.seek(0)
    return max(SEPARATORS, key=first.count)


def _opened(path: Path) -> TextIO:
    """The text of a file, also of one that is compressed, as its name says."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            raise DataError(f"{path.name}: two columns are called {quoted(name)}; every column needs a name of its own.")
        seen.add(name)
