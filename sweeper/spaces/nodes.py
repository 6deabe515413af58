"""What was read from a file, before it means anything: scalars, lists and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sweeper.errors import Place, SpaceError
from sweeper.records import Value

_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Source:
    """Where nodes come from: a file (or a `--set`), with its lines for error messages."""

    file: str
    lines: tuple[str, ...] = ()

    def error(self, problem: str, line: int = 0, column: int = 0, *, path: str = "", paste: str = "") -> SpaceError:
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        place = Place(printable(self.file), line, column)
        # A line too long for a terminal would push its own explanation out of sight.
        source = printable(shown) if len(shown) <= _LONGEST_SHOWN else ""
        return SpaceError(printable(problem), place=place, path=printable(path), source=source, paste=printable(paste))


@dataclass(frozen=True)
class Scalar:
    """One word. `text` is as written, `value` what the YAML 1.2 core schema makes of it; `none` is still a text here."""

    text: str
    value: Value
    quoted: bool
    source: Source
    line: int
    column: int

    @property
    def empty(self) -> bool:
        return self.text == "" and not self.quoted

    @property
    def is_none(self) -> bool:
        return self.text == "none" and not self.quoted


@dataclass(frozen=True)
class Sequence:
    items: tuple[Given, ...]
    source: Source
    line: int
    column: int


@dataclass(frozen=True)
class Mapping:
    """Keys are words as written; no key comes twice."""

    pairs: tuple[tuple[Scalar, Given], ...]
    source: Source
    line: int
    column: int

    def get(self, key: str) -> Given | None:
        return next((value for name, value in self.pairs if name.text == key), None)

    def key(self, key: str) -> Scalar:
        return next(name for name, _ in self.pairs if name.text == key)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(name.text for name, _ in self.pairs)


Given = Scalar | Sequence | Mapping


def error_at(node: Given, problem: str, *, path: str = "", paste: str = "") -> SpaceError:
    """The error that `node` is wrong."""
    return node.source.error(problem, node.line, node.column, path=path, paste=paste)


def written(node: Given) -> str:
    """The node as one line of YAML, for lines to paste."""
    if isinstance(node, Sequence):
        return "[" + ", ".join(written(item) for item in node.items) + "]"
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{quoted(key)}: {written(value) or '{}'}" for key, value in node.pairs) + "}"
    return quoted(node)


def quoted(scalar: Scalar) -> str:
    return '"' + scalar.text.replace("\\", "\\\\").replace('"', '\\"') + '"' if scalar.quoted else scalar.text


def printable(text: str) -> str:
    """The text without control characters and escapes, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " if letter in "\t\n" else "?" for letter in text)


def from_python(value: Any, source: Source, line: int = 0) -> Given:
    """Nodes from a Python value, as if it had been written in a file. Raises SpaceError for what no file could hold."""
    if isinstance(value, dict):
        pairs = []
        for key, inner in value.items():
            if not isinstance(key, str):
                raise source.error(f"{key!r} is not a name; the keys of a space are texts", line)
            pairs.append((Scalar(key, key, False, source, line, 0), from_python(inner, source, line)))
        return Mapping(tuple(pairs), source, line, 0)
    if isinstance(value, list | tuple):
        return Sequence(tuple(from_python(item, source, line) for item in value), source, line, 0)
    if value is None:
        return Scalar("none", "none", False, source, line, 0)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", value, False, source, line, 0)
    if isinstance(value, int | float | str):
        return Scalar(str(value), value, False, source, line, 0)
    raise source.error(f"a {type(value).__name__} cannot stand in a space; texts, numbers, true, false and None can", line)
