"""The next space of a sweep: the text of the space that ran, with what was set beside it and with the changes that a report
proposes, each under a comment that says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.building import build
from sweeper.spaces.changes import Bounds, Change, Only, Without
from sweeper.spaces.nodes import printable
from sweeper.spaces.overrides import override
from sweeper.spaces.reader import BASELINE
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.tree import Options, Part
from sweeper.spaces.wording import shown
from sweeper.spaces.yaml_reader import read_text
from sweeper.spaces.yaml_text import (
    Pair,
    agreeing,
    commented,
    find,
    inside,
    items_in,
    lifted,
    pairs_in,
    slice_of,
    with_value,
    with_word,
    without_item,
    without_pair,
)

_PATHS = {"data": ("file", "folder", "load"), "model": ("build",)}
"""Settings that hold a path, which counts from the space's folder."""
_FIRST = "tried first:"
"""How the comment on a baseline begins that was written here."""


def read_kept(text: str, overrides: Iterable[str], folder: Path, name: str) -> SearchSpace:
    """The space of a sweep from the text and the `--set` values that were kept of it. Raises SpaceError."""
    file = f"{name}.yaml"
    root = read_text(text, file)
    for one in overrides:
        root = override(root, one)
    return build(root, stem=name, file=file, folder=folder, text=text)


def revised(space: SearchSpace, changes: Iterable[Change]) -> str:
    """The space's own text with what was set beside it (see `read_kept`) and with the changes in it.

    Raises SpaceError where a change names a place that the text does not have.
    """
    text = agreeing(space.source_text, space.root)
    for change in changes:
        text = _changed(text, change, space)
        words = f"{change.path.rsplit('.', 1)[-1]} {change.says}: {change.reason}"
        text = commented(text, _found(text, change.path), printable(words))
    return text


def without_compared(text: str, name: str) -> str:
    """The text in which this name is no longer compared; where nothing is left to compare, nothing is drawn in pairs either."""
    pair = find(text, "compare")
    if pair is None:
        return text
    item = next((one for one in items_in(pair) if one.value == name), None)
    if item is not None and len(items_in(pair)) > 1:
        return without_item(text, pair, item)
    text = without_pair(text, pair)
    sampler, section = find(text, "search.sampler"), find(text, "search")
    if sampler is None or section is None or slice_of(text, sampler.value) != "paired":
        return text
    return without_pair(text, sampler if len(pairs_in(section)) > 1 else section)


def with_baseline(text: str, values: Mapping[str, Value], why: str = "") -> str:
    """The text with these values as what is tried first, in place of a baseline that it has."""
    pair = find(text, BASELINE)
    if pair is not None:
        text = re.sub(rf"(?m)^# {_FIRST}.*\n(#   .*\n)*(?={BASELINE}:)", "", text)
        text = without_pair(text, _found(text, BASELINE))
    if not values:
        return text
    lines = "".join(f"  {name}: {shown(value)}\n" for name, value in values.items())
    text = f"{text.rstrip()}\n{BASELINE}:\n{lines}"
    return commented(text, _found(text, BASELINE), printable(f"{_FIRST} {why}"))


def with_absolute_paths(text: str, folder: Path) -> str:
    """The text for a file that does not lie in `folder`, from which its paths count."""
    sections = {name: find(text, name) for name in _PATHS}
    found = [one for name, pair in sections.items() if pair for one in _below(pair) if one.key.value in _PATHS[name]]
    for one in sorted(found, key=lambda pair: -int(pair.key.start_mark.index)):
        path = str(folder / str(one.value.value)).replace("\\", "\\\\").replace('"', '\\"')
        text = with_word(text, one.value, f'"{path}"')
    return text


