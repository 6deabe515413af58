"""Names at curves, moved apart where they would collide."""

from __future__ import annotations

from collections.abc import Sequence


def thousands(value: float, place: int | None = None) -> str:
    """A count at an axis: `500`, `20k`, `1.5M`."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    return f"{value / 1e3:.4g}k" if abs(value) >= 1e4 else f"{value:.6g}"


def apart(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """`places` moved as little as a pass up and a pass down need so that any two are `distance` apart, inside [low, high].

    Where there is no room for all, they stand evenly from `low` up.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved: dict[int, float] = {}
    floor = low
    for index in order:
        moved[index] = max(places[index], floor)
        floor = moved[index] + distance
    ceiling = max(high, low + distance * (len(places) - 1))
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - distance
    return [moved[index] for index in range(len(places))]
