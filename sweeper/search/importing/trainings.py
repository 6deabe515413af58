"""The rows of both tables as trainings: checked against each other, and put in order. Nothing is written before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweeper.errors import InputError
from sweeper.search.importing.columns import Columns
from sweeper.search.importing.parameters import Parameters, parameters_of
from sweeper.search.importing.tables import Table
from sweeper.search.importing.wording import quoted, some

_APART = "\x1f"


@dataclass(frozen=True)
class Evaluation:
    """One row of curves; `seconds` since the training's start, None where the file gives none."""

    step: int
    seconds: float | None
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Training:
    """One training: its configuration's number, which repeat of it this is, and its evaluations in the order of steps."""

    number: int
    repeat: int
    block: int | None
    parameters: Parameters
    evaluations: tuple[Evaluation, ...]


def trainings_of(curves: Table, parameters: Table, columns: Columns) -> list[Training]:
    """By number and repeat; configurations are numbered in the order of the second table, repeats in that of the first.

    Raises InputError, with the place in the file, for rows twice, trials that only one table knows, repeats whose parameters
    differ, seconds that go backwards, and cells that are no such number.
    """
    owner = _owners(curves, parameters, columns)
    number = _numbers(curves, columns, owner)
    rows = pd.DataFrame(
        {
            "number": number,
            "repeat": _repeats(curves, columns, number),
            "block": _blocks(curves, parameters, columns, owner, number),
            "owner": owner,
            "step": _steps(curves, columns),
            "seconds": _seconds(curves, columns),
        }
    )
    rows = rows.sort_values(["number", "repeat", "step"], kind="stable")
    _check_steps(curves, rows, columns)
    rows["step"] = _whole(rows)
    _check_seconds(curves, rows, columns)
    values = parameters_of(parameters, columns)
    _check_repeats(parameters, rows, values)
    measured = _measured(curves, columns)
    return [_training(own, values, measured) for _, own in rows.groupby(["number", "repeat"])]


def _training(rows: pd.DataFrame, values: Sequence[Parameters], measured: Sequence[Mapping[str, float]]) -> Training:
    first = rows.iloc[0]
    evaluations = [
        Evaluation(int(step), None if pd.isna(seconds) else float(seconds), measured[row])
        for row, step, seconds in zip(rows.index, rows["step"], rows["seconds"], strict=True)
    ]
    block = None if pd.isna(first["block"]) else int(first["block"])
    return Training(int(first["number"]), int(first["repeat"]), block, values[int(first["owner"])], tuple(evaluations))


def _owners(curves: Table, parameters: Table, columns: Columns) -> np.ndarray:
    """For each row of curves the row of its trial's parameters [rows]."""
    known = [name for name in columns.trial if name in parameters.columns]
    theirs, ours = _joined(parameters, known), _joined(curves, known)
    twice = theirs[theirs.duplicated()]
    if len(twice):
        trial = parameters.named(known, int(twice.index[0]))
        raise InputError(
            f"{parameters.place(int(twice.index[0]))}: {trial} has a row already. There is one row for each trial; if several "
            f"columns tell trials apart, name them all: {_options(known)} --trial COLUMN."
        )
    rows = pd.Series(theirs.index, index=theirs)
    owner = ours.map(rows)
    lost = ours[owner.isna()].drop_duplicates()
    if len(lost):
        named = [curves.named(known, int(row)) for row in lost.index]
        raise InputError(
            f"{parameters.name} has no row for {some(named)} of {curves.name}. Add the parameters, or drop the curves."
        )
    bare = theirs[~theirs.isin(ours)]
    if len(bare):
        named = [parameters.named(known, int(row)) for row in bare.index]
        raise InputError(f"{curves.name} has no curve of {some(named)} of {parameters.name}. Add the curves, or drop the rows.")
    return owner.to_numpy("int64")


def _numbers(curves: Table, columns: Columns, owner: np.ndarray) -> np.ndarray:
    """The number of each row's configuration [rows]."""
    key = _joined(curves, columns.configuration)
    first = pd.DataFrame({"key": key, "owner": owner}).drop_duplicates("key").sort_values("owner", kind="stable")
    return key.map({name: number for number, name in enumerate(first["key"])}).to_numpy("int64")


def _repeats(curves: Table, columns: Columns, number: np.ndarray) -> np.ndarray:
    """Which repeat of its configuration each row belongs to, counted from 0 without a gap [rows]."""
    if columns.repeat is None:
        return np.zeros(len(number), "int64")
    code = pd.Series(pd.factorize(curves.cells[columns.repeat], sort=True)[0])
    return (code.groupby(number).rank(method="dense") - 1).to_numpy("int64")


