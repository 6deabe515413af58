"""`sweep import`: training curves that another program made become a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sweeper.cli.options import Finite, Known, home_option, json_option

if TYPE_CHECKING:
    from sweeper.search.importing.columns import Columns
    from sweeper.search.importing.request import Imported, ImportRequest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _designs() -> tuple[str, ...]:
    from sweeper.search.importing.request import DESIGNS

    return DESIGNS


def _units() -> tuple[str, ...]:
    from sweeper.records import UNITS

    return UNITS


def _metric(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for name, sign, column in pairs:
        if not (name and sign and column):
            raise click.BadParameter(f"'{name}{sign}{column}' is no NAME=COLUMN, such as val_loss=validation_loss.")
    return {name: column for name, _, column in pairs}


@click.command("import")
@click.argument("curves", type=_FILE)
@click.option("--parameters", type=_FILE, required=True, metavar="FILE", help="A row for each trial, with its parameters.")
@click.option("--name", metavar="N", help="The sweep's name.  [default: the file's]")
@click.option("--objective", metavar="M", help="The validation metric that decides.  [default: val_loss]")
@click.option("--maximize/--minimize", default=None, help="Which way is better; known for a loss, accuracy and the like.")
@click.option("--compare", multiple=True, metavar="P", help="A parameter whose values are set against each other; repeatable.")
@click.option("--target", type=Finite(), metavar="V", help="A value of the objective, to which trials are timed.")
@click.option(
    "--design",
    type=Known("design", _designs),
    default="unknown",
    show_default=True,
    metavar="D",
    help="How trials were drawn: independent, paired (in blocks), or unknown. A report compares no more than this allows.",
)
@click.option("--data", metavar="NAME", help="What the data set is called.")
@click.option("--columns", type=_FILE, metavar="FILE", help="A YAML file that says what the columns mean.")
@click.option("--trial", multiple=True, metavar="C", help="A column that tells trials apart, in both files; repeatable.")
@click.option("--step", metavar="C", help="The column of steps or epochs.")
@click.option("--unit", type=Known("unit", _units), metavar="U", help="What it counts: epoch, step or second.")
@click.option("--seconds", metavar="C", help="The column of seconds since the training began.")
@click.option("--metric", "metrics", multiple=True, callback=_metric, metavar="M=C", help="A metric's column; repeatable.")
@click.option("--repeat", metavar="C", help="The column that tells trainings of one configuration apart, which differ in seed.")
@click.option("--block", metavar="C", help="The column of blocks, in a paired design.")
@click.option("--leave-out", multiple=True, metavar="C", help="A column of curves that is not wanted; repeatable.")
@click.option("--dry-run", is_flag=True, help="Show what the columns are taken to mean, and write nothing.")
@home_option
@json_option("the result")
def command(
    curves: Path,
    parameters: Path,
    name: str | None,
    objective: str | None,
    maximize: bool | None,
    compare: tuple[str, ...],
    target: float | None,
    design: str,
    data: str | None,
    columns: Path | None,
    trial: tuple[str, ...],
    step: str | None,
    unit: str | None,
    seconds: str | None,
    metrics: dict[str, str],
    repeat: str | None,
    block: str | None,
    leave_out: tuple[str, ...],
    dry_run: bool,
    home: Path,
    as_json: bool,
) -> None:
    """Make a sweep of training curves that another program made.

    CURVES is a CSV (also .csv.gz) or Parquet file with a row for each evaluation: which trial, which step or epoch, metrics by
    part (val_loss, validation_accuracy, train_loss), and perhaps seconds. What the columns mean is guessed and shown; options,
    or the file of --columns, overrule it. `report`, `compare` and the rest read the sweep like any other.
    """
    from sweeper.cli.screen.output import say_json
    from sweeper.search.importing.request import ImportRequest, Said
    from sweeper.search.importing.said import read_said, together
    from sweeper.search.importing.sweep import import_curves, read_columns

    said = Said(trial, step, unit, seconds, metrics, (), repeat, block, leave_out)
    said = together(said, read_said(columns)) if columns is not None else said
    request = ImportRequest(curves, parameters, home, said, name, objective, maximize, compare, target, design, data)
    meant = read_columns(request)
    if dry_run:
        say_json(dict(meant.lines())) if as_json else _show(meant, aside=False)
        return
    _show(meant, aside=True)
    imported = import_curves(request, _remark)
    say_json(_json(request, imported)) if as_json else _tell(request, imported)


def _remark(event: object) -> None:
    from sweeper.cli.screen.output import remark
    from sweeper.search.progress import Note

    if isinstance(event, Note):
        remark(event.text)


def _show(meant: Columns, aside: bool) -> None:
    """What the columns are taken to mean: the answer of a dry run, and else a word aside."""
    from sweeper.cli.screen.output import remark, say

    width = max(len(word) for word, _ in meant.lines())
    for word, names in meant.lines():
        (remark if aside else say)(f"  {word:<{width}}  {names}")


def _tell(request: ImportRequest, imported: Imported) -> None:
    from sweeper.cli.screen.output import say
    from sweeper.cli.screen.text import counted, from_here, line, plural, without_password

    trainings = f" ({plural(imported.trainings, 'training')})" if imported.trainings != imported.trials else ""
    evaluations = plural(imported.evaluations, "evaluation")
    say(f"{imported.sweep}: {plural(imported.trials, 'trial')}{trainings}, {evaluations}: {counted(imported.counts)}")
    say(f"  runs       {without_password(imported.tracking_uri)}")
    say(f"  next       sweep report {line(imported.sweep)}{from_here(request.home)}")


def _json(request: ImportRequest, imported: Imported) -> dict[str, object]:
    return {
        "sweep": imported.sweep,
        "home": str(imported.home),
        "trials": dict(imported.counts),
        "trainings": imported.trainings,
        "evaluations": imported.evaluations,
        "mlflow": {"tracking_uri": imported.tracking_uri, "run_id": imported.run_id},
    }
