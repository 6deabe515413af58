"""Designs without blocks: independent draws, and scrambled Sobol' points with a dimension for every leaf.

Both are fair to every branch: each option of a choice is equally likely, whatever lies below it.
"""

from __future__ import annotations

from sweeper.records import Value
from sweeper.seeds import LIMIT, derive
from sweeper.spaces.draws.quantiles import FromQuantiles
from sweeper.spaces.draws.sobol import SobolPoints
from sweeper.spaces.space import SearchSpace


class Random:
    """A draw depends on the seed, the trial's number and the name alone."""

    size: int | None = None

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self._space, self._seed = space, seed

    def block(self, number: int) -> int | None:
        return None

    def parameters(self, number: int) -> dict[str, Value] | None:
        suggest = FromQuantiles(lambda name: derive(self._seed, "random", number, name) / LIMIT)
        return self._space.configure(suggest).parameters


class Qmc:
    """A name that does not exist in a trial leaves its coordinate unused, so that each branch keeps a sequence of its own."""

    size: int | None = None

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self._space = space
        self._dimension = {leaf.name: index for index, leaf in enumerate(space.leaves)}
        self._points = SobolPoints(len(self._dimension), derive(seed, "qmc"))

    def block(self, number: int) -> int | None:
        return None

    def parameters(self, number: int) -> dict[str, Value] | None:
        point = self._points.point(number)
        return self._space.configure(FromQuantiles(lambda name: point[self._dimension[name]])).parameters
