"""The configuration that is tried first: `baseline:`, or the defaults."""

from __future__ import annotations

from sweeper.records import Value
from sweeper.spaces.leaves import Leaf
from sweeper.spaces.nodes import Given, Mapping, Scalar, error_at
from sweeper.spaces.tree import Range
from sweeper.spaces.wording import meant, perhaps, shown


def read_baseline(given: Given, found: tuple[Leaf, ...]) -> dict[str, Value]:
    """Searched names with their values, each inside its range. Raises SpaceError."""
    if not isinstance(given, Mapping):
        raise error_at(
            given,
            "a baseline is a mapping of searched names to values",
            path="baseline",
            paste=f"baseline: {{{found[0].name if found else 'optimizer.adam.learning_rate'}: ...}}",
        )
    by_name = {leaf.name: leaf for leaf in found}
    values: dict[str, Value] = {}
    for key, value in given.pairs:
        leaf = by_name.get(key.text)
        if leaf is None:
            near = meant(key.text, by_name)
            raise error_at(
                key,
                f"'{key.text}' is not searched here.{perhaps(key.text, by_name)}",
                path="baseline",
                paste=f"{near}: {value.text}" if near and isinstance(value, Scalar) else "",
            )
        values[key.text] = _value(leaf, value)
    return values


def check_active(given: Given, values: dict[str, Value], active: dict[str, Value]) -> None:
    """Names that do not exist beside the other values would silently do nothing. Raises SpaceError."""
    idle = next((name for name in values if name not in active), None)
    if idle is not None and isinstance(given, Mapping):
        raise error_at(given.key(idle), f"'{idle}' does not exist in a trial with the baseline's other values", path="baseline")


def _value(leaf: Leaf, given: Given) -> Value:
    node = leaf.node
    if not isinstance(given, Scalar) or given.empty:
        raise error_at(given, f"one value was expected for {leaf.name}", path="baseline")
    if isinstance(node, Range):
        if not node.holds(given.value):
            raise error_at(
                given,
                f"{given.text} lies outside the range {node.says()}",
                path="baseline",
                paste=f"{leaf.name}: {shown(node.default)}",
            )
        return float(given.value) if node.kind == "float" else given.value  # type: ignore[arg-type]
    for value in node.values:
        if given.text == shown(value) or (given.value == value and isinstance(given.value, bool) == isinstance(value, bool)):
            return value
    near = meant(given.text, map(shown, node.values))
    raise error_at(
        given,
        f"'{given.text}' is none of {', '.join(map(shown, node.values))}",
        path="baseline",
        paste=f"{leaf.name}: {near}" if near else "",
    )
