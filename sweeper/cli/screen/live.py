"""A running sweep as a table that redraws itself, on a terminal."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from sweeper.cli.screen.lines import best_line, opening, pace
from sweeper.cli.screen.progress import Progress
from sweeper.cli.screen.sparkline import sparkline
from sweeper.cli.screen.text import line, number, parameters
from sweeper.search.progress import Event, Note, Preparing, Started, Watch

_BAR, _CURVE = 30, 20
_ROWS = 12
"""Most trials in the table: with many lanes more of them run than a terminal has lines."""


class _Display:
    """Drawn anew at each refresh, so that the clock moves between events.

    Refreshes come from rich's own thread while events come from the parent's loop; the lock keeps a drawing whole.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress, self.lock = progress, threading.Lock()
        self._waiting = Spinner("dots", "waiting for the first trial", style="dim")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with self.lock:
            yield self._waiting if self.progress.started is None else _drawn(self.progress)


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
    return Group(_bar(progress), Text(best_line(progress), style="bold", overflow="ellipsis", no_wrap=True), _running(progress))


def _bar(progress: Progress) -> Text:
    share = progress.done / progress.started.trials if progress.started and progress.started.trials else 0.0
    filled = min(round(share * _BAR), _BAR)
    return Text.assemble(
        ("━" * filled, "green"), ("━" * (_BAR - filled), "dim"), "  ", pace(progress), overflow="ellipsis", no_wrap=True
    )


def _running(progress: Progress) -> Table:
    assert progress.started is not None
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    for title, width in (("trial", 5), ("epoch", 7), (line(progress.started.objective), 9)):
        table.add_column(title, justify="right", no_wrap=True, min_width=width)
    table.add_column("", no_wrap=True, min_width=_CURVE)
    table.add_column("parameters", no_wrap=True, overflow="ellipsis", ratio=1)
    keys = sorted(progress.running)
    for key in keys[:_ROWS]:
        trial = progress.running[key]
        table.add_row(
            str(key[0]) if progress.started.repeats == 1 else f"{key[0]}.{key[1]}",
            f"{trial.epoch}/{trial.plan.epochs}",
            number(trial.curve[-1] if trial.curve else None),
            sparkline(trial.curve, _CURVE) if trial.curve else Text("compiling, first epoch", style="dim"),
            Text(parameters(trial.plan.parameters)),
        )
    if len(keys) > _ROWS:
        table.add_row("", "", "", "", Text(f"and {len(keys) - _ROWS} more", style="dim"))
    return table
