"""How many lanes each worker takes of each structure: what was asked for, or what it found out; kept for those who look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.tracking.home import SweepFolder, write_atomically


@dataclass(frozen=True)
class Choice:
    """So many lanes, and the worker's reason."""

    lanes: int
    why: str


class LaneChoices:
    """`asked` is --lanes: so many for every structure until a worker says otherwise, or 0 where the workers find it out."""

    def __init__(self, folder: SweepFolder, asked: int) -> None:
        self._folder, self._asked = folder, asked
        self._told: dict[tuple[str, str], Choice] = {}
        self._measured: set[tuple[str, str]] = set()
        self._kept = read_choices(folder)

    def hear(self, worker: str, message: Mapping[str, Any]) -> None:
        """A worker's `lanes` message. Raises StoreError where the disk takes nothing."""
        choice = Choice(int(message["lanes"]), str(message["why"]))
        structure = str(message["structure"])
        self._told[(worker, structure)] = choice
        (self._measured.add if message["measured"] else self._measured.discard)((worker, structure))
        if self._kept.get(structure) != choice:
            self._kept[structure] = choice
            kept = {name: {"lanes": known.lanes, "why": known.why} for name, known in self._kept.items()}
            write_atomically(_file(self._folder), json.dumps(kept, indent=1))

    def capacity(self, worker: str, structure: str, lanes: int) -> int:
        """How many plans of this structure the worker takes when it is idle; `lanes` is what they ask for, or 0."""
        told = self._told.get((worker, structure))
        wanted = lanes or self._asked
        if told is None:
            return wanted or 1
        return min(wanted, told.lanes) if wanted else told.lanes

    def known(self, worker: str, structure: str, lanes: int) -> bool:
        """Whether its number of lanes is there to stay: asked for, or measured and still its choice."""
        return bool(lanes or self._asked) or (worker, structure) in self._measured

    def forget(self, worker: str) -> None:
        """The worker has died: another process begins in its place, and knows nothing."""
        self._told = {(name, structure): choice for (name, structure), choice in self._told.items() if name != worker}
        self._measured = {(name, structure) for name, structure in self._measured if name != worker}


def read_choices(folder: SweepFolder) -> dict[str, Choice]:
    """Structure -> what was chosen for it last; empty where nothing was, and where it cannot be read: it is for people only."""
    try:
        return {structure: Choice(**said) for structure, said in json.loads(_file(folder).read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _file(folder: SweepFolder) -> Path:
    return folder.path / "lanes.json"
