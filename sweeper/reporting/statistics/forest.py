"""A random forest (Breiman 2001): regression trees, each grown on a bootstrap sample of the rows.

The trees are scikit-learn's, and the same ones as those of its `RandomForestRegressor` (a test holds that). They are grown here
because an interval takes dozens of small forests, and because its ensembles take long to import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

Array = np.ndarray

_DEEPEST = 64


@dataclass(frozen=True, eq=False)
class Forest:
    """Grown on `x` [rows, columns] and `y` [rows]; `rows` are those that each of its `trees` saw: int [trees, rows]."""

    trees: tuple[Any, ...]
    rows: Array
    x: Array
    y: Array

    def predict(self, x: Array) -> Array:
        """The mean of what its trees predict: float64 [rows]."""
        columns, total = x.astype("float32"), np.zeros(len(x))
        for tree in self.trees:
            total += tree.predict(columns)[:, 0]
        return total / len(self.trees)

    @cached_property
    def unseen(self) -> Array:
        """What the trees that did not see a row predict for it: float64 [rows], 0 where every tree saw it."""
        columns, total, times = self.x.astype("float32"), np.zeros(len(self.y)), np.zeros(len(self.y))
        for tree, rows in zip(self.trees, self.rows, strict=True):
            others = np.bincount(rows, minlength=len(self.y)) == 0
            total[others] += tree.predict(columns[others])[:, 0]
            times += others
        return total / np.maximum(times, 1)

    @cached_property
    def r2(self) -> float:
        """The share of the variance that it predicts in rows that its trees have not seen; 0 where nothing varies."""
        whole = ((self.y - self.y.mean()) ** 2).sum()
        return float(1 - ((self.y - self.unseen) ** 2).sum() / whole) if whole else 0.0


def forest(x: Array, y: Array, trees: int, seed: int) -> Forest:
    """So many trees on `x` [rows, columns] and `y` [rows]."""
    from sklearn.tree import DecisionTreeRegressor

    seeds = list(_seeds(trees, seed))
    rows = np.array([np.random.RandomState(one).randint(0, len(y), len(y)) for one in seeds])
    columns, grown, found = x.astype("float32"), DecisionTreeRegressor(max_depth=_DEEPEST), []
    for one, own in zip(seeds, rows, strict=True):
        grown.set_params(random_state=one)
        grown.fit(columns, y, sample_weight=np.bincount(own, minlength=len(y)), check_input=False)
        found.append(grown.tree_)
    return Forest(tuple(found), rows, x, y)


def _seeds(trees: int, seed: int) -> Iterator[int]:
    random = np.random.RandomState(seed)
    for _ in range(trees):
        yield int(random.randint(np.iinfo(np.int32).max))
