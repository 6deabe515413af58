"""`read_space`: from what the user names to a SearchSpace."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sweeper.errors import SpaceError
from sweeper.spaces import shipped
from sweeper.spaces.building import build
from sweeper.spaces.nodes import printable
from sweeper.spaces.overrides import override
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.wording import meant
from sweeper.spaces.yaml_reader import read_file


def read_space(source: str | Path, overrides: Iterable[str] = ()) -> SearchSpace:
    """The space in a YAML file, of a shipped name, or from a Python function (`file.py:function`).

    `overrides` are `KEY=VALUE` texts as `--set` takes them. Raises SpaceError, and nothing else, for bad input.
    """
    named = str(source)
    file, colon, function = named.rpartition(":")
    if colon and file.endswith(".py"):
        from sweeper.spaces.python_space import read_python_space

        return read_python_space(Path(file), function, tuple(overrides))
    path = Path(named)
    if path.suffix == ".py":
        raise SpaceError(f"{printable(named)} is Python: name the function too", paste=f"{printable(named)}:space")
    if path.suffix not in (".yaml", ".yml") and not _is_file(path):
        found = shipped.find(named)
        if found is None:
            raise _unknown(named)
        path, named = found, str(found)
    text, root = read_file(path, named)
    for text_of_override in overrides:
        root = override(root, text_of_override)
    return build(root, stem=path.stem, file=named, folder=path.resolve().parent, text=text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a NUL
        return False


def _unknown(named: str) -> SpaceError:
    known = shipped.names()
    beside = next((f"{named}{suffix}" for suffix in (".yaml", ".yml") if _is_file(Path(f"{named}{suffix}"))), None)
    near = beside or meant(named, known)
    hint = f" Did you mean '{near}'?" if near else f" Shipped spaces: {', '.join(known)}." if known else ""
    return SpaceError(
        f"there is no file and no shipped space '{printable(named[:200])}'.{hint}", paste=f"sweep run {near}" if near else ""
    )
