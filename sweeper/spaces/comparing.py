"""The question of a space: which searched choices it sets against each other."""

from __future__ import annotations

from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.leaves import Leaf
from sweeper.spaces.locating import locate
from sweeper.spaces.nodes import Given, Sequence, error_at
from sweeper.spaces.ranges import middle
from sweeper.spaces.tree import Choice, Options, Range
from sweeper.spaces.wording import meant, perhaps, shown


def check_compare(names: tuple[str, ...], found: tuple[Leaf, ...], fixed: dict[str, Value], root: Given) -> None:
    """Every name must be a choice that exists in every trial. Raises SpaceError."""
    by_name = {leaf.name: leaf for leaf in found}
    choices = [leaf.name for leaf in found if isinstance(leaf.node, Choice | Options) and not leaf.conditional]
    for index, name in enumerate(names):
        place = _place(root, index)
        leaf = by_name.get(name)
        if leaf is None:
            raise _not_searched(name, place, choices, fixed)
        if isinstance(leaf.node, Range):
            values = _three(leaf.node)
            raise error_at(
                place,
                f"'{name}' is a range; only a choice can be compared",
                path="compare",
                paste=f"{name.rsplit('.', 1)[-1]}: {{choice: [{', '.join(map(shown, values))}]}}",
            )
        if leaf.conditions:
            above, option = leaf.conditions[-1]
            raise error_at(
                place,
                f"'{name}' exists only where {above} is {shown(option)}; compare what every trial has",
                path="compare",
                paste=f"compare: {leaf.conditions[0][0]}",
            )


def choices_of(names: tuple[str, ...], found: tuple[Leaf, ...]) -> dict[str, tuple[Value, ...]]:
    """The values of each compared name."""
    by_name = {leaf.name: leaf.node for leaf in found}
    return {name: node.values for name in names if isinstance(node := by_name[name], Choice | Options)}


def _not_searched(name: str, place: Given, choices: list[str], fixed: dict[str, Value]) -> SpaceError:
    if name in fixed:
        word = shown(fixed[name])
        return error_at(
            place,
            f"'{name}' is fixed ({word}), so there is nothing to compare",
            path="compare",
            paste=f"{name.rsplit('.', 1)[-1]}: {{choice: [{word}, ...]}}",
        )
    near = meant(name, choices) or meant(name, fixed)
    return error_at(
        place,
        f"'{name}' is not searched here.{perhaps(name, [near] if near else choices)}",
        path="compare",
        paste=f"compare: {near}" if near else "",
    )


def _place(root: Given, index: int) -> Given:
    node = locate(root, "compare")
    return node.items[index] if isinstance(node, Sequence) else node


def _three(node: Range) -> list[float]:
    return sorted({node.low, middle(node), node.high})
