"""Where a sweep's time went, as a table: a column for each process, whose seconds sum to its wall clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sweeper.cli.screen.output import say, say_table

if TYPE_CHECKING:
    from sweeper.search.profile import Spent

_SAYS = {
    "start": "reading the space, preparing data, opening stores",
    "ask": "choosing the next trials",
    "tell": "telling the sampler how trials ended",
    "handle": "hearing workers, the parent's spool, giving plans",
    "wait": "waiting for workers",
    "end": "bringing the stores up to date",
    "report": "writing the report",
    "import": "importing the back end",
    "load": "bringing the data to the device",
    "compile": "building, tracing and compiling programs",
    "train": "compiled epochs",
    "evaluate": "compiled evaluations",
    "probe": "signal health",
    "spool": "records to disk",
    "idle": "waiting for the parent",
    "other": "what is not listed (the wait for prepared data, Python itself)",
}


def say_profile(spent: Sequence[Spent], reporting: float) -> None:
    """The parent's column has the report as well; what threads did beside it stands apart, for it sums to nothing."""
    parent, workers = spent[0], spent[1:]
    say("")
    _say_columns({"parent": {**parent.seconds, "report": reporting}})
    for what, seconds in parent.beside.items():
        say(f"at the same time, in a thread: {what} {seconds:.2f} s")
    if workers:
        say("")
        _say_columns({worker.process: worker.seconds for worker in workers})


def _say_columns(columns: Mapping[str, Mapping[str, float]]) -> None:
    whats = [what for what in _SAYS if any(what in seconds for seconds in columns.values())]
    rows = [(what, *(f"{seconds.get(what, 0.0):.2f}" for seconds in columns.values()), _SAYS[what]) for what in whats]
    rows.append(("total", *(f"{sum(seconds.values()):.2f}" for seconds in columns.values()), "seconds of wall clock"))
    say_table(("", *columns, ""), rows, right=frozenset(range(1, len(columns) + 1)))
