"""What nothing could learn from is refused before it is split: no rows, unequal rows, words, NaN, infinities."""

from __future__ import annotations

import numpy as np

from sweeper.data.pieces import pieces
from sweeper.data.raw import Array, RawData
from sweeper.data.wording import quoted
from sweeper.errors import DataError

_LARGEST = float(np.finfo(np.float32).max)


def check_rows(raw: RawData) -> None:
    """Raises DataError unless x and y have equally many rows, at least one, and x holds numbers that fit into 32 bits."""
    if raw.x.ndim == 0 or raw.y.ndim == 0:
        raise DataError(f"{raw.name}: x and y must be arrays with one row for each example.")
    if len(raw.x) != len(raw.y):
        raise DataError(f"{raw.name}: x has {len(raw.x):,} rows and y has {len(raw.y):,}; they must be equally many.")
    if len(raw.x) == 0:
        raise DataError(f"{raw.name}: there are no rows.")
    if 0 in raw.x.shape:
        raise DataError(f"{raw.name}: x has the shape {list(raw.x.shape)}: its rows are empty.")
    if raw.x.dtype.kind not in "biuf":
        raise DataError(f"{raw.name}: x holds {raw.x.dtype} values; expected numbers.")
    if raw.x.dtype.kind == "f":
        _check_numbers(raw)


def _check_numbers(raw: RawData) -> None:
    blanks_allowed = bool(raw.columns)
    for piece in pieces(len(raw.x), raw.x[0].size):
        chunk = raw.x[piece]
        wrong = np.isinf(chunk) if blanks_allowed else ~np.isfinite(chunk)
        if chunk.itemsize > 4:
            wrong |= np.abs(chunk) > _LARGEST
        if wrong.any():
            row, *position = (int(number) for number in np.argwhere(wrong)[0])
            raise DataError(_sentence(raw, chunk[(row, *position)], piece.start + row, position))


def _sentence(raw: RawData, value: Array, row: int, position: list[int]) -> str:
    where = raw.place(row)
    if raw.columns:
        where = f"column {quoted(raw.columns[position[0]].name)}, {where}"
    elif position:
        where = f"x, {where}, position {position} (positions count from 0)"
    what = f"{value:g} is not a number to learn from" if not np.isfinite(value) else f"{value:g} is too large for 32 bits"
    return f"{raw.name}: {where}: {what}. Replace it, or leave the row out."
