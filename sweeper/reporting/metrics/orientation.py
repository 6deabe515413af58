"""Which way is better: formulas are written for a loss, and metrics that are maximized are turned into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from sweeper.catalogue.metrics import metric
from sweeper.records import Objective, Task

Number = TypeVar("Number", float, "pd.Series[float]", np.ndarray)

SPLITS = ("train_eval", "train", "val", "test")
"""The longer of two names that begin alike first."""


def split_of(key: str) -> tuple[str, str]:
    """A metric's key as (split, name): `train_eval_loss` -> (`train_eval`, `loss`); `penalty` -> (``, `penalty`)."""
    for split in SPLITS:
        if key.startswith(f"{split}_") and len(key) > len(split) + 1:
            return split, key[len(split) + 1 :]
    return "", key


@dataclass(frozen=True)
class Orientation:
    """How a metric becomes loss-like (lower is better).

    `minimize`: y = m. `error`, a metric in [0, 1] to maximize: y = 1 - m. `negated`, any other to maximize: y = -m.
    """

    metric: str
    kind: str

    def loss_like(self, values: Number) -> Number:
        if self.kind == "minimize":
            return values
        return 1 - values if self.kind == "error" else -values

    def as_metric(self, y: Number) -> Number:
        """The metric whose loss-like value is `y`: each of the three ways is its own inverse."""
        return self.loss_like(y)

    @property
    def maximize(self) -> bool:
        return self.kind != "minimize"

    @property
    def unit(self) -> str:
        """What a difference is measured in."""
        return "points" if self.kind == "error" else self.metric


def orientation_of(objective: Objective) -> Orientation:
    """The orientation of the metric behind an objective: of `loss` for `val_loss`."""
    name = split_of(objective.metric)[1]
    if not objective.maximize:
        return Orientation(name, "minimize")
    known = metric(name)
    # All classification metrics of the catalogue lie in [0, 1]; of others nothing is known, so they are only negated.
    return Orientation(name, "error" if known is not None and known.task == Task.CLASSIFICATION else "negated")
