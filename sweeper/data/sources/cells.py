"""One column of a frame as numbers, as positions in a list of texts, or as the reason why it can be neither."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sweeper.data.raw import Array
from sweeper.data.wording import quoted

if TYPE_CHECKING:
    import pandas

MOST_TEXTS = 50
"""A text column with more different values than this would become too many features, and is most likely a name or an id."""

MOSTLY = 0.5
"""From this share of numbers on, a text column is taken for numbers with slips among them."""

_DATE = re.compile(r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}.*)?\s*")


@dataclass(frozen=True)
class Cells:
    """What a column holds: numbers, or `texts` whose positions count, or a `problem`, because of which it can be neither.

    `blanks` cells are blank; the others have `different` values, which are `whole` where all of them are whole numbers.
    `dtype` is the column's own.
    """

    texts: tuple[str, ...] | None = None
    problem: str = ""
    blanks: int = 0
    different: int = 0
    whole: bool = False
    dtype: str = ""

    def numbers(self, series: pandas.Series[Any]) -> Array:
        """float64 [rows] of this column or some of its rows, NaN where blank."""
        import pandas

        if self.texts is None:
            numeric = pandas.to_numeric(series, errors="coerce")
        else:
            numeric = series.map({text: position for position, text in enumerate(self.texts)})
        return numeric.to_numpy(dtype=np.float64, na_value=np.nan)


def read_cells(series: pandas.Series[Any]) -> Cells:
    """The cells of one column."""
    present = series.dropna()
    if len(present) == 0:
        return Cells(problem="blank in every row")
    found = _kind(series, present)
    if found.problem:
        return found
    numbers = found.numbers(series)
    numbers = numbers[~np.isnan(numbers)]
    whole = bool((numbers == np.floor(numbers)).all())
    different = len(np.unique(numbers))
    return replace(found, blanks=len(series) - len(numbers), different=different, whole=whole, dtype=str(series.dtype))


def _kind(series: pandas.Series[Any], present: pandas.Series[Any]) -> Cells:
    from pandas.api import types

    if types.is_datetime64_any_dtype(series) or types.is_timedelta64_dtype(series):
        return Cells(problem=_DATES)
    if types.is_bool_dtype(series) or (types.is_numeric_dtype(series) and not types.is_complex_dtype(series)):
        return Cells()
    return _of_objects(present)


def read_target(series: pandas.Series[Any]) -> Array | None:
    """A column without blanks as the texts, truth values or numbers that it holds; None for dates and other things."""
    from pandas.api import types

    if types.is_bool_dtype(series):
        return series.to_numpy(dtype=bool)
    if types.is_integer_dtype(series):
        return series.to_numpy(dtype=np.int64)
    if types.is_float_dtype(series):
        return series.to_numpy(dtype=np.float64)
    kinds = {type(value) for value in series}
    if kinds == {str}:
        return None if series.map(lambda text: bool(_DATE.fullmatch(text))).all() else np.array(series.tolist())
    if kinds == {bool}:
        return np.array(series.tolist())
    return None


_DATES = "dates; make numbers of them first, such as days since a day"


def _of_objects(present: pandas.Series[Any]) -> Cells:
    import pandas

    kinds = {type(value) for value in present}
    if kinds != {str}:
        strange = sorted(kind.__name__ for kind in kinds - {bool, int, float})
        if strange:
            return Cells(
                problem=_DATES
                if strange in (["date"], ["datetime"], ["Timestamp"])
                else f"values of the type {', '.join(strange)}"
            )
        return Cells()
    if present.map(lambda text: bool(_DATE.fullmatch(text))).all():
        return Cells(problem=_DATES)
    numbers = pandas.to_numeric(present, errors="coerce")
    if numbers.notna().all():  # whole numbers of more than 64 bits are read as text
        return Cells()
    if numbers.notna().mean() >= MOSTLY:
        slips = present[numbers.isna()]
        first = quoted(slips.iloc[0])
        return Cells(problem=f"numbers, but also text in {len(slips):,} rows, first {first}; correct them, or blank them")
    texts = tuple(sorted(present.unique()))
    if len(texts) > MOST_TEXTS:
        return Cells(problem=f"text with {len(texts):,} different values; at most {MOST_TEXTS} become columns")
    return Cells(texts)
