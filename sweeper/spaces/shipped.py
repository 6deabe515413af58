"""The spaces that come with the tool."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import sweeper


def folder() -> Path | None:
    """Where the shipped spaces lie: beside the package in a checkout, or installed as `sweeper_search_spaces`."""
    beside = Path(sweeper.__file__).resolve().parent.parent / "search_spaces"
    if beside.is_dir():
        return beside
    try:
        installed = Path(str(resources.files("sweeper_search_spaces")))
    except ModuleNotFoundError:
        return None
    return installed if installed.is_dir() else None


def names() -> tuple[str, ...]:
    """Names of the shipped spaces, sorted."""
    here = folder()
    return tuple(sorted(path.stem for path in here.glob("*.yaml"))) if here else ()


def find(name: str) -> Path | None:
    """The file of a shipped space; `digits-mlp` finds `digits_mlp`."""
    here, plain = folder(), name.replace("-", "_")
    return here / f"{plain}.yaml" if here and plain in names() else None
