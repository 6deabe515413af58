"""`sweep export`: a trial as a Keras model and as a plain script that trains it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sweeper.cli.options import home_option, json_option, names_of_sweeps

if TYPE_CHECKING:
    pass


@click.command("export")
@click.argument("which", nargs=-1, metavar="[NAME] [TRIAL]", shell_complete=names_of_sweeps)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write to DIR.  [default: exports/NAME-t0042 in the home]",
)
@click.option("--force", is_flag=True, help="Replace the export that lies there.")
@click.option("--run/--no-run", default=True, show_default=True, help="Run the script, and say in it what it gave.")
@click.option("--mlflow", is_flag=True, help="Log the model to the trial's run in MLflow.")
@click.option("--register", metavar="MODEL", help="Log it, and make it a version of MODEL in MLflow's model registry.")
@home_option
@json_option("what was exported")
def command(
    which: tuple[str, ...],
    out: Path | None,
    force: bool,
    run: bool,
    mlflow: bool,
    register: str | None,
    home: Path,
    as_json: bool,
) -> None:
    """Export a trial, the best one if none is named.

    That is the trained model with its preprocessing inside (model.keras), and a plain Keras script that trains it without this
    tool (train.py). No weights are kept in a sweep, so the trial is trained again.
    """
    from sweeper.cli.screen.exporting import export_json, tell
    from sweeper.cli.screen.output import remark, say_json
    from sweeper.search.export import ExportRequest, export_trial
    from sweeper.search.progress import Note, Preparing

    name, trial = _parse(which)
    exported = export_trial(
        ExportRequest(home, name, trial, out, force, run, mlflow, register),
        lambda event: remark(event.text) if isinstance(event, Note | Preparing) else None,
    )
    say_json(export_json(exported)) if as_json else tell(exported)


def _parse(which: tuple[str, ...]) -> tuple[str | None, int | None]:
    """A number alone is a trial of the newest sweep."""
    if len(which) == 1:
        return (None, int(which[0])) if which[0].isdigit() else (which[0], None)
    if len(which) == 2 and which[1].isdigit():
        return which[0], int(which[1])
    if which:
        raise click.UsageError(f"'{' '.join(which)}' does not name a trial. Write: sweep export 17, or: sweep export NAME 17.")
    return None, None
