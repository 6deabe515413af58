"""The workers of a sweep: how many, how they are started, given their settings, and replaced."""

from __future__ import annotations

import os
from pathlib import Path

from sweeper.errors import InputError, StoreError
from sweeper.executors.device import Device
from sweeper.executors.executor import Executor, Launch
from sweeper.executors.inline import InlineExecutor
from sweeper.executors.lean import OPTIONAL
from sweeper.executors.local import LocalExecutor
from sweeper.records import WorkerSettings
from sweeper.search.profile import Clock
from sweeper.search.progress import Preparing
from sweeper.search.settings import Settings
from sweeper.tracking.home import SweepFolder

ENTRY = "sweeper.training.worker:main"
"""Resolved in the worker, so that the parent never imports Keras."""

CACHE = ".compiled-jax"
"""Beside the sweeps of a home, with a name that no sweep can have."""

_MEMORY = 2**30
"""Bytes that a worker with TensorFlow and a small data set is reckoned to need."""


class Crew:
    """Starts workers at once and settles them when the data is known: a worker imports TensorFlow in the meantime."""

    def __init__(
        self, executor: Executor, entry: str, device: Device, threads: int, backend: str, folder: SweepFolder, clock: Clock
    ) -> None:
        self.executor, self.clock = executor, clock
        self._entry, self._device, self._threads, self._backend, self._folder = entry, device, threads, backend, folder
        self._spools: dict[str, Path] = {}

    def start(self, worker: str) -> None:
        """A new process for this worker, with a spool of its own: it never writes behind a dead one's torn line.

        Raises StoreError where there is no room for it, on the disk or among the processes.
        """
        used = len(list(self._folder.spool.glob(f"{worker}-*.jsonl")))
        self._spools[worker] = self._folder.spool / f"{worker}-{used}.jsonl"
        environment = self._device.environment(self._threads, self._backend)
        self.clock.launched(worker)
        try:
            self._spools[worker].touch(mode=0o600)
            log = self._folder.logs / f"{worker}.log"
            self.executor.start(Launch(worker, self._entry, log, environment, OPTIONAL[self._backend]))
        except OSError as error:
            raise StoreError(f"cannot start worker {worker} in {self._folder.path}: {error.strerror or error}") from error

    def settle(self, worker: str, settings: Settings) -> None:
        """Tells a started worker what it works on."""
        self.executor.settle(
            WorkerSettings(
                sweep=self._folder.name,
                worker=worker,
                spool=str(self._spools[worker]),
                data=settings.data,
                objective=settings.objective,
                folder=settings.folder,
                device=self._device.name,
                threads=self._threads,
                backend=self._backend,
                lanes=settings.lanes,
                cache=self._cache(),
            )
        )

    def _cache(self) -> str:
        """Where JAX keeps compiled programs from sweep to sweep. They are code that will be run: nobody else may write there.

        Raises InputError where the folder is somebody else's.
        """
        if self._backend != "jax":
            return ""
        folder = self._folder.path.parent / CACHE
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise InputError(f"{folder} belongs to another user, whose compiled programs would be run here. Remove it.")
        folder.chmod(0o700)
        return str(folder)

    def spool(self, worker: str) -> Path:
        return self._spools[worker]


_SECONDS = {"tensorflow": "TensorFlow needs about 4 s", "jax": "JAX needs about 2 s"}


def starting(workers: int, device: str, backend: str) -> Preparing:
    """What is said while they begin."""
    many = "1 worker" if workers == 1 else f"{workers} workers"
    return Preparing(f"starting {many} on the {device}, {_SECONDS[backend]}")


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
