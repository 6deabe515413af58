"""A worker's line to the parent: JSON objects, in both directions, in order. Never pickles."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Protocol

Message = Mapping[str, Any]
"""A JSON object, as docs/architecture.md lists them. NaN and infinities pass."""


class Channel(Protocol):
    """What the worker's entry is given. Used by the worker alone, from one thread."""

    def send(self, message: Message) -> None:
        """Tells the parent. Raises OSError when the parent is gone."""

    def receive(self) -> Message | None:
        """The parent's next message, waited for; None if the parent is gone."""

    def waiting(self) -> bool:
        """Whether `receive` would answer at once. To be asked after each epoch: a `stop` may have come."""


class PipeChannel:
    """One end of a duplex pipe. A thread takes what arrives, so that the parent never waits for a worker to listen: if both
    wrote more than the pipe holds, neither would ever read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._heard: SimpleQueue[Message | None] = SimpleQueue()
        threading.Thread(target=self._listen, name="sweeper-channel", daemon=True).start()

    def send(self, message: Message) -> None:
        self._connection.send_bytes(encode(message))

    def receive(self) -> Message | None:
        message = self._heard.get()
        if message is None:
            self._heard.put(None)  # for whoever asks again
        return message

    def waiting(self) -> bool:
        return not self._heard.empty()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._heard.put(decode(self._connection.recv_bytes()))
        self._heard.put(None)


def encode(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def decode(text: bytes) -> Message:
    """The message in `text`. Raises ValueError where it is not a JSON object."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError(f"a message of type {type(message).__name__}; expected a JSON object")
    return message
