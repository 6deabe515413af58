"""`sweep trials`: a sweep's trials as a table, JSON or CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from sweeper.catalogue.metrics import maximized, measured
from sweeper.cli.options import home_option, json_option, sweep_argument
from sweeper.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from sweeper.records import Objective
    from sweeper.search.trial_view import TrialView
    from sweeper.search.view import SweepView

_FIELDS = ("number", "state", "reason", "value", "best_epoch", "epochs", "seconds")


@click.command("trials")
@sweep_argument
@click.option(
    "--sort", "key", metavar="K", help="By number, value or a metric (the best first), epochs, seconds or a parameter."
)
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N only; without --sort, the N best.")
@click.option("--csv", "table", type=click.File("w", lazy=True), metavar="FILE", help="Write CSV to FILE, or to stdout with -.")
@home_option
@json_option("the trials")
def command(name: str | None, key: str | None, top: int | None, table: IO[str] | None, home: Path, as_json: bool) -> None:
    """Show the trials of a sweep."""
    from sweeper.cli.screen.output import remark, say_json, say_table
    from sweeper.cli.screen.shapes import curve_labels
    from sweeper.cli.screen.sweeps import trial_headers, trial_json, trial_row
    from sweeper.search.view import open_sweep

    if as_json and table is not None:
        raise click.UsageError("--json and --csv are two forms of the same; give one of them.")
    sweep = open_sweep(home, name)
    for note in sweep.remarks:
        remark(note)
    trials = sorted_trials(sweep, key or ("value" if top else "number"))[:top]
    if as_json:
        say_json([trial_json(trial) for trial in trials])
    elif table is not None:
        write_csv(trials, table)
    else:
        curves = curve_labels(sweep, trials)
        beside = _metric_beside(sweep, trials, key)
        rows = [trial_row(trial, curves.get(trial.number, "-") if curves else None, beside) for trial in trials]
        say_table(trial_headers(sweep, with_curves=bool(curves), beside=beside), rows, right=frozenset({0, 2, 3, 4}))


def sorted_trials(sweep: SweepView, key: str) -> list[TrialView]:
    """Trials by this field, metric or parameter; those that lack it come last. `value` and metrics put the best first, all else
    rises."""
    from sweeper.cli.screen.sweeps import trial_json

    rows = {trial.number: {**trial_json(trial)} for trial in sweep.trials}
    columns = {number: {**row["params"], **row["metrics"], **row} for number, row in rows.items()}
    known = sorted({name for row in columns.values() for name in row} - {"params", "metrics", "repeats"})
    if key not in known and sweep.trials:
        shown = [name for name in known if "/" not in name]
        raise InputError(f"No trial has '{key}' to sort by.{did_you_mean(key, known)} There are: {', '.join(shown)}.")
    falling = _falling(sweep.settings.objective, key)
    return sorted(sweep.trials, key=lambda trial: _place(columns[trial.number].get(key), falling))


def _falling(objective: Objective, key: str) -> bool:
    """Whether the best of this key is the largest. The objective says so itself, on every part; of an imported one nobody else
    knows."""
    if key == "value" or measured(key) == measured(objective.metric):
        return objective.maximize
    return bool(maximized(key))


def _metric_beside(sweep: SweepView, trials: Sequence[TrialView], key: str | None) -> str | None:
    """The metric that the trials are sorted by, where no column shows it yet."""
    return key if key != sweep.settings.objective.metric and any(key in trial.metrics for trial in trials) else None


def _place(value: Any, falling: bool) -> tuple[int, float, str]:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return (2, 0.0, "")
    if isinstance(value, int | float):
        return (0, -value if falling else value, "")
    return (1, 0.0, str(value))


def write_csv(trials: Sequence[TrialView], file: IO[str]) -> None:
    """A row a trial: its fields, `spread` where trials are trained several times, then `params.NAME` and `metrics.NAME` for
    every name that any of them has."""
    from sweeper.cli.screen.sweeps import trial_json

    rows = [_flat(trial_json(trial)) for trial in trials]
    names = {name for row in rows for name in row}
    fields = [name for name in (*_FIELDS, "spread") if name in names or name != "spread"]
    extra = sorted(names - set(fields), key=lambda name: (not name.startswith("params."), name))
    writer = csv.DictWriter(file, [*fields, *extra], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("repeats", None)
    params = {f"params.{name}": value for name, value in row.pop("params").items()}
    metrics = {f"metrics.{name}": value for name, value in row.pop("metrics").items()}
    return {**row, **params, **metrics}
