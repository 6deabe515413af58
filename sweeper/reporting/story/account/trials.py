"""Every trial on a line, best first; only what varies has a column."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sweeper.reporting.metrics.targets import AT_TARGET
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.story.blocks import Cell, Head, Section, Table
from sweeper.reporting.story.subject import Subject, shown, spread_words
from sweeper.reporting.text import NONE, clean, number, signed

ROWS = 500
"""Trials listed on the page; the tables beside it hold all."""

PARAMETERS = 6
"""Parameter columns on the page."""

_STATES = {"COMPLETE": 0, "PRUNED": 1, "FAILED": 2, "RUNNING": 3}


def every_trial(subject: Subject) -> Section:
    if not len(subject.trials):
        return Section("trials", "Every trial", ("No trial has been started.",))
    columns = parameter_columns(subject)
    left_out = len(columns) - PARAMETERS
    ordered = _ordered(subject)
    rows = tuple(_row(subject, row, columns[:PARAMETERS]) for _, row in ordered.head(ROWS).iterrows())
    sentence = (
        f"Sorted by {subject.metric}, best first; unfinished ones last. Only what varies has a column; "
        "trials.csv has everything."
    )
    more = [f"The best {ROWS} of {len(ordered)} are listed here; all are in trials.csv."] if len(ordered) > ROWS else []
    more += [f"{left_out} more searched parameters are in trials.csv only."] if left_out > 0 else []
    return Section(
        "trials",
        "Every trial",
        (sentence, *more),
        (Table(_heads(subject, columns), rows, _note(subject), sortable=True, phone=4),),
    )


def _note(subject: Subject) -> str:
    means = f"Values are means of {subject.averaged} ± their standard deviation. " if subject.repeated else ""
    to_target = f"To target: {subject.units} to the common target of the section on convergence."
    return f"{means}{NONE}: does not apply, or not reached. {to_target}"


def parameter_columns(subject: Subject) -> list[tuple[str, list[str]]]:
    """Header and parameters of each column: those with the same last name share one where no trial has two of them."""
    groups: dict[str, list[str]] = {}
    for name in subject.searched:
        if name not in subject.frames.sweep.compare and subject.varies(name):
            groups.setdefault(name.rsplit(".", 1)[-1], []).append(name)
    columns = []
    for last, names in groups.items():
        together = subject.trials[[PARAM + name for name in names]].notna().sum(axis=1)
        if together.max() <= 1:
            columns.append((last if len(names) > 1 or len(last) > 2 else names[0], names))
        else:
            columns += [(name, [name]) for name in names]
    return columns


def _heads(subject: Subject, columns: list[tuple[str, list[str]]]) -> tuple[Head, ...]:
    first = [Head("Trial")]
    first += [Head("Choice", right=False)] if subject.compares else []
    first += [Head(f"Best {subject.metric}"), Head(f"Best {subject.unit}")]
    params = [
        Head(clean(header.replace("_", " "), 40), right=_numeric(subject, names)) for header, names in columns[:PARAMETERS]
    ]
    return (*first, *params, Head("Gap at end"), Head("To target"), Head("Ended", right=False))


def _numeric(subject: Subject, names: list[str]) -> bool:
    return all(pd.api.types.is_numeric_dtype(subject.trials[PARAM + name]) for name in names)


def _ordered(subject: Subject) -> pd.DataFrame:
    trials = subject.trials
    value = subject.orientation.loss_like(trials["value"].astype("float64"))
    order = pd.DataFrame({"state": trials["state"].map(_STATES), "value": value, "number": trials["number"]})
    return trials.loc[order.sort_values(["state", "value", "number"]).index]


def _row(subject: Subject, row: pd.Series, columns: list[tuple[str, list[str]]]) -> tuple[Cell, ...]:
    cells = [Cell(str(row["number"]), sort=int(row["number"]))]
    cells += [Cell(clean(row["choice"], 40), colour=subject.colours[row["choice"]])] if subject.compares else []
    cells += [replace(_number(row["value"]), extra=spread_words(row)), _number(row["best_epoch"])]
    for _, names in columns:
        known = [row[PARAM + name] for name in names if pd.notna(row[PARAM + name])]
        value = known[0] if known else None
        cells.append(Cell(shown(value), sort=float(value) if isinstance(value, (int, float)) else clean(value or "", 48)))
    gap = row["gap_end"]
    cells += [Cell(signed(float(gap)), sort=float(gap)) if pd.notna(gap) else Cell(NONE)]
    return (*cells, _number(row["epochs_to_target"]), Cell(_ended(row)))


def _number(value: float | None) -> Cell:
    return Cell(NONE) if value is None or pd.isna(value) else Cell(number(float(value)), sort=float(value))


def _ended(row: pd.Series) -> str:
    reason = clean(row["reason"], 30).replace("_", " ")
    if row["state"] == "COMPLETE":
        return {"early_stop": "early stop", AT_TARGET: "at the target"}.get(row["reason"], "complete")
    if row["state"] == "PRUNED":
        return "diverged" if row["reason"] == "diverged" else "pruned"
    return f"failed: {reason}" if row["state"] == "FAILED" and reason else str(row["state"]).lower()
