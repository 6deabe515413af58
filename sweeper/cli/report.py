"""`sweep report`: write a sweep's report, or print a section of it."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import Finite, Known, home_option, json_option, sweep_argument


def _sections() -> tuple[str, ...]:
    from sweeper.reporting import SECTIONS

    return tuple(SECTIONS)


@click.command("report")
@sweep_argument
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write to DIR.  [default: reports/NAME in the home]",
)
@click.option("--section", type=Known("section", _sections), metavar="S", help="Print one section as text and write nothing.")
@click.option(
    "--target",
    type=Finite(),
    metavar="VALUE",
    help="Count epochs to this value of the objective.  [default: the median of the trials' best]",
)
@click.option("--watch", is_flag=True, help="Write it anew while the sweep runs, until it ends.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@home_option
@json_option("the files' paths")
def command(
    name: str | None,
    out: Path | None,
    section: str | None,
    target: float | None,
    watch: bool,
    open_page: bool,
    home: Path,
    as_json: bool,
) -> None:
    """Write the report of a sweep.

    That is a page, the same as Markdown, figures, and the tables as CSV and Parquet. It is attached to the sweep's run in
    MLflow too.
    """
    import shutil

    from sweeper.cli.reports import frames_of, write
    from sweeper.cli.screen.output import say, say_json
    from sweeper.reporting import section_text

    if section is not None:
        if out is not None or open_page or watch:
            raise click.UsageError(
                "--section prints a section and writes nothing, so --out, --watch and --open say nothing beside it."
            )
        frames = frames_of(home, name, target)
        text = section_text(frames, section, shutil.get_terminal_size((100, 24)).columns)
        say_json({"sweep": frames.sweep.name, "section": section, "text": text}) if as_json else say(text.rstrip("\n"))
        return
    opened = False
    if watch:
        from sweeper.cli.refreshing import refresh

        name, opened = refresh(home, name, out, open_page, target)
    frames = frames_of(home, name, target)
    report = write(home, frames, out)
    if as_json:
        tables = [str(table) for table in report.tables]
        say_json({"sweep": frames.sweep.name, "index": str(report.index), "markdown": str(report.markdown), "tables": tables})
    else:
        say(str(report.index))
    if open_page and not opened:
        click.launch(report.index.resolve().as_uri())
