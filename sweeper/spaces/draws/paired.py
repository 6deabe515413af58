"""The paired design: blocks of nuisance values, in each of which every choice of `compare` is tried once.

Within a block only the choice differs, so the choices are compared under equal conditions. Leaves that answer to each
other in different options (`optimizer.*.learning_rate`) share a quantile, each in its own range.
"""

from __future__ import annotations

import itertools
import random

from sweeper.records import Value
from sweeper.seeds import derive
from sweeper.spaces.draws.quantiles import FromQuantiles
from sweeper.spaces.draws.sobol import SobolPoints
from sweeper.spaces.space import SearchSpace


class Paired:
    size: int | None = None

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self._space, self._seed = space, seed
        nuisance = [leaf for leaf in space.leaves if leaf.name not in space.compare]
        shared = list(dict.fromkeys(leaf.shared for leaf in nuisance))
        self._dimension = {leaf.name: shared.index(leaf.shared) for leaf in nuisance}
        self._points = SobolPoints(len(shared), derive(seed, "paired"))
        names = tuple(space.choices)
        self._combinations = [dict(zip(names, values, strict=True)) for values in itertools.product(*space.choices.values())]

    def block(self, number: int) -> int | None:
        return number // len(self._combinations)

    def parameters(self, number: int) -> dict[str, Value] | None:
        block, position = divmod(number, len(self._combinations))
        order = list(range(len(self._combinations)))
        # In a fixed order the machine's state (a warm cache, a busy hour) would side with the same choice in every block.
        random.Random(derive(self._seed, "order", block)).shuffle(order)
        point = self._points.point(block)
        suggest = FromQuantiles(lambda name: point[self._dimension[name]], self._combinations[order[position]])
        return self._space.configure(suggest).parameters
