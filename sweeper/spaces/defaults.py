"""What stands where the file says nothing: the catalogue's defaults, as nodes of the tree."""

from __future__ import annotations

from dataclasses import replace

from sweeper.catalogue.declaration import AllOf, Number, OneOf, Parameter
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import Fixed, Group, Node, Part


def default_node(parameter: Parameter, spot: Spot) -> Node:
    """The default of a parameter that is not required."""
    takes, default = parameter.takes, parameter.default
    if isinstance(takes, OneOf):
        entry = takes.named(str(default)) if default is not None else None
        if entry is None:
            return Fixed(spot.path, None, given=False)
        return Part(spot.path, entry, default_settings(entry.parameters, spot.into(entry.name)), given=False)
    if isinstance(takes, AllOf):
        if parameter.optional:
            return Fixed(spot.path, None, given=False)
        return Group(spot.path, takes, default_settings(takes.parameters, spot), given=False)
    assert default is None or isinstance(default, bool | int | float | str)
    number = isinstance(takes, Number) and not takes.integer and default is not None
    return Fixed(spot.path, float(default) if number else default, given=False)  # type: ignore[arg-type]


def default_settings(
    parameters: tuple[Parameter, ...], spot: Spot, named: tuple[str, ...] = ()
) -> tuple[tuple[str, Node], ...]:
    """Defaults of all parameters except the `named` ones, in order; of two ways to say one thing only one has values."""
    replaced = {parameter.instead_of for parameter in parameters if parameter.instead_of and parameter.name in named}
    found: list[tuple[str, Node]] = []
    for parameter in parameters:
        if parameter.name in named:
            continue
        inner = spot.into(parameter.name)
        other = parameter.name in replaced or (parameter.instead_of and parameter.instead_of not in replaced)
        node = Fixed(inner.path, None, given=False) if other else default_node(parameter, inner)
        if isinstance(node, Fixed) and (other or not parameter.built):
            node = replace(node, idle=True)
        found.append((parameter.name, node))
    return tuple(found)
