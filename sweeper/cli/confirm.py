"""`sweep confirm`: the best configurations again, with fresh seeds."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option, sweep_argument

_COUNT = click.IntRange(min=1)


@click.command("confirm")
@sweep_argument
@click.option("--top", type=_COUNT, default=1, show_default=True, metavar="K", help="So many of the best of each choice.")
@click.option("--seeds", type=_COUNT, default=5, show_default=True, metavar="R", help="With how many fresh seeds each.")
@click.option("--no-report", is_flag=True, help="Write no report at the end.")
@home_option
@json_option("the result, as `run --json` does,")
def command(name: str | None, top: int, seeds: int, no_report: bool, home: Path, as_json: bool) -> None:
    """Train the best configurations of a sweep again, with fresh seeds.

    The best of each compared choice, or of the whole sweep, in a sweep of its own: NAME-confirm.
    """
    from sweeper.cli.conduct import conduct
    from sweeper.search.confirm import confirm_sweep

    conduct(lambda watch: confirm_sweep(home, name, top, seeds, watch), report=not no_report, as_json=as_json)
