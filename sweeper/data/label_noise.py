"""Wrong labels on purpose: what a net learns by heart shows on them (Zhang et al. 2017, arXiv 1611.03530, section 2)."""

from __future__ import annotations

import numpy as np

from sweeper.data.raw import Array
from sweeper.data.targets import Targets
from sweeper.errors import DataError
from sweeper.records import Task
from sweeper.seeds import derive


def with_noise(name: str, targets: Targets, train: Array, share: float, seed: int) -> Array:
    """The targets [rows], where each training row has, with the probability `share`, a class drawn evenly from all.

    A row's label follows from the seed and its number alone, so that in folds it is the same in whichever it trains. All other
    parts keep their labels. Raises DataError for numbers to predict.
    """
    if share == 0:
        return targets.y
    if targets.task is not Task.CLASSIFICATION:
        raise DataError(f"{name}: label_noise is for classes; numbers are predicted here. Leave it out.")
    random = np.random.default_rng(derive(seed, "label noise"))
    drawn = random.random(len(targets.y)) < share
    classes = random.integers(targets.outputs, size=len(targets.y)).astype(targets.y.dtype)
    noisy = targets.y.copy()
    rows = train[drawn[train]]
    noisy[rows] = classes[rows]
    return noisy
