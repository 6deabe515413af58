"""A folder whose files are replaced all together: a report that fails half-way leaves the old one whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replaced(out: Path, last: str) -> Iterator[Path]:
    """A new folder beside `out` to write into. At the end its files are brought to the disk and each is put in its place in
    `out` by one rename, the one named `last` as the last; in its subfolders, which are ours, nothing old stays.

    Raises OSError.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield new
        files = [file.relative_to(new) for file in new.rglob("*") if file.is_file()]
        for file in files:
            _bring_to_disk(new / file)
        for file in sorted(files, key=lambda file: (file.name == last, file)):
            (out / file).parent.mkdir(parents=True, exist_ok=True)
            (new / file).replace(out / file)
        for folder in {file.parent for file in files} - {Path()}:
            for old in (out / folder).iterdir():
                if folder / old.name not in files:
                    old.unlink()
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _bring_to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
