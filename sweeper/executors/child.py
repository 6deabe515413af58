"""The first lines of a worker's process. Nothing heavy is imported before the environment and the signals are in order."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection

from sweeper.errors import SweepError
from sweeper.executors.channel import PipeChannel
from sweeper.executors.lean import resolve_without
from sweeper.records import WorkerSettings

BOOT = "import sys; sys.path[:] = sys.argv[1].split('\\n'); from sweeper.executors.child import main; main(sys.argv[2:])"
"""Run by `python -c` with the parent's search path: whatever started the parent (a console script, `./sweep.py`, a test, a
notebook) is never imported again."""

_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> None:
    """`descriptor parent_pid entry`, and the packages that the entry is imported without; ends the process."""
    descriptor, parent, entry, *without = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _die_with(int(parent))
    channel = PipeChannel(Connection(int(descriptor)))
    code = 0
    try:
        serve = resolve_without(entry, without)  # takes seconds with TensorFlow; settings come when the data is prepared
        gc.freeze()  # a million objects of the imports, which stay: looking through them was 4 % of compiling
        first = channel.receive()
        if first is not None and "settings" in first:
            serve(channel, WorkerSettings.from_json(first["settings"]))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the parent is gone; what was trained is in the spool
    except Exception as error:
        code = 1
        trace = traceback.format_exc()
        print(trace, file=sys.stderr)
        with contextlib.suppress(OSError):
            channel.send({"say": "unable", "message": _words(error), "trace": trace, "exit_code": _exit_code(error)})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # TensorFlow's own teardown may take long and has nothing to save


def _die_with(parent: int) -> None:
    """Has the kernel kill this process when the parent dies, even by SIGKILL (Linux; elsewhere the pipe's end serves)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, SweepError) else f"{type(error).__name__}: {error}"


def _exit_code(error: Exception) -> int:
    return error.exit_code if isinstance(error, SweepError) else 1
