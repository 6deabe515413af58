"""Workers as processes of this machine, one duplex pipe each."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from sweeper.executors.channel import Message, decode, encode
from sweeper.executors.child import BOOT
from sweeper.executors.executor import Died, Event, Handle, Launch, Said
from sweeper.records import WorkerSettings

_LINGER = 5.0
"""Seconds in which a process whose pipe is closed has to end."""


class _Worker:
    """A process and the parent's end of its pipe."""

    def __init__(self, launch: Launch) -> None:
        self.name = launch.worker
        self.connection, theirs = Pipe()
        path = "\n".join(entry or str(Path.cwd()) for entry in sys.path)
        arguments = [str(theirs.fileno()), str(os.getpid()), launch.entry, *launch.without]
        with launch.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-c", BOOT, path, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **launch.environment},
                pass_fds=[theirs.fileno()],
            )
        theirs.close()
        # A grandchild may hold the pipe open after the worker's death, so the process is waited for as well.
        self.exit: int | None = os.pidfd_open(self.process.pid) if hasattr(os, "pidfd_open") else None

    @property
    def signs(self) -> list[Connection | int]:
        """What to wait on."""
        return [self.connection] if self.exit is None else [self.connection, self.exit]

    def hear(self) -> tuple[list[Message], bool]:
        """All messages that lie in the pipe, and whether the worker can still speak."""
        heard: list[Message] = []
        try:
            while self.connection.poll(0):
                heard.append(decode(self.connection.recv_bytes()))
        except (EOFError, OSError, ValueError):  # ValueError: cut off in the middle of a message
            return heard, False
        return heard, self.process.poll() is None

    def bury(self) -> int:
        """Waits for the end of the process and gives its exit code."""
        try:
            code = self.process.wait(_LINGER)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.connection.close()
        if self.exit is not None:
            os.close(self.exit)
        return code


class LocalExecutor:
    """Spawns workers, and hears them by waiting on their pipes and on their ends; nothing is polled."""

    def __init__(self) -> None:
        self._workers: dict[str, _Worker] = {}
        self._waking, self._woken = os.pipe()
        os.set_blocking(self._waking, False)
        os.set_blocking(self._woken, False)

    def start(self, launch: Launch) -> None:
        self._workers[launch.worker] = _Worker(launch)

    def settle(self, settings: WorkerSettings) -> None:
        self.send(settings.worker, {"settings": settings.to_json()})

    def send(self, worker: str, message: Message) -> None:
        known = self._workers.get(worker)
        if known is not None:
            with contextlib.suppress(OSError):  # dead: `Died` follows
                known.connection.send_bytes(encode(message))

    def run(self, handle: Handle) -> None:
        timeout = handle([])
        while timeout is not None:
            timeout = handle(self.events(timeout))

    def events(self, timeout: float) -> Sequence[Event]:
        """What happened, in the order of each worker; waits `timeout` seconds at most for something to happen."""
        signs = [sign for worker in self._workers.values() for sign in worker.signs]
        ready = set(wait([*signs, self._waking], timeout))
        with contextlib.suppress(BlockingIOError):
            os.read(self._waking, 1024)
        found: list[Event] = []
        for worker in list(self._workers.values()):
            if ready.isdisjoint(worker.signs):
                continue
            heard, alive = worker.hear()
            if not alive:  # what it said between the last look and its end
                heard += worker.hear()[0]
            found += [Said(worker.name, message) for message in heard]
            if not alive:
                found.append(Died(worker.name, self._workers.pop(worker.name).bury()))
        return found

    def wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._woken, b".")

    def stop(self, patience: float) -> None:
        for worker in self._workers:
            self.send(worker, {"do": "stop"})
        until = time.monotonic() + patience
        while self._workers and (left := until - time.monotonic()) > 0:
            self.events(left)
        self.kill()

    def kill(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()
        for worker in self._workers.values():
            worker.bury()
        self._workers.clear()
