"""A folder whose files are replaced all together: a report that fails half-way leaves the old one whole."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from sweeper.tracking.drafting import drafted

LIST = ".written.json"


@contextlib.contextmanager
def replaced(out: Path, last: str) -> Iterator[Path]:
    """A new folder beside `out` to write into (`tracking.drafting`). At the end its files are brought to the disk and each is
    put in its place in `out` by one rename, the one named `last` as the last. What was written so before, by the list that is
    kept in `out`, and is not written again goes; whatever else lies there is somebody's own.

    Raises OSError, StoreError.
    """
    with drafted(out) as new:
        yield new
        files = [file.relative_to(new) for file in new.rglob("*") if file.is_file()]
        for file in files:
            _bring_to_disk(new / file)
        for file in sorted(files, key=lambda file: (file.name == last, file)):
            (out / file).parent.mkdir(parents=True, exist_ok=True)
            (new / file).replace(out / file)
        for old in _written(out) - {*files}:
            (out / old).unlink(missing_ok=True)
        (out / LIST).write_text(json.dumps(sorted(map(str, files))), encoding="utf-8")


def _written(out: Path) -> set[Path]:
    """The files that the last writing left in `out`, as its list says."""
    try:
        files = [Path(file) for file in json.loads((out / LIST).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return set()
    return {file for file in files if not file.is_absolute() and ".." not in file.parts and (out / file).is_file()}


def _bring_to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
