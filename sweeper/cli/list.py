"""`sweep list`: the sweeps of a home."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option


@click.command("list")
@home_option
@json_option("the sweeps")
def command(home: Path, as_json: bool) -> None:
    """Show the sweeps of this home, oldest first."""
    from sweeper.cli.screen.output import remark, say_json, say_table
    from sweeper.cli.screen.sweeps import SWEEP_HEADERS, sweep_json, sweep_row
    from sweeper.search.view import list_sweeps

    listing = list_sweeps(home)
    sweeps = listing.sweeps
    for why in listing.unreadable:
        remark(why)
    if as_json:
        say_json([sweep_json(sweep) for sweep in sweeps])
    elif sweeps:
        say_table(SWEEP_HEADERS, [sweep_row(sweep) for sweep in sweeps], right=frozenset({2, 4}))
    elif not listing.unreadable:
        remark("There is no sweep here yet. Start one with: sweep run digits_mlp")
