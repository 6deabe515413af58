"""The grid: all choices, and a few values of each range, in every combination that exists."""

from __future__ import annotations

import random

from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.seeds import derive
from sweeper.spaces.draws.enumerating import enumerate_trials
from sweeper.spaces.draws.quantiles import value_at
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.tree import Range

LARGEST = 10_000


class Grid:
    """Finite: `size` trials, in an order shuffled by the seed, so that a stopped grid is a fair sample of it."""

    def __init__(self, space: SearchSpace, seed: int, points: int = 3) -> None:
        """Raises SpaceError for more than 10,000 combinations."""
        self._trials: list[dict[str, Value]] = []
        for drawn in enumerate_trials(space, lambda name, range: grid_values(range, points), lambda name, options: options):
            self._trials.append(drawn.parameters)
            if len(self._trials) > LARGEST:
                raise SpaceError(
                    f"the grid of {space.name} has more than {LARGEST:,} combinations with {points} values of each range",
                    path="search.sampler",
                    paste="search: {sampler: qmc}",
                )
        random.Random(derive(seed, "grid")).shuffle(self._trials)

    @property
    def size(self) -> int | None:
        return len(self._trials)

    def block(self, number: int) -> int | None:
        return None

    def parameters(self, number: int) -> dict[str, Value] | None:
        return dict(self._trials[number]) if number < len(self._trials) else None


def grid_values(searched: Range, points: int) -> tuple[int | float, ...]:
    """`points` values spread evenly from end to end (one: the default); fewer where a range has fewer."""
    if points == 1:
        value = searched.default if searched.default is not None else searched.low
        return (int(value) if searched.kind == "int" else value,)
    found = [_at(searched, index / (points - 1)) for index in range(points)]
    return tuple(dict.fromkeys(found))


def _at(searched: Range, share: float) -> int | float:
    """Both ends exactly; in between the quantile."""
    if share in (0.0, 1.0):
        end = searched.low if share == 0.0 else searched.high
        return int(end) if searched.kind == "int" else float(end)
    value = value_at(searched, share)
    return value if isinstance(value, int) else float(f"{value:.12g}")  # 0.001, not 0.0010000000000000002
