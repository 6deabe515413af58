"""Prepared rows in chunks, for data larger than a device or memory: read from disk in long runs, shuffled, and ahead of use.

for chunk in ahead(shuffled(parts.train, 32 * batch_size, derive(seed, "order", epoch))):
    ...  # the next chunk is read meanwhile
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from queue import Queue
from typing import Any, TypeVar

import numpy as np

from sweeper.data.arrays import Part, concatenated, taken

Chunk = TypeVar("Chunk")

MIXED = 8
"""Chunks whose rows are mixed with each other."""


def in_order(part: Part, rows: int) -> Iterator[Part]:
    """The part in chunks of so many rows, the last maybe shorter, as it lies on disk."""
    for start in range(0, len(part), rows):
        yield _read(part, start, start + rows)


def shuffled(part: Part, rows: int, seed: int, mixed: int = MIXED) -> Iterator[Part]:
    """The same rows, each once, in an order that `seed` decides; all chunks but the last have `rows` rows.

    Stretches of `rows` rows are read in random order, and the rows of `mixed` of them together are put in random order. The
    training part lies on disk in random order already, so no two epochs have like neighbours though the disk is read in long
    runs. With a single mix this is one permutation of all rows. In memory are the rows of one mix, and the chunk that is asked
    for.
    """
    random = np.random.default_rng(seed)
    starts = random.permutation(np.arange(0, len(part), rows))
    room = min(len(part), (mixed + 1) * rows)
    x, y = (np.empty((room, *one.shape[1:]), one.dtype) for one in (part.x, part.y))  # once: memory costs when first touched
    count = 0
    for first in range(0, len(starts), mixed):
        for start in starts[first : first + mixed]:
            stop = min(start + rows, len(part))
            x[count : count + stop - start], y[count : count + stop - start] = part.x[start:stop], part.y[start:stop]
            count += stop - start
        order = random.permutation(count)
        whole = count if first + mixed >= len(starts) else count // rows * rows
        for start in range(0, whole, rows):
            chosen = order[start : min(start + rows, whole)]
            yield Part(taken(x, chosen), taken(y, chosen))
        left = order[whole:]
        count = len(left)
        x[:count], y[:count] = x[left], y[left]


def ahead(chunks: Iterable[Chunk], most: int = 2) -> Generator[Chunk, None, None]:
    """The chunks, of which a thread reads up to `most` before they are asked for.

    What reading raises is raised here. The thread ends with the iterator, also where that is closed early.
    """
    ready: Queue[Any] = Queue()
    room = threading.Semaphore(most)
    closed = threading.Event()

    def read() -> None:
        try:
            for chunk in chunks:
                room.acquire()
                if closed.is_set():
                    return
                ready.put(chunk)
            ready.put(_End())
        except BaseException as error:
            ready.put(_End(error))

    thread = threading.Thread(target=read, name="sweeper-chunks", daemon=True)
    thread.start()
    try:
        while not isinstance(chunk := ready.get(), _End):
            room.release()
            yield chunk
        if chunk.error is not None:
            raise chunk.error
    finally:
        closed.set()
        room.release()
        thread.join()


class _End:
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def _read(part: Part, start: int, stop: int) -> Part:
    """These rows in memory."""
    return Part(concatenated([part.x[start:stop]]), concatenated([part.y[start:stop]]))
