"""`sweep best`: the best trial, as parameters or as a space in which they are fixed."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option, sweep_argument


@click.command("best")
@sweep_argument
@click.option("--space", "as_space", is_flag=True, help="Print a space in which the best trial's values are fixed.")
@home_option
@json_option("the best trial")
def command(name: str | None, as_space: bool, home: Path, as_json: bool) -> None:
    """Show the best trial's parameters."""
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.cli.screen.sweeps import best_json, best_sentence
    from sweeper.cli.screen.text import setting
    from sweeper.search.view import open_sweep

    if as_json and as_space:
        raise click.UsageError("--json and --space are two forms of the same; give one of them.")
    sweep = open_sweep(home, name)
    best = sweep.best
    if as_json:
        say_json(None if best is None else best_json(best))
    elif best is None:
        remark(f"No trial of {sweep.name} is complete. `sweep trials {sweep.name}` shows how they stand.")
        raise click.exceptions.Exit(1)
    elif as_space:
        from sweeper.cli.fixed_space import fixed_space

        say(fixed_space(sweep, best).rstrip("\n"))
    else:
        say(f"{sweep.name}   {best_sentence(sweep, with_parameters=False)}")
        width = max((len(path) for path in best.params), default=0)
        for path, value in best.params.items():
            say(f"  {path:<{width}}  {setting(value)}")
