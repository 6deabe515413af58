"""Names at curves, moved apart where they would collide."""

from __future__ import annotations

from collections.abc import Sequence


def thousands(value: float, place: int | None = None) -> str:
    """A count at an axis: `500`, `20k`, `1.5M`."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    return f"{value / 1e3:.4g}k" if abs(value) >= 1e4 else f"{value:.6g}"


_BREADTHS = {"W@%": 1.75, "mwM": 1.5, "GOQ—": 1.2, "ijl.,:;'|!()[] ": 0.65}
"""How many times as wide as a usual letter these are."""


def breadth(text: str) -> float:
    """About how many usual letters wide a text is: `momentum` is 9.5, for an m is half as wide again."""
    return sum(next((wide for letters, wide in _BREADTHS.items() if letter in letters), 1.0) for letter in text)


def within(name: str, most: float) -> str:
    """A name cut (as `fitted` does) to about the width of so many usual letters."""
    letters = len(name)
    while letters > 1 and breadth(fitted(name, letters)) > most:
        letters -= 1
    return fitted(name, letters)


def fitted(name: str, most: int) -> str:
    """A name cut to so many letters; of a combination (`he_normal · relu`) each part, for they differ in any of them."""
    parts = name.split(" · ")
    if len(name) <= most or len(parts) == 1:
        return name if len(name) <= most else name[: most - 1] + "…"
    each = max((most - 3 * (len(parts) - 1)) // len(parts), 3)
    return " · ".join(part if len(part) <= each else part[: each - 1] + "…" for part in parts)


def apart(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """`places` moved as little as can be (in squares) so that any two are `distance` apart and in their order, inside
    [low, high]; where there is no room for all, they stand evenly from `low` up.

    Less its rank times the distance, a place only has not to fall below the one before: the means of pooled neighbours, as in
    isotonic regression (Barlow et al. 1972).
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, n = places[index] - rank * distance, 1
        while pools and pools[-1][0] > mean:
            before, of = pools.pop()
            mean, n = (before * of + mean * n) / (of + n), of + n
        pools.append((mean, n))
    top = max(low, high - distance * (len(places) - 1))
    bases = [min(max(mean, low), top) for mean, n in pools for _ in range(n)]
    moved = {index: base + rank * distance for rank, (index, base) in enumerate(zip(order, bases, strict=True))}
    return [moved[index] for index in range(len(places))]
