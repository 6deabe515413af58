"""The searched names of a tree, each with the conditions under which it exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sweeper.catalogue.declaration import Enters
from sweeper.records import Value
from sweeper.spaces.tree import Choice, Group, Node, Options, Part, PerLayer, Range, Searched, number_name


@dataclass(frozen=True)
class Leaf:
    """A searched name. It exists in a trial where every condition (name of a choice, option) holds and, for the value of
    a layer, where the net has so many layers."""

    name: str
    shared: str
    node: Searched
    conditions: tuple[tuple[str, Value], ...] = ()
    layer: int = 0

    @property
    def enters(self) -> Enters:
        return self.node.enters

    @property
    def conditional(self) -> bool:
        return bool(self.conditions) or self.layer > 0


def leaves(node: Node, conditions: tuple[tuple[str, Value], ...] = ()) -> Iterator[Leaf]:
    """All searched names below a node, parents first."""
    if isinstance(node, Range | Choice | Options):
        yield Leaf(node.name, node.shared, node, conditions)
    if isinstance(node, PerLayer):
        for layer in range(1, node.most + 1):
            yield Leaf(number_name(node.name, layer), number_name(node.range.shared, layer), node.range, conditions, layer)
    if isinstance(node, Options):
        for name, content in node.options:
            yield from leaves(content, (*conditions, (node.name, name)))
    if isinstance(node, Part | Group):
        for _, inner in node.settings:
            yield from leaves(inner, conditions)
