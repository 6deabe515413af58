"""The space that a sweep searched, as MLflow keeps it: its file's text, and what was set beside it."""

from __future__ import annotations

import json
from pathlib import Path

from sweeper.errors import InputError
from sweeper.reporting.reading.sweep import Sweep
from sweeper.reporting.text import clean
from sweeper.spaces import SearchSpace
from sweeper.spaces.revising import read_kept


def space_of(sweep: Sweep, folder: Path = Path()) -> SearchSpace | None:
    """None for a Python function, which no text can stand for. `folder` is where the paths in it count from.

    Raises InputError where the store has no space of the sweep, SpaceError where this version cannot read it.
    """
    if is_function(sweep):
        return None
    if not sweep.space.strip():
        raise InputError(f"MLflow has no space of {clean(sweep.name, 64)}: it was not made by `sweep run`.")
    return read_kept(sweep.space, overrides_of(sweep), folder, "space")


def is_function(sweep: Sweep) -> bool:
    return sweep.source.rpartition(":")[0].endswith(".py")


def overrides_of(sweep: Sweep) -> tuple[str, ...]:
    """What was set beside the file, as `--set` takes it. Raises InputError where it is not readable."""
    text = sweep.about.get("overrides", "[]")
    try:
        return tuple(str(one) for one in json.loads(text))
    except (ValueError, TypeError):
        raise InputError(f"The tag sweeper.overrides of {clean(sweep.name, 64)} is no list in JSON.") from None
