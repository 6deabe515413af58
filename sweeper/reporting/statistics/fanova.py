"""fANOVA: how much of the variance of the values each parameter explains by itself (Hutter, Hoos and Leyton-Brown 2014).

A forest predicts the value from the parameters. Each of its trees is constant on boxes, so that its mean over all other
parameters is known exactly, as a step function of one; the variance of that function is what the parameter explains alone, as
a share of the tree's whole variance. The importance is the mean of these shares over the trees; what all parameters leave is
in their combinations.

It equals Optuna's `FanovaImportanceEvaluator` on numbers with a linear range (tests hold that). It differs in that a range is
uniform on its own scale (of a learning rate: the logarithm) and a word is one column, and it computes a tree in one pass, so
that an interval can be afforded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sweeper.reporting.statistics.forest import Forest

Array = np.ndarray
Boxes = tuple[Array, Array, Array]
"""Of the leaves of a tree their ends `low` and `high` [leaves, columns], of which `high` is inside, and values [leaves]."""


def boxes_of(trained: Forest, ends: Array) -> list[Boxes]:
    """Those of each tree of a forest on columns between `ends` [columns, 2]."""
    return [_boxes(tree, ends) for tree in trained.trees]


def main_effects(trees: Sequence[Boxes], ends: Array) -> Array:
    """The share of variance that each column explains alone in a forest: float64 [columns], 0 where the forest is constant."""
    shares = [_tree_effects(*tree, ends) for tree in trees]
    known = [share for share in shares if share is not None]
    return np.mean(known, axis=0) if known else np.zeros(len(ends))


def _tree_effects(low: Array, high: Array, value: Array, ends: Array) -> Array | None:
    """Of one tree; None where it is constant."""
    widths = (high - low) / (ends[:, 1] - ends[:, 0])
    volumes = widths.prod(axis=1)
    mean = volumes @ value
    whole = volumes @ (value - mean) ** 2
    if whole <= 1e-12 * max(mean * mean, 1e-300):
        return None
    effects = [variance_along(low[:, j], high[:, j], value * volumes / widths[:, j], ends[j], mean) for j in range(len(ends))]
    return np.asarray(np.array(effects) / whole)


def _boxes(tree: Any, ends: Array) -> Boxes:
    """Of one tree, in which parents come before their children."""
    low = np.tile(ends[:, 0], (tree.node_count, 1))
    high = np.tile(ends[:, 1], (tree.node_count, 1))
    left, right, column, split = tree.children_left, tree.children_right, tree.feature, tree.threshold
    for node in np.flatnonzero(left >= 0):
        for child in (left[node], right[node]):
            low[child], high[child] = low[node], high[node]
        high[left[node], column[node]] = low[right[node], column[node]] = split[node]
    leaves = left < 0
    return low[leaves], high[leaves], tree.value[leaves, 0, 0]


def variance_along(low: Array, high: Array, weighted: Array, ends: Array, mean: float) -> float:
    """The variance around `mean`, along a column between its `ends` [2], of the step function that is, at each place, the sum
    of `weighted` over the leaves whose box holds it."""
    places = np.unique(np.concatenate([low, high]))
    change = np.zeros(len(places))
    np.add.at(change, np.searchsorted(places, low), weighted)
    np.add.at(change, np.searchsorted(places, high), -weighted)
    steps = np.cumsum(change)[:-1]
    return float(np.diff(places) @ (steps - mean) ** 2 / (ends[1] - ends[0]))
