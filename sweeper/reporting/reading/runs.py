"""Trials' runs as rows: what tags, params and once-logged metrics say, before anything is computed from curves."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sweeper.records import State
from sweeper.reporting.reading.run import Run

_STATES = {"FINISHED": "COMPLETE", "KILLED": "PRUNED", "FAILED": "FAILED", "RUNNING": "RUNNING", "SCHEDULED": "RUNNING"}
RUNNING_STILL = {"INTERRUPTED": "RUNNING"}
"""A trial that was stopped and can be resumed is not over, though MLflow shows it as KILLED."""

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

PARAM = "params."


def newest_attempts(runs: Sequence[Run]) -> list[Run]:
    """One run for each trial and repeat, the last attempt at it, by trial and repeat."""
    last: dict[tuple[int, int], Run] = {}
    for run in sorted(runs, key=lambda run: (*_identity(run), _integer(run, "attempt", 1), run.info.start_time or 0)):
        last[_identity(run)] = run
    return [last[key] for key in sorted(last)]


def run_table(runs: Sequence[Run], folds: int = 1) -> pd.DataFrame:
    """A row a run, of a sweep whose repeat r is of fold r modulo `folds`; columns up to `seconds_*`, `test_*` and `params.*` as
    `columns.COLUMNS["runs"]` describes them."""
    table = pd.DataFrame([_row(run) for run in runs], columns=[*_row_names(runs)])
    table["fold"] = table["repeat"] % folds
    whole = dict.fromkeys(("block", "epochs", "best_epoch_logged"), "Int64")
    names = [str(name) for name in table]
    real = {
        name: "float64"
        for name in names
        if name in ("value", "value_last", "seconds_wall") or name.startswith(("seconds_", "test_"))
    }
    table = table.astype({**dict.fromkeys(("trial", "repeat", "fold", "attempt"), "int64"), **whole, **real})
    return table.assign(**{name: typed(table[name]) for name in names if name.startswith(PARAM)})


def typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of MLflow's strings as whole numbers, as numbers, or as the strings they are; missing stays missing.

    A column is numeric only if all its values are: `none | 1.0` stays text, so that no word is lost.
    """
    known = column.dropna().astype(str)
    if len(known) and known.map(lambda text: bool(_INTEGER.fullmatch(text))).all():
        return column.map(lambda text: int(text), na_action="ignore").astype("Int64")
    if len(known) and known.map(_is_number).all():
        return column.map(lambda text: float(text), na_action="ignore").astype("Float64")
    return column.astype("str")


def _is_number(text: str) -> bool:
    return bool(_DECIMAL.fullmatch(text)) and math.isfinite(float(text))


def _identity(run: Run) -> tuple[int, int]:
    return _integer(run, "trial", 0), _integer(run, "repeat", 0)


def _integer(run: Run, tag: str, default: int) -> int:
    text = run.data.tags.get(f"sweeper.{tag}", "")
    return int(text) if text.isdecimal() else default


def _row(run: Run) -> dict[str, Any]:
    tags = {key.removeprefix("sweeper."): value for key, value in run.data.tags.items()}
    metrics, info = run.data.metrics, run.info
    state = RUNNING_STILL.get(tags.get("state", ""), tags.get("state", ""))
    seconds = (info.end_time - info.start_time) / 1000 if info.end_time and info.start_time else None
    once = {key: value for key, value in metrics.items() if key.startswith(("seconds_", "test_"))}
    return {
        "trial": _identity(run)[0],
        "repeat": _identity(run)[1],
        "attempt": _integer(run, "attempt", 1),
        "run_id": info.run_id,
        "name": str(info.run_name or ""),
        "state": state if state in State.__members__ else _STATES.get(info.status, "RUNNING"),
        "reason": tags.get("reason", "").lower(),
        "phase": tags.get("phase", ""),
        "block": int(tags["block"]) if tags.get("block", "").isdecimal() else None,
        "structure": tags.get("structure", ""),
        "worker": tags.get("worker", ""),
        "device": tags.get("device", ""),
        "value": _finite(metrics.get("objective")),
        "value_last": _finite(metrics.get("objective_last")),
        "best_epoch_logged": _whole(metrics, "best_epoch"),
        "epochs": _whole(metrics, "epochs"),
        "seconds_wall": seconds,
        **once,
        **{PARAM + key: value for key, value in run.data.params.items()},
    }


def _row_names(runs: Sequence[Run]) -> list[str]:
    """The fixed columns in their order, then the others by name; also right where there is no run."""
    fixed = [
        "trial",
        "repeat",
        "fold",
        "attempt",
        "run_id",
        "name",
        "state",
        "reason",
        "phase",
        "block",
        "structure",
        "worker",
        "device",
    ]
    fixed += ["value", "value_last", "best_epoch_logged", "epochs", "seconds_wall"]
    metrics = {key for run in runs for key in run.data.metrics if key.startswith(("seconds_", "test_"))}
    params = {PARAM + key for run in runs for key in run.data.params}
    return [*fixed, *sorted(metrics - set(fixed)), *sorted(params)]


def _finite(value: float | None) -> float | None:
    """None also for what MLflow keeps for an infinity, the largest double."""
    return value if value is not None and math.isfinite(value) and abs(value) < 1.797e308 else None


def _whole(metrics: Mapping[str, float], name: str) -> int | None:
    value = _finite(metrics.get(name))
    return None if value is None else int(value)
