"""How errors leave the command line: a plain sentence on stderr and an exit status, never a traceback.

SweepError            its own words, its own status
KeyboardInterrupt     130
anything else         one line and the log that holds the traceback, status 1
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

import click

from sweeper.cli.screen.text import clean
from sweeper.errors import SweepError


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Turn whatever is raised within into what Click prints before it leaves."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except SweepError as error:
        raise _left(str(error), error.exit_code) from error
    except KeyboardInterrupt as error:
        raise _left("Stopped.", 130) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # whoever read us has heard enough; Click leaves in silence
        raise _left(_unexpected(error), 1) from error


def _left(message: str, status: int) -> click.exceptions.Exit:
    """Says what was wrong and gives what makes Click leave with this status."""
    click.echo(clean(message), err=True)
    return click.exceptions.Exit(status)


def _unexpected(error: Exception) -> str:
    summary = " ".join(str(error).split())[:300]
    return f"This is a fault of sweeper itself: {type(error).__name__}: {summary}\nThe details are in {keep_traceback(error)}"


def keep_traceback(error: BaseException) -> Path:
    """The log into which the traceback was written. In the folder for temporary files, because a home may be what failed."""
    import tempfile  # slow to import, and hardly ever needed
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="sweep-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    return Path(log.name)
