"""The programs that a worker keeps: one for each structure, least recently used first out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from sweeper.training.program import Program

KEPT = 64
"""A program of a small network holds a few megabytes."""


class Programs:
    """Compiled programs by signature."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._programs: OrderedDict[str, Program] = OrderedDict()

    def get(self, structure: str, build: Callable[[], Program]) -> tuple[Program, bool]:
        """The program of a structure, and whether it was built for this call."""
        known = self._programs.get(structure)
        if known is not None:
            self._programs.move_to_end(structure)
            return known, False
        while len(self._programs) >= self._kept:
            self._programs.popitem(last=False)
        self._programs[structure] = built = build()
        return built, True
