"""`sweep show`: what a space will do."""

from __future__ import annotations

import dataclasses

import click

from sweeper.cli.options import json_option, space_argument


@click.command("show")
@space_argument
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Another value for one place of the space; repeatable."
)
@json_option("the description")
def command(space: str, overrides: tuple[str, ...], as_json: bool) -> None:
    """Show what a space will do.

    What is compared, what is tried, what is fixed, and how many programs it needs.
    """
    from sweeper.cli.screen.describing import description_lines
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.spaces import read_space
    from sweeper.spaces.describe import describe

    description = describe(read_space(space, overrides))
    if as_json:
        say_json(dataclasses.asdict(description))
        return
    for text in description_lines(description):
        say(text)
    for warning in description.warnings:
        remark(f"warning: {warning}")
