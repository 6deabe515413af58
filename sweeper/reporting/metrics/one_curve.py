"""The shapes of curves, for a look at trials: the same label that a report gives each, and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sweeper.records import Objective
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.labels import GAP, HEALTHY, MEMORISING, NEVER_LEARNED, OVERFITS, RECOVERS, UNSTABLE
from sweeper.reporting.metrics.orientation import orientation_of, split_of
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.metrics.shapes import shapes

Curves = Mapping[str, Sequence[tuple[int, float]]]
"""Of one training: pairs of epoch and value by metric."""

_WORDS = {
    NEVER_LEARNED: "never learned (training ends no better than guessing)",
    STILL_IMPROVING: "was still improving at the end",
    MEMORISING: "learned the training part by heart",
    UNSTABLE: "unstable (training got worse, too)",
    RECOVERS: "overfits{onset}, then recovers",
    OVERFITS: "overfits{onset}",
    GAP: "a gap to training, without getting worse beyond its noise",
    HEALTHY: "no overfitting beyond its noise",
}


class Shape(NamedTuple):
    """`label` is one of `metrics.labels`, `words` what is said of it (nothing where the curve is too short to tell)."""

    label: str
    words: str


def shape_of(curves: Curves, objective: Objective, chance: float | None, unit: str = "epoch") -> Shape | None:
    """The shape of the objective's curve among `curves`; None where it has no value. Otherwise as `shapes_of`."""
    return shapes_of({0: curves}, objective, chance, unit).get(0)


def shapes_of(
    trainings: Mapping[int, Curves], objective: Objective, chance: float | None, unit: str = "epoch"
) -> dict[int, Shape]:
    """The shape of the objective's curve of each training, by its key; those without a value are left out.

    `chance` is the metric's value of guessing, None where that is not known. The trainings have to be over.
    """
    orientation = orientation_of(objective)
    rows = [
        (training, 0, epoch, split, name, value)
        for training, curves in trainings.items()
        for key, pairs in curves.items()
        for split, name in [split_of(key)]
        if name == orientation.metric
        for epoch, value in pairs
    ]
    frame = pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "split", "name", "value"])
    found = shapes(objective_curves(frame, orientation), math.nan if chance is None else orientation.loss_like(chance))
    return {
        int(training): _told(str(label), onset, unit)
        for training, label, onset in zip(
            found.index.get_level_values("trial"), found["label"], found["overfit_onset"], strict=True
        )
    }


def _told(label: str, onset: Any, unit: str) -> Shape:
    since = f" from {unit} {onset} on" if pd.notna(onset) else ""
    return Shape(label, _WORDS.get(label, "").format(onset=since))
