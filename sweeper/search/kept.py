"""The space of an earlier sweep, as it was when that began."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from sweeper.errors import InputError
from sweeper.search.progress import Note, Watch
from sweeper.search.settings import Settings
from sweeper.spaces import SearchSpace, read_space
from sweeper.tracking.home import SweepFolder


def space_of(settings: Settings, folder: SweepFolder, watch: Watch) -> SearchSpace:
    """A file's text was kept, Python has to be what it was: raises InputError where it is not."""
    if not _is_function(settings.source):
        space = read_space(str(folder.space), settings.overrides)
        if _changed(Path(settings.source), settings.digest):
            watch(Note(f"{settings.source} has changed since; the sweep goes on with the space it began with"))
        return replace(space, folder=Path(settings.folder))
    space = read_space(settings.source, settings.overrides)
    if hashlib.sha256(space.source_text.encode()).hexdigest() != settings.digest:
        raise InputError(
            f"{settings.source} has changed since the sweep '{settings.name}' began, so its trials would no longer be of one "
            f"space. Restore it (the text is in {folder.space}), or start a new sweep: sweep run {settings.source}"
        )
    return space


def _is_function(source: str) -> bool:
    return source.rpartition(":")[0].endswith(".py")


def _changed(file: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() != digest
    except OSError:
        return False
