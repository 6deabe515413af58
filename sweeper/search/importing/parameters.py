"""The parameters of each trial: columns of their own, or JSON objects in one."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.errors import InputError
from sweeper.records import Value
from sweeper.search.importing.columns import Columns, plain_names
from sweeper.search.importing.tables import Table
from sweeper.search.importing.wording import quoted

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False}

Parameters = Mapping[str, Value]


def parameters_of(table: Table, columns: Columns) -> list[dict[str, Value]]:
    """For each row its parameters by name: the columns that tell configurations apart first, then all others. A column of JSON
    objects becomes one parameter for each of their keys; what a row lacks does not apply to it.

    Raises InputError for a cell that is no JSON where the others are, and for two columns with one name.
    """
    keys = [name for name in columns.configuration if name in table.columns]
    found: list[dict[str, Value]] = [{} for _ in range(len(table.cells))]
    names = plain_names([*keys, *columns.parameters], "columns")
    for column in (*keys, *columns.parameters):
        cells = table.cells[column].tolist()
        if column not in keys and _is_json(cells):
            _unfold(table, column, cells, found)
            continue
        for row, cell in enumerate(cells):
            if cell != "":
                found[row][names[column]] = value_of(cell)
    return found


def value_of(cell: str) -> Value:
    """A cell as a whole number, a number, true or false, or the text that it is."""
    if _INTEGER.fullmatch(cell):
        return int(cell)
    if _NUMBER.fullmatch(cell) and math.isfinite(float(cell)):
        return float(cell)
    return _WORDS.get(cell.lower(), cell)


def _is_json(cells: Sequence[str]) -> bool:
    return any(cells) and all(cell.startswith("{") for cell in cells if cell)


def _unfold(table: Table, column: str, cells: Sequence[str], found: list[dict[str, Value]]) -> None:
    """A key that a column of the table has too is passed over where both say the same, and else told apart by the column."""
    for row, cell in enumerate(cells):
        if not cell:
            continue
        try:
            leaves = dict(_leaves(json.loads(cell)))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{table.place(row)}: column {quoted(column)} holds no JSON object: {error}.") from error
        names = plain_names(leaves, "keys")
        for key, value in leaves.items():
            name = names[key]
            if name in found[row] and found[row][name] != value:
                name = f"{column}.{name}"
            found[row][name] = value


def _leaves(tree: Mapping[str, Any], path: str = "") -> list[tuple[str, Value]]:
    leaves: list[tuple[str, Value]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            leaves += _leaves(value, f"{path}{key}.")
        elif isinstance(value, list) or (isinstance(value, float) and not math.isfinite(value)):
            leaves.append((f"{path}{key}", json.dumps(value)))
        else:
            leaves.append((f"{path}{key}", value))
    return leaves
