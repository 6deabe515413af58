"""The objective of an imported sweep: what the user names, by the metric's name or its column's, and which way is better."""

from __future__ import annotations

from sweeper.catalogue.metrics import metric
from sweeper.errors import InputError, did_you_mean
from sweeper.records import Objective
from sweeper.search.importing.columns import Columns
from sweeper.search.importing.tables import Table
from sweeper.search.importing.wording import listed, quoted, some

DEFAULT = "val_loss"
_LOSSES = (
    "loss",
    "error",
    "err",
    "mse",
    "mae",
    "rmse",
    "rmsle",
    "mape",
    "nll",
    "perplexity",
    "crossentropy",
    "entropy",
    "wer",
    "cer",
)
"""Words that end the name of a metric to be minimized."""


def objective_of(columns: Columns, named: str | None, maximize: bool | None) -> Objective:
    """Raises InputError for a metric that is not there, is no validation metric, or whose direction nobody can know."""
    validation = [name for name in columns.metrics if name.startswith("val_")]
    by_column = {column: name for name, column in columns.metrics.items()}
    chosen = by_column.get(named, named) if named is not None else DEFAULT
    if chosen not in columns.metrics:
        near = did_you_mean(chosen, [*validation, *by_column])
        has = f"Validation metrics are: {listed(validation, 20)}." if validation else _NONE
        raise InputError(f"the objective {quoted(chosen)} is no metric of these curves.{near} {has}")
    if chosen not in validation:
        raise InputError(f"the objective {quoted(chosen)} is no validation metric. Its name begins with val_. {_NONE}")
    return Objective(chosen, _direction(chosen, maximize))


_NONE = "If a column holds validation values, say so: --metric val_loss=COLUMN."


def _direction(name: str, maximize: bool | None) -> bool:
    if maximize is not None:
        return maximize
    plain = name.removeprefix("val_")
    known = metric(plain)
    if known is not None:
        return known.maximize
    if plain.lower().replace("-", "_").rsplit("_", 1)[-1] in _LOSSES:
        return False
    raise InputError(f"is a higher {quoted(name)} better? Say it: --maximize, or --minimize where lower is better.")


def remarks_on(objective: Objective, curves: Table, columns: Columns) -> list[str]:
    """How many cells of the objective are blank and whose: where a program wrote no NaN, a divergence is among them."""
    column = columns.metrics[objective.metric]
    blank = curves.cells.index.difference(curves.numbers(column).index)
    whose = list(dict.fromkeys(curves.named(columns.trial, int(row)) for row in blank))
    if not whose:
        return []
    cells = "1 cell of the objective" if len(blank) == 1 else f"{len(blank):,} cells of the objective"
    return [
        f"{cells} ({quoted(column)}) {'is' if len(blank) == 1 else 'are'} blank, first in {curves.place(int(blank[0]))}, of "
        f"{some(whose)}. Blank means not measured. Where a training diverged, its value is to be written as nan (pandas: "
        "to_csv(..., na_rep='nan'))."
    ]
