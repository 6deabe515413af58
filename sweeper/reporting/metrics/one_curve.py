"""The shape of one training's curve, for a look at a single trial: the same label that a report gives it, and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from sweeper.records import Objective
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.labels import GAP, HEALTHY, MEMORISING, NEVER_LEARNED, OVERFITS, RECOVERS, UNSTABLE
from sweeper.reporting.metrics.orientation import orientation_of, split_of
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.metrics.shapes import shapes

_WORDS = {
    NEVER_LEARNED: "never learned: training ends no better than guessing",
    STILL_IMPROVING: "was still improving at the end",
    MEMORISING: "learned the training part by heart",
    UNSTABLE: "is unstable: training got worse, too",
    RECOVERS: "overfits{onset}, then recovers",
    OVERFITS: "overfits{onset}",
    GAP: "a gap to training, without getting worse beyond its noise",
    HEALTHY: "no overfitting beyond its noise",
}


class Shape(NamedTuple):
    """`label` is one of `metrics.labels`, `words` what is said of it (nothing where the curve is too short to tell)."""

    label: str
    words: str


def shape_of(
    curves: Mapping[str, Sequence[tuple[int, float]]], objective: Objective, chance: float | None, unit: str = "epoch"
) -> Shape | None:
    """The shape of the objective's curve among `curves` (metric: pairs of epoch and value); None where it has no value.

    `chance` is the metric's value of guessing, None where that is not known. The training has to be over.
    """
    orientation = orientation_of(objective)
    rows = [
        {"trial": 0, "repeat": 0, "epoch": epoch, "split": split_of(key)[0], "name": split_of(key)[1], "value": value}
        for key, pairs in curves.items()
        for epoch, value in pairs
    ]
    frame = pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "split", "name", "value"])
    found = shapes(objective_curves(frame, orientation), math.nan if chance is None else orientation.loss_like(chance))
    if not len(found):
        return None
    label, onset = str(found["label"].iloc[0]), found["overfit_onset"].iloc[0]
    since = f" from {unit} {onset} on" if pd.notna(onset) else ""
    return Shape(label, _WORDS.get(label, "").format(onset=since))
