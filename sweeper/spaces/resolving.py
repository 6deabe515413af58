"""A tree and a way to suggest values give a trial's parameters and its whole configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from sweeper.records import Configuration, Value
from sweeper.spaces.tree import Choice, Fixed, Group, Node, Options, Part, PerLayer, Range, number_name


class Suggest(Protocol):
    """Gives a value for a searched name; it is asked once for each name that exists in the trial, parents first."""

    def number(self, name: str, range: Range) -> int | float: ...

    def option(self, name: str, options: tuple[Value, ...]) -> Value: ...


@dataclass(frozen=True)
class Drawn:
    """One trial's values. `parameters` are what was searched, by name; `configuration` is the resolved tree
    (`records.Configuration`); `settings` is every value of it by name, searched, fixed or default, but for the idle ones."""

    parameters: dict[str, Value]
    configuration: Configuration
    settings: dict[str, Value]


def resolve(tree: Group, suggest: Suggest, sections: tuple[str, ...]) -> Drawn:
    """Parameters and configuration of the sections named."""
    walk = _Walk(suggest)
    configuration = {name: walk.value(tree.setting(name)) for name in sections}
    return Drawn(walk.parameters, configuration, walk.settings)


def plain(node: Node) -> Any:
    """The value of a node in which nothing is tried; lists are lists."""
    walk = _Walk(None)
    return walk.value(node)


@dataclass
class _Walk:
    suggest: Suggest | None
    parameters: dict[str, Value] = field(default_factory=dict)
    settings: dict[str, Value] = field(default_factory=dict)

    def value(self, node: Node) -> Any:
        if isinstance(node, Fixed):
            value = list(node.value) if isinstance(node.value, tuple) else node.value
            if not node.idle:
                self.settings[node.name] = value  # type: ignore[assignment]
            return value
        if isinstance(node, Range):
            return self._number(node.name, node)
        if isinstance(node, Choice):
            return self._option(node.name, node.values)
        if isinstance(node, Options):
            return self.value(node.content(self._option(node.name, node.values)))
        if isinstance(node, Part):
            return self._part(node)
        assert isinstance(node, Group)
        return {name: self.value(inner) for name, inner in node.settings}

    def _part(self, node: Part) -> dict[str, Any]:
        if node.name not in self.parameters and node.name.rsplit(".", 1)[-1] != node.entry.name:
            self.settings[node.name] = node.entry.name
        found: dict[str, Any] = {}
        for name, inner in node.settings:
            found[name] = self._layers(inner, found[inner.counted_by]) if isinstance(inner, PerLayer) else self.value(inner)
        return {node.entry.name: found}

    def _layers(self, node: PerLayer, count: int) -> list[int | float]:
        return [self._number(number_name(node.name, layer), node.range) for layer in range(1, count + 1)]

    def _number(self, name: str, range: Range) -> int | float:
        assert self.suggest is not None, f"nothing is tried in {name}"
        value = self.suggest.number(name, range)
        self.parameters[name] = self.settings[name] = value
        return value

    def _option(self, name: str, options: tuple[Value, ...]) -> Value:
        assert self.suggest is not None, f"nothing is tried in {name}"
        value = self.suggest.option(name, options)
        self.parameters[name] = self.settings[name] = value
        return value
