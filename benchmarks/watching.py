"""Watches a running sweep from outside: processor time and memory of its processes, and how many trials have ended.

What is no worker counts as the parent: itself and whatever else it starts. The processor time of a process that has ended stays
what it was when it was last seen.
"""

from __future__ import annotations

import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sweeper.search.crew import ENTRY

INTERVAL = 0.2
"""Seconds between two looks."""

_OUTCOME = b'"kind":"outcome"'


@dataclass(frozen=True)
class Sample:
    """`clock` and `parent_seconds` (processor time) in seconds, memory (resident) in MB; `ended` trials. `worker_own` is
    without the pages of mapped files."""

    clock: float
    ended: int
    parent_seconds: float
    parent_memory: float
    worker_memory: tuple[float, ...]
    worker_own: tuple[float, ...]


def watch(command: Sequence[str], cwd: Path, spool: Path) -> list[Sample]:
    """Runs a sweep to its end, printing how far it is. Raises RuntimeError where it fails."""
    log = cwd / "log.txt"
    with log.open("w") as file:
        running = subprocess.Popen(command, cwd=cwd, stdout=file, stderr=subprocess.STDOUT)
    begun, told, samples = time.perf_counter(), 0, []
    used: dict[int, float] = defaultdict(float)
    counter = Counter(spool)
    while running.poll() is None:
        found = look(running.pid, used)
        if found is not None:
            sample = Sample(time.perf_counter() - begun, counter.ended(), sum(used.values()), *found)
            samples.append(sample)
            if sample.ended >= told + 100:
                told = sample.ended
                print(f"  {told} trials after {sample.clock:.0f} s", flush=True)
        time.sleep(INTERVAL)
    if running.returncode != 0:
        raise RuntimeError(f"the sweep ended with status {running.returncode}:\n{log.read_text()[-3000:]}")
    return samples


def look(parent: int, used: dict[int, float]) -> tuple[float, tuple[float, ...], tuple[float, ...]] | None:
    """Memory of the parent's side, of each worker, and of each worker without mapped files; `used` takes the processor time of
    each process of the parent's side. None if the parent has just ended."""
    try:
        root = psutil.Process(parent)
        parents, workers, own = 0.0, [], []
        for process in (root, *root.children(recursive=True)):
            memory = process.memory_info()
            if any(ENTRY in word for word in process.cmdline()):
                workers.append(memory.rss / 1e6)
                own.append((memory.rss - memory.shared) / 1e6)
            else:
                times = process.cpu_times()
                used[process.pid] = times.user + times.system
                parents += memory.rss / 1e6
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return None
    return parents, tuple(workers), tuple(own)


class Counter:
    """Counts outcomes in the workers' spools as they grow; a file is read once."""

    def __init__(self, spool: Path) -> None:
        self._spool, self._count = spool, 0
        self._read: dict[Path, int] = defaultdict(int)

    def ended(self) -> int:
        for file in self._spool.glob("w*.jsonl"):
            with file.open("rb") as opened:
                opened.seek(self._read[file])
                whole = opened.read().rpartition(b"\n")[0]
            self._read[file] += len(whole)
            self._count += whole.count(_OUTCOME)
        return self._count


def at(samples: list[Sample], ended: int) -> Sample:
    """The first look at which so many trials had ended; the last one where it never was so."""
    return next((sample for sample in samples if sample.ended >= ended), samples[-1])
