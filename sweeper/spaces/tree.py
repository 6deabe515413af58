"""The searched tree: frozen nodes, one for each place of a space, from which `configure` makes a trial's configuration.

`name` is what Optuna and MLflow show (`optimizer.momentum.learning_rate`); `shared` is the name with `*` for the option
(`optimizer.*.learning_rate`), equal for leaves that answer to each other in different options.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sweeper.catalogue.declaration import AllOf, Enters, Entry
from sweeper.records import Value


@dataclass(frozen=True)
class Fixed:
    """A value that is not tried: `given` in the file, or a default. A list of texts is a tuple (in `data` only).

    `idle`: a default that nothing listens to, for a sibling says the same thing or no code serves it yet; it is in the
    configuration and nowhere shown.
    """

    name: str
    value: Value | tuple[Any, ...]
    given: bool = True
    idle: bool = False


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included, uniform (`log`: in the logarithm), in steps of `step` if given."""

    kind: Literal["int", "float"]
    low: float
    high: float
    log: bool = False
    step: float | None = None
    default: float | None = None
    name: str = ""
    shared: str = ""
    enters: Enters = Enters.STRUCTURE

    def holds(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        if self.kind == "int" and not isinstance(value, int):
            return False
        if self.step is None:
            return True
        steps = (value - self.low) / self.step
        return abs(steps - round(steps)) < 1e-6

    def says(self) -> str:
        return f"{self.low:g} .. {self.high:g}" + (" log" if self.log else "") + (f" step {self.step:g}" if self.step else "")


@dataclass(frozen=True)
class PerLayer:
    """A range with a value of its own for each layer, named `units.1`, `units.2`, ...; `counted_by` says how many."""

    range: Range
    counted_by: str
    most: int

    @property
    def name(self) -> str:
        return self.range.name


@dataclass(frozen=True)
class Choice:
    """One of these values."""

    values: tuple[Value, ...]
    default: Value = None
    name: str = ""
    shared: str = ""
    enters: Enters = Enters.STRUCTURE


@dataclass(frozen=True)
class Options:
    """One of these named alternatives, each with its own content; the name `None` is the option `none`."""

    options: tuple[tuple[str | None, Node], ...]
    default: str | None = None
    name: str = ""
    shared: str = ""
    enters: Enters = Enters.STRUCTURE

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(name for name, _ in self.options)

    def content(self, name: Value) -> Node:
        return next(node for option, node in self.options if option == name)


@dataclass(frozen=True)
class Part:
    """A named part and its settings, in the catalogue's order. `given` is False where the default part stands."""

    name: str
    entry: Entry
    settings: tuple[tuple[str, Node], ...]
    given: bool = True


@dataclass(frozen=True)
class Group:
    """Settings that all apply."""

    name: str
    takes: AllOf
    settings: tuple[tuple[str, Node], ...]
    given: bool = True

    def setting(self, name: str) -> Node:
        return next(node for key, node in self.settings if key == name)


Node = Fixed | Range | PerLayer | Choice | Options | Part | Group
Searched = Range | Choice | Options


def number_name(name: str, layer: int) -> str:
    """The name of a per-layer value; layers count from 1."""
    return f"{name}.{layer}"


def values_of(node: Node, *path: str) -> tuple[object, ...]:
    """The values that the setting at this path below `node` may take, as far as they are single ones."""
    if isinstance(node, Options):
        return tuple(value for _, content in node.options for value in values_of(content, *path))
    if isinstance(node, Group):
        return values_of(node.setting(path[0]), *path[1:]) if path else ()
    if isinstance(node, Choice):
        return node.values
    return (node.value,) if isinstance(node, Fixed) else ()
