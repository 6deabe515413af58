"""A running sweep as a table that redraws itself, on a terminal."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sweeper.cli.screen.lines import best_line, opening, standing
from sweeper.cli.screen.progress import Progress
from sweeper.cli.screen.sparkline import sparkline
from sweeper.cli.screen.text import line, number, parameters
from sweeper.search.progress import Event, Note, Preparing, Started, Watch

_BAR = 30


class _Display:
    """Drawn anew at each refresh, so that the clock moves between events.

    Refreshes come from rich's own thread while events come from the parent's loop; the lock keeps a drawing whole.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress, self.lock = progress, threading.Lock()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with self.lock:
            yield _drawn(self.progress)


@contextlib.contextmanager
def live(console: Console) -> Iterator[Watch]:
    """A watcher that draws on this console while the context lasts. Afterwards the table is gone, and what was said stays."""
    display = _Display(Progress())
    with Live(display, console=console, refresh_per_second=4, transient=True) as screen:

        def watch(event: Event) -> None:
            with display.lock:
                display.progress.take(event)
            if isinstance(event, Started):
                screen.console.print(Text(opening(event)))
            elif isinstance(event, Note):
                screen.console.print(Text(line(event.text), style="yellow"))
            elif isinstance(event, Preparing):
                screen.console.print(Text(line(event.text), style="dim"))

        yield watch


def _drawn(progress: Progress) -> Group:
    if progress.started is None:
        return Group(Text("..."))
    return Group(_bar(progress), Text(best_line(progress), style="bold", overflow="ellipsis", no_wrap=True), _running(progress))


def _bar(progress: Progress) -> Text:
    share = progress.done / progress.started.trials if progress.started and progress.started.trials else 0.0
    filled = min(round(share * _BAR), _BAR)
    return Text.assemble(
        ("━" * filled, "green"), ("━" * (_BAR - filled), "dim"), "  ", standing(progress), overflow="ellipsis", no_wrap=True
    )


def _running(progress: Progress) -> Table:
    assert progress.started is not None
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    for title, right in (
        ("trial", True),
        ("epoch", True),
        (line(progress.started.objective), True),
        ("", False),
        ("parameters", False),
    ):
        table.add_column(title, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    for key in sorted(progress.running):
        trial = progress.running[key]
        table.add_row(
            str(key),
            f"{trial.epoch}/{trial.plan.epochs}",
            number(trial.curve[-1] if trial.curve else None),
            sparkline(trial.curve, 20),
            Text(parameters(trial.plan.parameters)),
        )
    return table
