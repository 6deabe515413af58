"""What a tree holds fixed, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sweeper.records import Value
from sweeper.spaces.tree import Fixed, Group, Node, Part


@dataclass(frozen=True)
class FixedSetting:
    """A setting that is the same in every trial; `default` where the file does not say it."""

    name: str
    value: Value
    default: bool


def fixed_settings(node: Node) -> Iterator[FixedSetting]:
    """All of them below a node, but for the idle ones; what stands inside an option is not the same in every trial."""
    if isinstance(node, Fixed) and not node.idle:
        value = list(node.value) if isinstance(node.value, tuple) else node.value
        yield FixedSetting(node.name, value, not node.given)  # type: ignore[arg-type]
    if isinstance(node, Part):
        yield FixedSetting(node.name, node.entry.name, not node.given)
    if isinstance(node, Part | Group):
        for _, inner in node.settings:
            yield from fixed_settings(inner)
