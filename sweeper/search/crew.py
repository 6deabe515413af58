"""The workers of a sweep: how many, how they are started, given their settings, and replaced."""

from __future__ import annotations

import os
from pathlib import Path

from sweeper.errors import InputError
from sweeper.executors.device import Device
from sweeper.executors.executor import Executor, Launch
from sweeper.executors.inline import InlineExecutor
from sweeper.executors.local import LocalExecutor
from sweeper.records import DataInfo, Objective, WorkerSettings
from sweeper.tracking.home import SweepFolder

ENTRY = "sweeper.training.worker:main"
"""Resolved in the worker, so that the parent never imports Keras."""

_MEMORY = 2**30
"""Bytes that a worker with TensorFlow and a small data set is reckoned to need."""


class Crew:
    """Starts workers at once and settles them when the data is known: a worker imports TensorFlow in the meantime."""

    def __init__(self, executor: Executor, entry: str, device: Device, threads: int, backend: str, folder: SweepFolder) -> None:
        self.executor = executor
        self._entry, self._device, self._threads, self._backend, self._folder = entry, device, threads, backend, folder
        self._spools: dict[str, Path] = {}

    def start(self, worker: str) -> None:
        """A new process for this worker, with a spool of its own: it never writes behind a dead one's torn line."""
        used = len(list(self._folder.spool.glob(f"{worker}-*.jsonl")))
        self._spools[worker] = self._folder.spool / f"{worker}-{used}.jsonl"
        self._spools[worker].touch(mode=0o600)
        environment = self._device.environment(self._threads, self._backend)
        self.executor.start(Launch(worker, self._entry, self._folder.logs / f"{worker}.log", environment))

    def settle(self, worker: str, data: DataInfo, objective: Objective, code: str) -> None:
        """Tells a started worker what it works on; `code` is the folder from which the user's own files count."""
        self.executor.settle(
            WorkerSettings(
                sweep=self._folder.name,
                worker=worker,
                spool=str(self._spools[worker]),
                data=data,
                objective=objective,
                folder=code,
                device=self._device.name,
                threads=self._threads,
                backend=self._backend,
            )
        )

    def spool(self, worker: str) -> Path:
        return self._spools[worker]


def names(workers: int) -> list[str]:
    return [f"w{number}" for number in range(workers)]


def make_executor(name: str) -> Executor:
    """Raises InputError for a name that is none."""
    if name == "local":
        return LocalExecutor()
    if name == "inline":
        return InlineExecutor()
    raise InputError(f"--executor {name}: expected local or inline")


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def count_workers(asked: int | None, executor: str, device: Device, trials: int) -> int:
    """How many workers: what was asked for, or one with one thread for each processor.

    Two one-thread workers do more than one with two threads (small operations do not split). But every worker imports
    TensorFlow, about 6 s of its processor and a gigabyte with a small data set, so each must have two trials to do at
    least, and the memory must be there. One worker has a card to itself.
    """
    if asked is not None and asked < 1:
        raise InputError(f"--workers {asked}: at least 1 is needed")
    if executor == "inline":
        if asked is not None and asked > 1:
            raise InputError(f"--workers {asked}: the inline executor has one; use --executor local for more")
        return 1
    if asked is not None:
        return asked
    if device.name != "cpu":
        return 1
    return max(1, min(cores(), trials // 2, _available() // _MEMORY))


def count_threads(workers: int) -> int:
    return max(1, cores() // workers)


def _available() -> int:
    """Bytes of memory that can be had; plenty where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return 2**40
