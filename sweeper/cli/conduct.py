"""A sweep from the first line on the screen to the exit status; `run` and `resume` differ only in what they call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from sweeper.errors import SweepError

if TYPE_CHECKING:
    from sweeper.reporting import WrittenReport
    from sweeper.search.progress import Event, Watch
    from sweeper.search.request import SweepSummary


def conduct(sweep: Callable[[Watch], SweepSummary], *, report: bool, as_json: bool, profile: bool = False) -> None:
    """Run `sweep` under the eyes of the terminal, write its report, say how it ended, and leave with its status.

    Raises what `sweep` raises; where nothing can come of it, with its result as JSON said before.
    """
    from sweeper.cli.screen.ending import ending, summary_json
    from sweeper.cli.screen.output import say, say_json
    from sweeper.cli.screen.profile import say_profile
    from sweeper.cli.screen.text import without_password
    from sweeper.cli.screen.watching import watching
    from sweeper.search.progress import Note, Preparing
    from sweeper.search.request import SweepFailed

    said: set[str] = set()
    with watching() as watch:

        def hear(event: Event) -> None:
            if isinstance(event, Note):
                said.add(event.text)
            elif isinstance(event, Preparing) and (uri := os.environ.get("MLFLOW_TRACKING_URI")):
                watch(Note(f"runs go to {without_password(uri)}, as MLFLOW_TRACKING_URI says"))
            watch(event)

        try:
            summary = sweep(hear)
        except SweepFailed as error:
            if as_json:
                say_json(summary_json(error.summary, None))
            raise
    begun = time.monotonic()
    written = _write_report(summary) if report else None
    reporting = time.monotonic() - begun
    if as_json:
        say_json(summary_json(summary, str(written.index) if written else None))
    else:
        for text in ending(summary, written, [note for note in summary.notes if note not in said]):
            say(text)
        if profile:
            say_profile(summary.spent, reporting)
    raise click.exceptions.Exit(summary.exit_code)


def _write_report(summary: SweepSummary) -> WrittenReport | None:
    """The report's files. The trials are done and kept, so a report that fails is a remark and no failure of the sweep."""
    from sweeper.cli import reports
    from sweeper.cli.faults import keep_traceback
    from sweeper.cli.screen.output import remark

    again = f"To try again: sweep report {summary.sweep}"
    if not sum(summary.counts.values()):
        return None
    try:
        return reports.write(summary.home, reports.frames_of(summary.home, summary.sweep))
    except SweepError as error:
        remark(f"The report was not written: {error}\n{again}")
    except Exception as error:
        remark(f"The report was not written: {type(error).__name__}, the details are in {keep_traceback(error)}\n{again}")
    return None
