"""`sweep delete`: remove a sweep from every store."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option, names_of_sweeps
from sweeper.errors import InputError


@click.command("delete")
@click.argument("name", metavar="NAME", shell_complete=names_of_sweeps)
@click.option("--yes", is_flag=True, help="Do not ask.")
@home_option
@json_option("what was removed")
def command(name: str, yes: bool, home: Path, as_json: bool) -> None:
    """Remove a sweep: its runs in MLflow, its study in Optuna's file, its folder. From all of them, or from none.

    The name has to be given. Reports that were written stay where they are.
    """
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.cli.screen.text import plural, without_password
    from sweeper.search.deleting import delete_sweep, doomed

    sweep = doomed(home, name)
    if not yes:
        if not sys.stdin.isatty():
            raise InputError(f"Nobody can be asked here. To delete {sweep.name} unasked: sweep delete {sweep.name} --yes")
        where = without_password(sweep.store)
        click.confirm(f"Delete {sweep.name}, its runs in {where}, its study and {sweep.folder}?", abort=True, err=True)
    runs = delete_sweep(home, sweep)
    if as_json:
        say_json({"sweep": sweep.name, "runs": runs})
        return
    say(f"{sweep.name} is deleted: {plural(runs, 'run')} in MLflow, its study and its folder.")
    if sweep.store.startswith("sqlite:"):
        remark(f"MLflow only marks runs as deleted. To free their space: mlflow gc --backend-store-uri {sweep.store}")