def renamed(space: SearchSpace, name: str, changes: Iterable[Change]) -> str:
    """What a searched name is called once the changes are made: an option with a name of its own that stands alone is the part
    inside, and goes by its name."""
    for change in changes:
        if isinstance(change.becomes, Only) and name.startswith(f"{change.path}.{change.becomes.value}."):
            part = _alone(space, change.path, change.becomes.value)
            rest = name.removeprefix(f"{change.path}.{change.becomes.value}.")
            return f"{change.path}.{part}.{rest}" if part else f"{change.path}.{rest}"
    return name


def _alone(space: SearchSpace, path: str, option: Value) -> str:
    """The part inside an option, or nothing where it holds none."""
    node = next((leaf.node for leaf in space.leaves if leaf.name == path), None)
    content = node.content(option) if isinstance(node, Options) else None
    return content.entry.name if isinstance(content, Part) else ""


def _changed(text: str, change: Change, space: SearchSpace) -> str:
    path, becomes = change.path, change.becomes
    if isinstance(becomes, Bounds):
        text = _with_bounds(text, path, becomes)
        return _with_default(text, path, lambda default: becomes.low <= float(default.value) <= becomes.high)
    if isinstance(becomes, Only):
        text = _with_only(text, path, becomes.value, _alone(space, path, becomes.value))
        return without_compared(text, path) if path in space.compare else text
    if isinstance(becomes, Without):
        for value in becomes.values:
            text = _without_option(text, path, value)
        return _with_default(text, path, lambda default: not any(_is(default, value) for value in becomes.values))
    return agreeing(text, override(read_text(text, space.file), f"{path}={shown(becomes.value)}"))


def _with_bounds(text: str, path: str, bounds: Bounds) -> str:
    pair = _found(text, path)
    ends = inside(pair, "float") or inside(pair, "int")
    if ends is None or len(items_in(ends)) != 2:
        raise SpaceError(f"'{path}' is no range in the text of the space")
    new = dict(zip((0, 1), (bounds.low, bounds.high), strict=True))
    for place, item in reversed(list(enumerate(items_in(ends)))):
        if float(item.value) != new[place]:
            text = with_word(text, item, str(int(new[place])) if ends.key.value == "int" else _number(new[place]))
    return text


def _number(value: float) -> str:
    """`6e-5`, as people write it."""
    return re.sub(r"e([-+])0+", r"e\1", shown(float(value)))


def _with_only(text: str, path: str, value: Value, part: str) -> str:
    pair = _found(text, path)
    choice = _choice(pair, path)
    option = inside(choice, shown(value))
    if option is None:
        item = next((slice_of(text, item) for item in items_in(choice) if _is(item, value)), shown(value))
        return with_value(text, pair, item)
    if value is None or not (part or slice_of(text, option.value)):
        return with_value(text, pair, shown(value))
    return lifted(text, pair, option, whole=part == value)


def _without_option(text: str, path: str, value: Value) -> str:
    choice = _choice(_found(text, path), path)
    option = inside(choice, shown(value))
    if option is not None:
        return without_pair(text, option)
    item = next((item for item in items_in(choice) if _is(item, value)), None)
    if item is None:
        raise SpaceError(f"'{path}' has no '{shown(value)}' in the text of the space")
    return without_item(text, choice, item)


def _with_default(text: str, path: str, stays: Callable[[Any], bool]) -> str:
    default = inside(_found(text, path), "default")
    return text if default is None or stays(default.value) else without_pair(text, default)


def _choice(pair: Pair, path: str) -> Pair:
    choice = inside(pair, "choice")
    if choice is None:
        raise SpaceError(f"'{path}' is no choice in the text of the space")
    return choice


def _is(word: Any, value: Value) -> bool:
    """Whether a word of the text says this value."""
    try:
        return str(word.value) == shown(value) or (isinstance(value, int | float) and float(word.value) == value)
    except ValueError:
        return False


def _found(text: str, path: str) -> Pair:
    pair = find(text, path)
    if pair is None:
        raise SpaceError(f"'{path}' is nowhere in the text of the space")
    return pair


def _below(pair: Pair) -> Iterator[Pair]:
    for one in pairs_in(pair):
        yield one
        yield from _below(one)
