"""The programs that a worker keeps: one for each structure and number of lanes, least recently used first out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

import psutil

from sweeper.training.program import Program

KEPT = 128
"""A program of a small dense net holds 8 megabytes in TensorFlow: 6 when it is compiled, 2 more when it is used again."""
_RESERVE = 0.1
"""When less than this share of the machine's memory is free, one program goes for each that comes."""


class Programs:
    """Compiled programs by structure and number of lanes."""

    def __init__(self, kept: int = KEPT, scarce: Callable[[], bool] | None = None) -> None:
        """`scarce` says whether memory is."""
        self._kept, self._scarce = kept, scarce or _memory_is_scarce
        self._programs: OrderedDict[tuple[str, int], Program] = OrderedDict()

    def get(self, key: tuple[str, int], build: Callable[[], Program]) -> tuple[Program, bool]:
        """The program, and whether it was built for this call."""
        known = self._programs.get(key)
        if known is not None:
            self._programs.move_to_end(key)
            return known, False
        if self._programs and (len(self._programs) >= self._kept or self._scarce()):
            self._programs.popitem(last=False)
        self._programs[key] = built = build()
        return built, True

    def drop(self, key: tuple[str, int]) -> None:
        self._programs.pop(key, None)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self._programs)


def _memory_is_scarce() -> bool:
    memory = psutil.virtual_memory()
    return bool(memory.available < _RESERVE * memory.total)
