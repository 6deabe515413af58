"""Spaces that a Python function defines by running: what YAML cannot say.

The function gets an object with Optuna's `suggest_float`, `suggest_int` and `suggest_categorical` and returns the same tree
as a file would hold, with values only. It runs once for each trial, so the searched names are not known beforehand: the
samplers `random` and Optuna's own serve it, `paired`, `qmc`, `grid` and `compare` do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sweeper.catalogue.sections import SEARCHED, SPACE
from sweeper.own_code import OwnCodeError, load_function, running
from sweeper.records import Value
from sweeper.spaces.building import build
from sweeper.spaces.leaves import leaves
from sweeper.spaces.nodes import Mapping, Source, from_python
from sweeper.spaces.overrides import override
from sweeper.spaces.reader import read_tree
from sweeper.spaces.resolving import Drawn, Suggest, plain, resolve
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.suggesting import Defaults, Missing
from sweeper.spaces.suggestions import Suggestions
from sweeper.spaces.tree import Group, Range
from sweeper.spaces.yaml_reader import LARGEST_FILE

_FIXED = tuple(parameter.name for parameter in SPACE.parameters if parameter.name not in SEARCHED)


def read_python_space(file: Path, function: str, overrides: tuple[str, ...] = ()) -> SearchSpace:
    """The space that `function` of `file` defines. The user's code runs here. Raises SpaceError."""
    text = _source_text(file)
    drawing = _Drawing(file, function, text, overrides)
    root, _ = drawing.run(Defaults())
    if "compare" in root.keys:
        raise drawing.source.error(
            "a space from a function has no fixed tree, so `compare` cannot set its choices against each other; "
            "write the space as YAML for that",
            path="compare",
        )
    space = build(root, stem=file.stem, file=f"{file}:{function}", folder=file.resolve().parent, text=text, function=drawing)
    drawing.fixed = _fixed_sections(space.tree)
    return space


class _Drawing:
    """One trial's parameters and configuration for each call."""

    def __init__(self, file: Path, function: str, text: str, overrides: tuple[str, ...]) -> None:
        self.file, self.overrides = file, overrides
        self.source = Source(str(file), tuple(text.split("\n")))
        self.known: dict[str, Range | tuple[Value, ...]] = {}
        self.fixed: dict[str, Any] | None = None
        with _as_space_error(self.source):
            self.call = load_function(file.resolve(), function)

    def run(self, suggest: Suggest) -> tuple[Mapping, dict[str, Value]]:
        suggestions = Suggestions(suggest, self.source, self.known)
        with _as_space_error(self.source), running(self.file.resolve(), passing=(Missing,)):
            returned = self.call(suggestions)
        if not isinstance(returned, dict):
            raise self.source.error(
                f"the function returned {type(returned).__name__}, a dict of sections was expected: "
                "{'data': 'digits', 'model': {'mlp': {'layers': '64-64'}}}"
            )
        root = from_python(returned, self.source)
        for text in self.overrides:
            root = override(root, text)
        assert isinstance(root, Mapping)
        return root, suggestions.parameters

    def __call__(self, suggest: Suggest) -> Drawn:
        root, parameters = self.run(suggest)
        tree = read_tree(root)
        searched = [leaf.name for section in SEARCHED for leaf in leaves(tree.setting(section))]
        if searched:
            raise self.source.error(
                "a function returns values only; what is searched it asks for with suggest_float, suggest_int or "
                "suggest_categorical",
                path=searched[0],
            )
        if self.fixed is not None and (changed := _changed(self.fixed, _fixed_sections(tree))):
            raise self.source.error(
                f"the section '{changed}' differs from trial to trial; only {', '.join(SEARCHED)} may", path=changed
            )
        drawn = resolve(tree, Defaults(), SEARCHED)
        return Drawn(parameters, drawn.configuration, {**drawn.settings, **parameters})


def _fixed_sections(tree: Group) -> dict[str, Any]:
    return {name: plain(tree.setting(name)) for name in _FIXED}


def _changed(before: dict[str, Any], now: dict[str, Any]) -> str | None:
    return next((name for name in before if before[name] != now[name]), None)


def _source_text(file: Path) -> str:
    source = Source(str(file))
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise source.error("is larger than 1 MiB; a space is a page of text")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise source.error(f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        raise source.error("is not UTF-8") from error


@contextmanager
def _as_space_error(source: Source) -> Iterator[None]:
    """What the user's code raises becomes one message with the user's own line."""
    try:
        yield
    except OwnCodeError as error:
        raise source.error(error.problem, error.line, error.column) from error
