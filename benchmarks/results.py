"""Results as JSON lines: a line for each run of a side; a line that is there is not measured again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def read(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def append(file: Path, row: Row) -> None:
    with file.open("a") as opened:
        opened.write(json.dumps(row) + "\n")


def digest(listed: Path) -> str:
    """Of the list of configurations: rows are compared only if they trained the same."""
    return hashlib.sha256(listed.read_bytes()).hexdigest()[:12]


def find(rows: list[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
