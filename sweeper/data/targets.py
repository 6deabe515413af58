"""Which task a target sets, and the target as class numbers or as real numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.data.raw import Array, RawData
from sweeper.errors import DataError
from sweeper.records import Task

MOST_CLASSES_OF_NUMBERS = 20
SHARE_OF_ROWS = 0.05


@dataclass(frozen=True)
class Targets:
    """`y` is int32 [rows] in [0, outputs) for classification, and float32 [rows, outputs] for regression."""

    task: Task
    y: Array
    outputs: int
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_targets(raw: RawData) -> Targets:
    """The targets of all rows. Without a task in `raw`, text, truth values, one-hot rows, two values and few whole numbers
    (at most 20, fewer than 5 % of the rows) are classes. Raises DataError for targets that fit no task."""
    y = _plain(raw)
    one_hot = raw.task is not Task.REGRESSION and _is_one_hot(y)
    if one_hot:
        y = y.argmax(axis=1)
    if y.ndim == 1 and (one_hot or _are_classes(y, raw.task)):
        return _classes(y, raw)
    if raw.task is Task.CLASSIFICATION:
        raise DataError(
            f"{raw.name}: targets of the shape {list(y.shape)} are no classes. Expected one class a row, or one-hot rows."
        )
    return _numbers(y, raw)


def _plain(raw: RawData) -> Array:
    y = raw.y
    if y.ndim > 1 and y.shape[1:] == (1,) * (y.ndim - 1):
        y = y.reshape(len(y))
    if y.ndim > 2 or y.dtype.kind not in "biufU":
        raise DataError(
            f"{raw.name}: targets of the shape {list(y.shape)} with {y.dtype} values. "
            "Expected one class or number a row ([rows]), or several numbers ([rows, outputs])."
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        row = int(np.argwhere(~np.isfinite(y))[0][0])
        raise DataError(f"{raw.name}: the target in {raw.place(row)} is {y[row]}. Fill it in, or leave the row out.")
    if y.dtype.kind == "U" and y.ndim > 1:
        raise DataError(f"{raw.name}: targets of several texts a row; expected one class a row.")
    return y


def _is_one_hot(y: Array) -> bool:
    if y.ndim != 2 or y.shape[1] < 2:
        return False
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def _are_classes(y: Array, task: Task | None) -> bool:
    if task is not None:
        return task is Task.CLASSIFICATION
    if y.dtype.kind in "bU":
        return True
    values = np.unique(y)
    if len(values) == 2:
        return True
    whole = bool((values == np.floor(values)).all())
    return whole and 1 < len(values) <= MOST_CLASSES_OF_NUMBERS and len(values) < SHARE_OF_ROWS * len(y)


def _classes(y: Array, raw: RawData) -> Targets:
    values, classes = np.unique(y, return_inverse=True)
    if len(values) < 2:
        raise DataError(f"{raw.name}: all rows have the same target, {values[0]}: there is nothing to learn.")
    if len(values) > max(2, len(y) // 2):
        raise DataError(
            f"{raw.name}: {len(values):,} different targets in {len(y):,} rows are too many classes. "
            "Is this the right target? For a number to predict, write:  task: regression"
        )
    counted = np.array_equal(values, np.arange(len(raw.class_names)))
    names = raw.class_names if counted else tuple(_name(value) for value in values)
    guessed = raw.task is None and y.dtype.kind in "iuf" and len(values) > 2
    note = f"The target has {len(values)} different whole numbers and is taken for classes; `task: regression` overrules."
    return Targets(Task.CLASSIFICATION, classes.astype(np.int32), len(values), names, (note,) if guessed else ())


def _name(value: object) -> str:
    if isinstance(value, np.floating):
        return f"{float(value):.12g}"
    return str(value)


def _numbers(y: Array, raw: RawData) -> Targets:
    if y.dtype.kind == "U":
        raise DataError(f"{raw.name}: the target is text, such as {str(y[0])!r}; regression needs numbers.")
    with np.errstate(over="ignore"):
        numbers = y.astype(np.float32).reshape(len(y), -1)
    if not np.isfinite(numbers).all():
        row = int(np.argwhere(~np.isfinite(numbers))[0][0])
        raise DataError(f"{raw.name}: the target in {raw.place(row)}, {y[row]}, is too large for 32 bits.")
    if (numbers == numbers[0]).all():
        raise DataError(f"{raw.name}: all rows have the same target, {y[0]}: there is nothing to learn.")
    return Targets(Task.REGRESSION, numbers, numbers.shape[1])
