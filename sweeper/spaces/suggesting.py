"""Ways to suggest values that need no sampler: the defaults, and parameters that are known already."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.records import Value
from sweeper.spaces.leaves import Leaf
from sweeper.spaces.ranges import middle
from sweeper.spaces.resolving import Suggest
from sweeper.spaces.tree import Choice, Options, Range


class Defaults:
    """Every searched value at its default."""

    def __init__(self, leaves: tuple[Leaf, ...] = ()) -> None:
        self._of = {leaf.name: leaf.node.default for leaf in leaves if isinstance(leaf.node, Choice | Options)}

    def number(self, name: str, range: Range) -> int | float:
        value = range.default if range.default is not None else middle(range)
        return int(value) if range.kind == "int" else float(value)

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        return self._of[name] if name in self._of else options[0]


class Missing(KeyError):
    """A searched name has no value, or one that does not fit; the text says which."""


class Chosen:
    """Values by name, and `otherwise` where a name is not among them (None: that is an error)."""

    def __init__(self, values: Mapping[str, Value], otherwise: Suggest | None = None) -> None:
        self._values, self._otherwise = values, otherwise

    def number(self, name: str, range: Range) -> int | float:
        if name not in self._values:
            return self._default(name).number(name, range)
        value = self._values[name]
        if range.kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not range.holds(value):
            raise Missing(f"{name} = {value} lies outside {range.says()}")
        assert isinstance(value, int | float)
        return value

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        if name not in self._values:
            return self._default(name).option(name, options)
        value = self._values[name]
        for option in options:
            if option == value and isinstance(option, bool) == isinstance(value, bool):
                return option
        raise Missing(f"{name} = {value} is none of {', '.join(map(str, options))}")

    def _default(self, name: str) -> Suggest:
        if self._otherwise is None:
            raise Missing(f"{name} has no value")
        return self._otherwise
