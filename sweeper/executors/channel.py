"""A worker's line to the parent: JSON objects, in both directions, in order. Never pickles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from multiprocessing.connection import Connection
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
    """One end of a duplex pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, message: Message) -> None:
        self._connection.send_bytes(encode(message))

    def receive(self) -> Message | None:
        try:
            return decode(self._connection.recv_bytes())
        except (EOFError, ConnectionResetError):
            return None

    def waiting(self) -> bool:
        try:
            return self._connection.poll(0)
        except (EOFError, ConnectionResetError):
            return True


def encode(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def decode(text: bytes) -> Message:
    """The message in `text`. Raises ValueError where it is not a JSON object."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError(f"a message of type {type(message).__name__}; expected a JSON object")
    return message
