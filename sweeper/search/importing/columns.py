"""Which columns of two tables mean what: what the user says, and good guesses for the rest, which are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sweeper.errors import InputError, did_you_mean
from sweeper.records import UNITS
from sweeper.search.importing.request import Said
from sweeper.search.importing.tables import BLANK, NOT_FINITE, Table
from sweeper.search.importing.wording import listed, quoted
from sweeper.tracking.layout import ELAPSED

STEPS = {
    "epoch": "epoch",
    "epochs": "epoch",
    "step": "step",
    "steps": "step",
    "globalstep": "step",
    "iteration": "step",
    "iterations": "step",
    "iter": "step",
}
"""Names of the column that counts, without case and separators, and what it counts."""
SECONDS = ("seconds", "second", "elapsed", "elapsedseconds", "trainingseconds", "trainseconds", "traintime", "trainingtime",
           "walltime", "walltimeseconds", "time")  # fmt: skip
SPLITS = {"train_eval": "train_eval", "train": "train", "training": "train", "validation": "val", "valid": "val", "val": "val",
          "dev": "val", "test": "test"}  # fmt: skip
_MOSTLY = 0.5
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_\-. :/]")
"""What MLflow takes in no name of a metric or parameter."""


@dataclass(frozen=True)
class Columns:
    """`trial` are the columns that tell one training from another, `repeat` (one of them) tells those of one configuration
    apart. `metrics` are names of ours with their columns; `parameters` are columns of the second table; `left_out` those of the
    first that mean nothing here."""

    trial: tuple[str, ...]
    step: str
    unit: str
    seconds: str | None
    metrics: Mapping[str, str]
    parameters: tuple[str, ...]
    repeat: str | None
    block: str | None
    left_out: tuple[str, ...]

    @property
    def configuration(self) -> tuple[str, ...]:
        """The columns that tell configurations apart."""
        return tuple(name for name in self.trial if name != self.repeat)

    def lines(self) -> list[tuple[str, str]]:
        """What is shown to the user: a word and its columns."""
        metrics = ", ".join(name if name == column else f"{name} ({column})" for name, column in self.metrics.items())
        shown = [
            ("trial", ", ".join(self.trial)),
            ("repeat", self.repeat or ""),
            ("block", self.block or ""),
            (self.unit, self.step),
            ("seconds", self.seconds or "not given"),
            ("metrics", metrics),
            ("parameters", ", ".join(self.parameters)),
            ("left out", ", ".join(self.left_out)),
        ]
        return [(word, names) for word, names in shown if names]


def meaning(curves: Table, parameters: Table, said: Said) -> Columns:
    """Raises InputError for a column that is not there, with the nearest, and where a guess is not possible."""
    _check_there(curves, parameters, said)
    step = said.step or _only(curves, STEPS, "step", "the step or epoch of each row")
    unit = said.unit or STEPS.get(_letters(step)) or ("second" if _letters(step) in SECONDS else "step")
    if unit not in UNITS:
        raise InputError(f"{quoted(unit)} is no unit.{did_you_mean(unit, UNITS)} Units are: {', '.join(UNITS)}.")
    trial = _trial(curves, parameters, said, step)
    counted = set() if unit == "second" else {step}
    seconds = said.seconds or _any(curves, SECONDS, {*trial, *said.leave_out, *counted})
    taken = {*trial, step, *([seconds] if seconds else []), *([said.block] if said.block else [])}
    metrics = _metrics(curves, said, taken)
    shared = {name for name in trial if name in parameters.columns}
    others = tuple(name for name in parameters.columns if name not in {*shared, said.repeat, said.block})
    used = {*taken, *metrics.values()}
    return Columns(
        trial=trial,
        step=step,
        unit=unit,
        seconds=seconds,
        metrics=metrics,
        parameters=said.parameters or others,
        repeat=said.repeat,
        block=said.block,
        left_out=tuple(name for name in curves.columns if name not in used),
    )


def plain_names(columns: Iterable[str], what: str) -> dict[str, str]:
    """Each column with the name that MLflow takes for it: other letters become `_`. Raises InputError where two become one."""
    names: dict[str, str] = {}
    for column in columns:
        name = _NOT_ALLOWED.sub("_", column).strip()[:250] or "_"
        if name in names.values():
            other = next(known for known, same in names.items() if same == name)
            raise InputError(
                f"the {what} {quoted(other)} and {quoted(column)} would both be called {quoted(name)}; rename one."
            )
        names[column] = name
    return names


def _check_there(curves: Table, parameters: Table, said: Said) -> None:
    """Everything that the user named is a column."""
    one = [("step", said.step), ("seconds", said.seconds)]
    named = [("trial", name) for name in said.trial] + [(word, name) for word, name in one if name]
    named += [(f"metric {metric}", name) for metric, name in said.metrics.items()]
    named += [("leave-out", name) for name in said.leave_out]
    for word, name in named:
        _check(curves.columns, curves.name, word, name)
    for name in said.parameters:
        _check(parameters.columns, parameters.name, "parameters", name)
    for word, either in (("repeat", said.repeat), ("block", said.block)):
        if either:
            _check([*curves.columns, *parameters.columns], f"{curves.name} or {parameters.name}", word, either)


def _check(columns: Sequence[str], table: str, word: str, name: str) -> None:
    if name not in columns:
        near = did_you_mean(name, columns)
        raise InputError(f"{word}: there is no column {quoted(name)} in {table}.{near} Columns: {listed(columns, 20)}.")


def _only(curves: Table, names: Iterable[str], option: str, what: str) -> str:
    known = [column for column in curves.columns if _letters(column) in set(names)]
    if len(known) == 1:
        return known[0]
    found = f"{listed(known)} could be it" if known else f"none of its columns is called so ({listed(curves.columns, 20)})"
    raise InputError(f"which column of {curves.name} is {what}? {found}. Say it with --{option} COLUMN.")


def _any(curves: Table, names: Sequence[str], taken: set[str]) -> str | None:
    """The column with the likeliest of these names."""
    known = {_letters(column): column for column in reversed(curves.columns) if column not in taken}
    return next((known[name] for name in names if name in known), None)


def _trial(curves: Table, parameters: Table, said: Said, step: str) -> tuple[str, ...]:
    """What the user names, else the columns that both tables have."""
    trial = said.trial or tuple(name for name in curves.columns if name in parameters.columns and name != step)
    if said.repeat and said.repeat not in trial and said.repeat in curves.columns:
        trial = (*trial, said.repeat)
    if not [name for name in trial if name in parameters.columns]:
        raise InputError(
            f"{curves.name} and {parameters.name} share no column that tells trials apart: {listed(curves.columns, 20)} "
            f"against {listed(parameters.columns, 20)}. Give the trial's columns the same names in both files."
        )
    return trial


def _metrics(curves: Table, said: Said, taken: set[str]) -> dict[str, str]:
    """Names of ours with their columns. A name without a part that also comes with one is of training (`loss` beside
    `val_loss`, as Keras writes it); columns of text are left out."""
    free = [name for name in curves.columns if name not in {*taken, *said.leave_out, *said.metrics.values()}]
    named = {column: _of_split(column) for column in free if _is_measured(curves, column)}
    validated = {name.removeprefix("val_") for name in (*named.values(), *said.metrics) if name.startswith("val_")}
    found = dict(said.metrics)
    for column, name in named.items():
        plain = _NOT_ALLOWED.sub("_", f"train_{name}" if name in validated else name)
        if plain in found and plain not in said.metrics:
            both = listed([found[plain], column])
            raise InputError(f"the columns {both} would both be {plain}. Say which with --metric {plain}=COLUMN.")
        found.setdefault(plain, column)
    if ELAPSED in found:
        raise InputError(f"a metric cannot be called {ELAPSED}: that name is for the column of --seconds.")
    if not found:
        raise InputError(
            f"{curves.name} has no column of numbers besides {listed(sorted(taken))}, so there is nothing to import."
        )
    return found


def _of_split(column: str) -> str:
    """`validation_loss`, `Validation/loss` and `valid.loss` are `val_loss`."""
    found = re.fullmatch(r"(train[_/. ]eval|[A-Za-z]+)[_/. ](.+)", column)
    part = SPLITS.get(re.sub(r"[/. ]", "_", found.group(1).lower())) if found else None
    return f"{part}_{found.group(2)}" if found and part else column


def _is_measured(curves: Table, column: str) -> bool:
    """Whether a column is named as a part's metric, or holds numbers for the most part: a cell that is text among them is a
    slip to be told of, and no reason to leave the column out."""
    text = curves.cells[column].str.lower()
    text = text[~text.isin(BLANK)]
    if _letters(column) in STEPS:
        return False
    numbers = pd.to_numeric(text, errors="coerce").notna() | text.isin(NOT_FINITE)
    return bool(len(text)) and (_of_split(column) != column or bool(numbers.mean() > _MOSTLY))


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
