"""The types in which the catalogue is written: what may stand at a place of a space, and what a named thing is.

`Entry` is a named thing (a family, an optimizer, a data set ...); `Parameter` one of its settings; what a parameter `takes`
is one of the small types below. Places nest: a parameter may take one of several entries (`OneOf`) or a group of parameters
that all apply (`AllOf`), so that one recursive reader, `explain` and `signature` serve every section of a space.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sweeper.records import Task, Value


class Enters(StrEnum):
    """How a setting reaches the compiled program."""

    STRUCTURE = "structure"
    """Another value is another program."""
    KNOB = "knob"
    """An input of the program; only its absence (`none`) makes another program, which lacks the term."""
    HOST = "host"
    """Read outside the program (initial values, early stopping, the learning rates of a schedule): never compiled."""


@dataclass(frozen=True)
class Number:
    """A number between `low` and `high`; `open_low` and `open_high` exclude the end."""

    integer: bool = False
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def says(self) -> str:
        kind = "a whole number" if self.integer else "a number"
        if math.isinf(self.low) and math.isinf(self.high):
            return kind
        if math.isinf(self.high):
            return f"{kind} above {self.low:g}" if self.open_low else f"{kind} of at least {self.low:g}"
        return (
            f"{kind} from {'above ' if self.open_low else ''}{self.low:g} to {'below ' if self.open_high else ''}{self.high:g}"
        )

    def holds(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
        if self.integer and not isinstance(value, int):
            return False
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)


@dataclass(frozen=True)
class Flag:
    """`true` or `false`."""

    def says(self) -> str:
        return "true or false"

    def holds(self, value: Value) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def says(self) -> str:
        return "one of " + ", ".join(self.words)

    def holds(self, value: Value) -> bool:
        return value in self.words and isinstance(value, str)


@dataclass(frozen=True)
class Sizes:
    """Whole numbers of at least 1 as one word: `64-32`; pictures `96x96` with the separator `x` and `count` 2.

    A single whole number is a word of one size, so `layers: 64` is right.
    """

    separator: str = "-"
    count: int | None = None

    def says(self) -> str:
        example = self.separator.join(["96"] * (self.count or 0)) or "64 or 64-32"
        return f"sizes as one word, such as {example}"

    def holds(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | str):
            return False
        word = str(value)
        if not re.fullmatch(rf"[1-9][0-9]*({self.separator}[1-9][0-9]*)*", word):
            return False
        return self.count is None or word.count(self.separator) + 1 == self.count


@dataclass(frozen=True)
class Text:
    """Free text; `what` says of which kind: `a file`, `a column`, `module.py:function`."""

    what: str

    def says(self) -> str:
        return self.what

    def holds(self, value: Value) -> bool:
        return isinstance(value, str) and value != ""


@dataclass(frozen=True)
class Names:
    """A list of texts (only where nothing is tried, as in `data`)."""

    what: str

    def says(self) -> str:
        return f"a list of {self.what}"


@dataclass(frozen=True)
class Anything:
    """A number, a text, `true` or `false`: a setting of the user's own code, which alone knows what it takes."""

    def says(self) -> str:
        return "a number, a text, true or false"

    def holds(self, value: Value) -> bool:
        return value is not None


@dataclass(frozen=True)
class OneOf:
    """A part: one of these entries, with its settings."""

    entries: tuple[Entry, ...]

    def says(self) -> str:
        return "one of " + ", ".join(entry.name for entry in self.entries)

    def named(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(frozen=True)
class AllOf:
    """A group: all of these parameters apply together."""

    parameters: tuple[Parameter, ...]

    def says(self) -> str:
        return "settings: " + ", ".join(parameter.name for parameter in self.parameters)

    def named(self, name: str) -> Parameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


Takes = Number | Flag | Word | Sizes | Text | Names | Anything | OneOf | AllOf


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Parameter:
    """One setting: what it takes, its default (an entry's name for `OneOf`; `None` is written `none`), how it enters.

    `optional`: `none` may stand here. `per_layer`: one value for each layer may be searched. `usual` is the range people
    search, as it would be pasted. `built` is False for what the language knows but no code serves yet. `instead_of` names a
    sibling that this one takes the place of: once one such parameter is named, the sibling is `None` and they have their
    defaults; otherwise they are `None` (a net has `layers`, or `depth` and `units`).
    """

    name: str
    takes: Takes
    default: Value | _Required = None
    says: str = ""
    optional: bool = False
    enters: Enters = Enters.STRUCTURE
    per_layer: bool = False
    usual: str = ""
    built: bool = True
    instead_of: str = ""


@dataclass(frozen=True)
class Entry:
    """A named thing that a space can choose.

    `implementation` is `module:object`, resolved in a worker; None means that the language knows it but no code serves it
    yet. `keras` is the name in Keras that it equals. A family `needs` inputs of one of these ranks (without the batch axis) and
    serves these `tasks`; a data set `gives` a rank and a task where they are known beforehand. `open`: settings beyond the
    declared ones are allowed and passed on by keyword (the user's own code).
    """

    name: str
    says: str
    parameters: tuple[Parameter, ...] = ()
    implementation: str | None = None
    keras: str = ""
    paper: str = ""
    ranks: tuple[int, ...] = ()
    tasks: tuple[Task, ...] = ()
    open: bool = False
    marks: frozenset[str] = field(default_factory=frozenset)

    @property
    def built(self) -> bool:
        return self.implementation is not None

    def parameter(self, name: str) -> Parameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def sizes(word: Value) -> tuple[int, ...]:
    """The numbers of a word of sizes: `64-32` is (64, 32), 64 is (64,), `96x96` is (96, 96), None is ()."""
    return () if word is None else tuple(int(part) for part in re.split("[-x]", str(word)))
