"""The gap between validation and training at one and the same training value, so that what trained less does not seem to
generalize better (Jiang et al. 2020, Fantastic Generalization Measures, arXiv 1912.02178).

The common level L is the lowest loss-like training value that at least 80 % of the complete trainings reach, without those
that never learned; there is none where that is not below guessing by a tenth, for no gap can open so early. A training's gap
there is y_validation - L where y_training first comes down to L, both taken on the straight line between the evaluations before
and after: the evaluation after alone has often gone far below L, and its gap is that of another level. The state before
training counts as an evaluation, so that what is at L after its first epoch has a gap too.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN, usable

REACHED = 0.8
BELOW = 0.1


def matched_level(curves: pd.DataFrame, learned: pd.DataFrame, guess: float = math.nan) -> float:
    """L for `objective_curves` and the runs (trial, repeat) that are complete and learned; NaN where none logged training, or
    L is hardly better than `guess`."""
    least = usable(curves).merge(learned[RUN], on=RUN).groupby(RUN)["training"].min().dropna().sort_values()
    level = float(least.iloc[math.ceil(REACHED * len(least)) - 1]) if len(least) else math.nan
    return math.nan if level > (1 - BELOW) * guess else level


def gaps_at(curves: pd.DataFrame, level: float) -> pd.Series[float]:
    """By (trial, repeat) of `objective_curves` from epoch 0 on; runs that never come down to `level`, or are there from their
    first value on, are left out."""
    at = usable(curves).dropna(subset="training").sort_values([*RUN, "epoch"])
    before = at.groupby(RUN)[["validation", "training"]].shift(1)
    there = at["training"] <= level + 1e-12 * abs(level)
    first = at[there].drop_duplicates(RUN).index
    after, before = at.loc[first].set_index(RUN), before.loc[first]
    fall = before["training"].to_numpy() - after["training"].to_numpy()
    way = np.clip((before["training"].to_numpy() - level) / fall, 0, 1)
    validation = before["validation"].to_numpy() + way * (after["validation"].to_numpy() - before["validation"].to_numpy())
    return pd.Series(validation - level, index=after.index, dtype="float64").dropna()
