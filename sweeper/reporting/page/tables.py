"""The frames as CSV and Parquet."""

from __future__ import annotations

import io

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV with a header; a text cell that a spreadsheet would run as a formula begins with an apostrophe."""
    inert = pd.DataFrame({_inert(str(name)): _inert_column(frame[name]) for name in frame})
    return inert.to_csv(index=False, lineterminator="\n").encode()


def parquet(frame: pd.DataFrame) -> bytes:
    """Parquet with the values as they are."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def _inert_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map(lambda value: _inert(value) if isinstance(value, str) else value)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
