"""One worker in the parent's own process and thread, for a debugger: a breakpoint in a model just works.

The worker's entry runs as it does in a process. Whenever it wants to hear the parent, the parent's loop is called from
within the channel until it has something to say, so that messages mean and do the same as on `local`.
"""

from __future__ import annotations

import os
import time
from collections import deque

from sweeper.errors import SweepError
from sweeper.executors.channel import Message, decode, encode
from sweeper.executors.executor import Died, Event, Handle, Launch, Said, resolve
from sweeper.records import WorkerSettings

_PAUSE = 0.05
"""Seconds to sleep when parent and worker both wait; happens at a time limit only."""


class InlineExecutor:
    """Holds one worker."""

    def __init__(self) -> None:
        self._launch: Launch | None = None
        self._settings: WorkerSettings | None = None
        self._said: list[Event] = []
        self._told: deque[Message] = deque()
        self._handle: Handle = lambda events: None
        self._done = False

    def start(self, launch: Launch) -> None:
        if self._launch is not None and not self._done:
            raise SweepError("the inline executor has one worker; use --executor local for more")
        os.environ.update(launch.environment)
        self._launch = launch

    def settle(self, settings: WorkerSettings) -> None:
        self._settings = settings

    def send(self, worker: str, message: Message) -> None:
        self._told.append(decode(encode(message)))

    def run(self, handle: Handle) -> None:
        """Calls the entry; an exception of it goes straight through, as a debugger wants it."""
        self._handle = handle
        if self._launch is None or self._settings is None:
            raise SweepError("a worker has to be started and settled before it can run")
        self._listen()
        if not self._done:
            resolve(self._launch.entry)(_InlineChannel(self), self._settings)
        self._said.append(Died(self._launch.worker, 0))
        if not self._done:
            self._listen()

    def wake(self) -> None:
        """Nothing to do: the parent is never asleep while its worker works."""

    def stop(self, patience: float) -> None:
        self._done = True

    def kill(self) -> None:
        self._done = True

    def _listen(self) -> float | None:
        """Lets the parent handle what was said."""
        said, self._said = self._said, []
        timeout = self._handle(said)
        self._done = self._done or timeout is None
        return timeout

    def say(self, message: Message) -> None:
        assert self._launch is not None
        self._said.append(Said(self._launch.worker, decode(encode(message))))

    def hear(self) -> Message:
        while not self._told:
            if self._done:
                return {"do": "stop"}
            timeout = self._listen()
            if timeout is not None and not self._told:
                time.sleep(min(timeout, _PAUSE))
        return self._told.popleft()

    def waiting(self) -> bool:
        if not self._done:
            self._listen()
        return bool(self._told) or self._done


class _InlineChannel:
    """The worker's view of it."""

    def __init__(self, executor: InlineExecutor) -> None:
        self._executor = executor

    def send(self, message: Message) -> None:
        self._executor.say(message)

    def receive(self) -> Message | None:
        return self._executor.hear()

    def waiting(self) -> bool:
        return self._executor.waiting()
