"""Who watches a sweep: a live table on a terminal, plain lines anywhere else. Both on stderr, so that stdout stays data."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from sweeper.cli.screen.lines import Lines
from sweeper.cli.screen.output import remark
from sweeper.cli.screen.progress import Progress
from sweeper.search.progress import Watch


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    if not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        yield Lines(remark, Progress())
        return
    from rich.console import Console

    from sweeper.cli.screen.live import live

    with live(Console(stderr=True, highlight=False)) as watch:
        yield watch
