"""What the catalogue permits where a space searches a range."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.catalogue.declaration import AllOf, Anything, Number, OneOf, Parameter
from sweeper.catalogue.sections import SPACE
from sweeper.spaces.tree import Group, Node, Options, Part, PerLayer, Range


def limits(tree: Group) -> dict[str, Number]:
    """By the name of each searched range (of layers without the layer's number): the numbers that may stand there. A setting of
    the user's own code takes any number."""
    return {name: takes for parameter in SPACE.parameters for name, takes in _below(parameter, tree.setting(parameter.name))}


def _below(parameter: Parameter, node: Node) -> Iterator[tuple[str, Number]]:
    if isinstance(node, Range | PerLayer):
        yield node.name, parameter.takes if isinstance(parameter.takes, Number) else Number()
    elif isinstance(node, Options):
        for _, content in node.options:
            yield from _below(parameter, content)
    elif isinstance(node, Part) and isinstance(parameter.takes, OneOf):
        for name, inner in node.settings:
            yield from _below(node.entry.parameter(name) or Parameter(name, Anything()), inner)
    elif isinstance(node, Group) and isinstance(parameter.takes, AllOf):
        for name, inner in node.settings:
            yield from _below(parameter.takes.named(name) or Parameter(name, Anything()), inner)
