"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`good` None is neither right nor wrong. `remedy` is the line to paste."""

    topic: str
    says: str
    good: bool | None = True
    remedy: str = ""
