"""Programs are kept by structure, the least recently used given up first."""

from __future__ import annotations

from typing import Any

from sweeper.training.programs import Programs


def test_the_least_recently_used_goes_first() -> None:
    built: list[str] = []
    programs: Any = Programs(kept=2)

    def get(structure: str) -> bool:
        _, fresh = programs.get(structure, lambda: built.append(structure) or structure)
        return bool(fresh)

    assert [get(structure) for structure in ("a", "b", "a", "c", "a", "b")] == [True, True, False, True, False, True]
    assert built == ["a", "b", "c", "b"]
