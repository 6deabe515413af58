"""What is said of a column of a frame."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    name: str
    says: str
    unit: str = ""
    range: str = ""
    missing: str = "never"