def _blocks(
    curves: Table, parameters: Table, columns: Columns, owner: np.ndarray, number: np.ndarray
) -> pd.Series[float] | float:
    """Each row's block, counted from 0 [rows]; missing without such a column."""
    if columns.block is None:
        return float("nan")
    of_trial = columns.block not in curves.columns
    cells = parameters.cells[columns.block].iloc[owner].reset_index(drop=True) if of_trial else curves.cells[columns.block]
    codes = pd.Series(pd.factorize(cells)[0]).astype("float64")
    several = codes.groupby(number).nunique()
    if (several > 1).any():
        row = int(np.flatnonzero(number == several.idxmax())[0])
        raise InputError(f"{curves.place(row)}: its trial lies in several blocks of {quoted(columns.block)}; a trial has one.")
    return codes


def _steps(curves: Table, columns: Columns) -> np.ndarray:
    """What each row counts [rows], from 0 on and whole; seconds as they are."""
    steps = curves.numbers(columns.step).reindex(curves.cells.index)
    whole = (steps == np.floor(steps)) | (columns.unit == "second")
    wrong = steps[~(np.isfinite(steps) & (steps >= 0) & whole)]
    if len(wrong):
        row = int(wrong.index[0])
        cell = curves.cells[columns.step][row] or "nothing"
        raise InputError(
            f"{curves.place(row)}: column {quoted(columns.step)} has {cell}; a whole number from 0 on was expected."
        )
    return steps.to_numpy()


def _whole(rows: pd.DataFrame) -> pd.Series[int]:
    """Steps as whole numbers, as MLflow has them: seconds are rounded, and of two in one the later is told as the next."""
    runs = [rows["number"], rows["repeat"]]
    place = rows.groupby(["number", "repeat"]).cumcount()
    return ((rows["step"].round() - place).groupby(runs).cummax() + place).astype("int64")


def _seconds(curves: Table, columns: Columns) -> pd.Series[float] | float:
    return float("nan") if columns.seconds is None else curves.numbers(columns.seconds).reindex(curves.cells.index)


def _measured(curves: Table, columns: Columns) -> list[dict[str, float]]:
    """For each row what was measured there."""
    found: list[dict[str, float]] = [{} for _ in range(len(curves.cells))]
    for name, column in columns.metrics.items():
        for row, value in curves.numbers(column).items():
            found[row][name] = value  # type: ignore[call-overload]
    return found


def _check_steps(curves: Table, rows: pd.DataFrame, columns: Columns) -> None:
    twice = rows[rows.duplicated(["number", "repeat", "step"])]
    if len(twice):
        row = int(twice.index[0])
        raise InputError(
            f"{curves.place(row)}: {curves.named(columns.trial, row)} has {columns.unit} {twice['step'].iloc[0]:g} "
            f"already. If several columns tell trials apart, name them all: {_options(columns.trial)} --trial COLUMN."
        )


def _check_seconds(curves: Table, rows: pd.DataFrame, columns: Columns) -> None:
    back = rows.groupby(["number", "repeat"])["seconds"].diff() < 0
    wrong = rows[back | (rows["seconds"] < 0) | np.isinf(rows["seconds"])]
    if len(wrong):
        raise InputError(
            f"{curves.place(int(wrong.index[0]))}: column {quoted(columns.seconds)} has {wrong['seconds'].iloc[0]:g}; the "
            "seconds since the training began were expected, which do not fall. Name another column with --seconds, or leave "
            f"this one out: --leave-out {columns.seconds}."
        )


def _check_repeats(parameters: Table, rows: pd.DataFrame, values: Sequence[Parameters]) -> None:
    """All repeats of a configuration have its parameters."""
    owners = rows[["number", "owner"]].drop_duplicates()
    for _, own in owners[owners.duplicated("number", keep=False)].groupby("number"):
        first, *others = own["owner"]
        for other in others:
            differing = [
                name for name in {**values[first], **values[other]} if values[first].get(name) != values[other].get(name)
            ]
            if differing:
                raise InputError(
                    f"{parameters.place(other)}: {quoted(differing[0])} differs from {parameters.place(first)}, which is "
                    "another repeat of the same configuration. Repeats differ in their seed alone; without --repeat each is a "
                    "trial of its own."
                )


def _joined(table: Table, names: Sequence[str]) -> pd.Series[str]:
    cells = table.cells[names[0]]
    for name in names[1:]:
        cells = cells + _APART + table.cells[name]
    return cells


def _options(names: Sequence[str]) -> str:
    return " ".join(f"--trial {name}" for name in names)
