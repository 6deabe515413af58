"""Local parameter importance: which parameter the value of one configuration hangs on most.

After Biedenkapp, Marben, Lindauer and Hutter (2018, "CAVE: Configuration Assessment, Visualization and Evaluation", LION 12):
one parameter runs through its range while all others stay as they are in the configuration; its importance is the variance of
what the surrogate predicts on the way, as a share of the sum over all parameters. A forest predicts a step function, so that
the variance is exact, uniform over the range on its own scale, where CAVE takes a sample of the range.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sweeper.reporting.statistics.fanova import Boxes, variance_along

Array = np.ndarray

_NOTHING = 1e-12
"""Of the mean square of what a forest predicts: a variance below it is rounding."""


def local_effects(trees: Sequence[Boxes], ends: Array, at: Array) -> Array:
    """The share of each column around the configuration `at` [columns]: float64 [columns], all 0 where no column changes what
    the forest of these `trees` predicts there. `ends` [columns, 2] are those of the columns."""
    at = at.astype("float32")  # as trees see it
    low, high, value = (np.concatenate(parts) for parts in zip(*trees, strict=True))
    inside = ((low < at) | (low == ends[:, 0])) & (at <= high)
    others = inside.sum(axis=1)[:, np.newaxis] - inside == len(ends) - 1
    found = np.zeros(len(ends))
    for column, crossed in enumerate(others.T):
        from_, to, part = low[crossed, column], high[crossed, column], value[crossed] / len(trees)
        mean = (to - from_) @ part / (ends[column, 1] - ends[column, 0])
        found[column] = variance_along(from_, to, part, ends[column], mean)
    whole = found.sum()
    return found / whole if whole > _NOTHING * (value @ value) / len(value) else np.zeros(len(ends))
