"""`sweep compare`: sweeps side by side."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option, names_of_sweeps


@click.command("compare")
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...", shell_complete=names_of_sweeps)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write a page to DIR, too.")
@home_option
@json_option("the comparison")
def command(names: tuple[str, ...], out: Path | None, home: Path, as_json: bool) -> None:
    """Set sweeps side by side on what they share.

    Best and median values, choices, a common target, the shapes of the curves, and the parameters that differ. One sweep is
    called better only where the trials of both are independent draws on the same data; all else is a description.
    """
    import shutil

    from sweeper.cli.reports import frames_of
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.reporting.side_by_side.written import compared_json, compared_text, write_compared

    different = list(dict.fromkeys(names))
    if len(different) < 2:
        raise click.UsageError("Name two sweeps or more, which are not the same:  sweep compare NAME NAME")
    frames = [frames_of(home, name) for name in different]
    page = write_compared(frames, out) if out is not None else None
    if as_json:
        say_json({**compared_json(frames), "index": str(page) if page else None})
    else:
        say(compared_text(frames, shutil.get_terminal_size((100, 24)).columns).rstrip("\n"))
        if page is not None:
            remark(f"\nwrote {page}")
