"""`sweep status`: how one sweep stands."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option, sweep_argument


@click.command("status")
@sweep_argument
@home_option
@json_option("the sweep")
def command(name: str | None, home: Path, as_json: bool) -> None:
    """Show how a sweep stands: what is done, what runs, what is best."""
    from sweeper.cli.screen.output import remark, say, say_json, say_table
    from sweeper.cli.screen.sweeps import (
        best_sentence,
        counts_sentence,
        programs_sentence,
        sweep_json,
        trial_headers,
        trial_row,
    )
    from sweeper.cli.screen.text import from_here, line, without_password
    from sweeper.records import State
    from sweeper.search.view import open_sweep
    from sweeper.tracking.home import Status

    sweep = open_sweep(home, name)
    for note in sweep.remarks:
        remark(note)
    if as_json:
        say_json(sweep_json(sweep))
        return
    say(f"{sweep.name}   {sweep.status}   {sweep.settings.question}".rstrip())
    say(f"  trials     {counts_sentence(sweep)}")
    say(f"  best       {best_sentence(sweep)}")
    if sweep.programs.structures:
        say(f"  programs   {programs_sentence(sweep.programs)}")
    for use in sweep.programs.lanes:
        say(f"  lanes      {line(str(use))}")
    if sweep.settings.imported:
        say(f"  imported   from {line(sweep.settings.imported)}: another program trained these trials")
    say(f"  runs       {without_password(sweep.settings.tracking_uri)}")
    if sweep.status is Status.UNFINISHED:
        again = "import the files again, or: sweep delete" if sweep.settings.imported else "sweep resume"
        say(f"  next       {again} {sweep.name}{from_here(home)}")
    running = [trial for trial in sweep.trials if trial.state is State.RUNNING]
    if running and sweep.status is Status.RUNNING:
        say_table(trial_headers(sweep), [trial_row(trial) for trial in running], right=frozenset({0, 2, 3, 4}))
