"""`sweep`: finds the command that was asked for, and says in plain words what went wrong."""

from __future__ import annotations

import importlib
import keyword
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sweeper import __version__
from sweeper.cli.faults import guarded
from sweeper.errors import did_you_mean

COMMANDS = (
    "run", "resume", "list", "status", "trials", "best", "trial", "spaces", "show", "report", "compare", "refine", "import",
    "confirm", "export", "delete", "doctor", "ui",
)  # fmt: skip
"""In the order of the help. A command NAME is the object `command` of the module `sweeper.cli.NAME` (`import_`, where
Python has the word for itself)."""


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"sweeper.cli.{_module(cmd_name)}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        hint = did_you_mean(name, COMMANDS)
        raise click.UsageError(f"There is no command '{name}'.{hint} The commands are: {', '.join(COMMANDS)}.", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        with guarded():
            return super().invoke(ctx)


def _module(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SWEEP", "max_content_width": 110},
    epilog="Start with:  sweep run digits_mlp",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="the current folder",
    show_envvar=True,
    help="Where the stores are: mlflow.db, mlartifacts/, optuna.db, .sweeps/.",
)
@click.version_option(__version__, "-V", "--version", prog_name="sweep")
def sweep(home: Path) -> None:
    """Hyperparameter experiments for Keras.

    Describe a search space in a file, let `run` train every trial, and read with `report` what came out. MLflow holds the runs.
    """
    # `home` is read by `home_option`, from this context, in each command.


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line on these arguments (else the process's own) and leave with its exit status."""
    sweep.main(args=arguments, prog_name="sweep")
