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

from typing import Any

import numpy as np

Array = np.ndarray


def main_effects(trained: Any, ends: Array) -> Array:
    """The share of variance that each column explains alone: float64 [columns], 0 where the forest is constant.

    `trained` is a forest on columns between `ends` [columns, 2].
    """
    shares = [_tree_effects(tree.tree_, ends) for tree in trained.estimators_]
    known = [share for share in shares if share is not None]
    return np.mean(known, axis=0) if known else np.zeros(len(ends))


def _tree_effects(tree: Any, ends: Array) -> Array | None:
    """Of one tree; None where it is constant."""
    low, high, value = _boxes(tree, ends)
    widths = (high - low) / (ends[:, 1] - ends[:, 0])
    volumes = widths.prod(axis=1)
    mean = volumes @ value
    whole = volumes @ (value - mean) ** 2
    if whole <= 1e-12 * max(mean * mean, 1e-300):
        return None
    effects = [_variance(low[:, j], high[:, j], value * volumes / widths[:, j], ends[j], mean) for j in range(len(ends))]
    return np.asarray(np.array(effects) / whole)


def _boxes(tree: Any, ends: Array) -> tuple[Array, Array, Array]:
    """Ends [leaves, columns] of the box of each leaf, and its value [leaves]; parents come before their children."""
    low = np.tile(ends[:, 0], (tree.node_count, 1))
    high = np.tile(ends[:, 1], (tree.node_count, 1))
    left, right, column, split = tree.children_left, tree.children_right, tree.feature, tree.threshold
    for node in np.flatnonzero(left >= 0):
        for child in (left[node], right[node]):
            low[child], high[child] = low[node], high[node]
        high[left[node], column[node]] = low[right[node], column[node]] = split[node]
    leaves = left < 0
    return low[leaves], high[leaves], tree.value[leaves, 0, 0]


def _variance(low: Array, high: Array, weighted: Array, ends: Array, mean: float) -> float:
    """The variance of the step function that is, at each place, the sum of `weighted` over the leaves whose box holds it."""
    places = np.unique(np.concatenate([low, high]))
    change = np.zeros(len(places))
    np.add.at(change, np.searchsorted(places, low), weighted)
    np.add.at(change, np.searchsorted(places, high), -weighted)
    steps = np.cumsum(change)[:-1]
    return float(np.diff(places) @ (steps - mean) ** 2 / (ends[1] - ends[0]))
