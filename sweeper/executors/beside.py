"""Functions of one module, called in a process beside while this one goes on.

The process imports the module and nothing else of its parent's. It has a session of its own, so that Ctrl-C does not reach it,
and ends when the pipe does, whatever became of the parent. Where there is one core, no process can be started, or it does not
answer, functions are called here, when their results are asked for: these are the same.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any

from sweeper.errors import SweepError

BOOT = "import sys; sys.path[:] = sys.argv[1].split('\\n'); from sweeper.executors.beside import main; main(sys.argv[2])"
"""Run by `python -c` with the parent's search path; whatever started the parent is not imported again."""


@dataclass(frozen=True)
class Answer:
    """What a function gave, or an error of ours that it raised."""

    value: Any = None
    error: SweepError | None = None


@dataclass(frozen=True)
class Beside:
    """The process with the module, or none; calls are answered in their order."""

    module: str
    pipe: Connection | None
    hand: ThreadPoolExecutor

    def call(self, function: str, *arguments: Any) -> Callable[[], Any]:
        """Begins a call of the module's `function`. What is returned waits for the result, or raises what the call raised;
        arguments and result have to be picklable."""
        asked = None if self.pipe is None else self.hand.submit(_ask, self.pipe, function, arguments)

        def result() -> Any:
            answer = None if asked is None else asked.result()
            if answer is None:
                return _called(self.module, function, arguments)
            if answer.error is not None:
                raise answer.error
            return answer.value

        return result


@contextlib.contextmanager
def beside(module: str) -> Iterator[Beside]:
    """A process with the module, which ends with the context."""
    begun = _begun(module) if several_cores() else None
    if begun is None:
        with here(module) as own:
            yield own
        return
    process, pipe = begun
    with pipe:
        try:
            with ThreadPoolExecutor(1) as hand:
                try:
                    yield Beside(module, pipe, hand)
                finally:
                    hand.shutdown(wait=False, cancel_futures=True)
                    process.kill()  # what it was still asked for is wanted no more
        finally:
            process.wait()


@contextlib.contextmanager
def here(module: str) -> Iterator[Beside]:
    """The same without a process."""
    with ThreadPoolExecutor(1) as hand:
        yield Beside(module, None, hand)


def several_cores() -> bool:
    """Whether another process would have a core."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def main(module: str) -> None:
    """The process: answers what comes through the socket that is its standard input, until that ends."""
    pipe = Connection(os.dup(0))
    with contextlib.suppress(EOFError, OSError):
        importlib.import_module(module)
        while True:
            function, arguments = pipe.recv()
            pipe.send(_answer(module, function, arguments))


def _answer(module: str, function: str, arguments: tuple[Any, ...]) -> Answer | None:
    """None for an error that is not ours: the parent calls again, and it is told there, where it came from."""
    try:
        return Answer(_called(module, function, arguments))
    except SweepError as error:
        return Answer(error=error)
    except Exception:
        return None


def _called(module: str, function: str, arguments: tuple[Any, ...]) -> Any:
    return getattr(importlib.import_module(module), function)(*arguments)


def _begun(module: str) -> tuple[subprocess.Popen[bytes], Connection] | None:
    """The process, and the end of its pipe; None where it cannot be started."""
    here, there = Pipe()
    command = [sys.executable, "-c", BOOT, "\n".join(sys.path), module]
    try:
        with there:
            # Its standard output is nobody's: that of the command is data.
            process = subprocess.Popen(command, stdin=there.fileno(), stdout=subprocess.DEVNULL, start_new_session=True)
    except OSError:
        here.close()
        return None
    return process, here


def _ask(pipe: Connection, function: str, arguments: tuple[Any, ...]) -> Answer | None:
    """None where no answer comes."""
    try:
        pipe.send((function, arguments))
        answer: Answer | None = pipe.recv()
    except (EOFError, OSError):
        return None
    return answer
