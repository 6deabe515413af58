"""What every executor does, what it is told, and what it reports."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sweeper.errors import InputError
from sweeper.executors.channel import Channel, Message
from sweeper.records import WorkerSettings

Main = Callable[[Channel, WorkerSettings], None]
"""A worker's entry: serves plans until it is told to stop."""


@dataclass(frozen=True)
class Launch:
    """How a worker begins: its `entry` (`module:function`, imported at once, while nothing is known of the data yet), the
    file that takes its output, what its environment has beside the parent's, and the packages `without` which the entry is
    imported in a process of its own, since it uses them only where they are installed."""

    worker: str
    entry: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()


@dataclass(frozen=True)
class Said:
    """A worker's message."""

    worker: str
    message: Message


@dataclass(frozen=True)
class Died:
    """A worker's process ended; a negative `exit_code` is the signal that killed it. All it said has been reported before."""

    worker: str
    exit_code: int


Event = Said | Died

Handle = Callable[[Sequence[Event]], float | None]
"""Takes what happened (possibly nothing); returns the seconds to wait for more at most, or None when all is done."""


class Executor(Protocol):
    """Called from one thread, except `wake`, which a signal handler may call."""

    def start(self, launch: Launch) -> None:
        """Begins a worker; also one of the same name as a worker that died."""

    def settle(self, settings: WorkerSettings) -> None:
        """Gives a started worker its settings, on which it begins to serve. To be called once for each `start`."""

    def send(self, worker: str, message: Message) -> None:
        """Passes a message to a worker; one that is dead no longer hears it, and its `Died` comes with the events."""

    def run(self, handle: Handle) -> None:
        """Calls `handle` with what happens until it returns None."""

    def wake(self) -> None:
        """Makes a waiting `run` call `handle` at once."""

    def stop(self, patience: float) -> None:
        """Tells all workers to leave, waits `patience` seconds at most, and kills those that are still there."""

    def kill(self) -> None:
        """Kills all workers at once."""


def resolve(entry: str) -> Main:
    """The function that `module:function` names. Raises InputError where there is none."""
    module, _, name = entry.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"the worker's entry {entry!r} cannot be loaded: {error}") from error
    main: Main = found
    return main
