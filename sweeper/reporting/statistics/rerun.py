"""How far apart two trainings of one configuration end: what a difference has to exceed to matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

MEASURED, WITHIN = "repeats", "curves"


@dataclass(frozen=True)
class Rerun:
    """`sd` is a standard deviation of the objective, NaN where it is not known; `source` is `repeats` (of `n` configurations,
    or folds of them, that were trained several times) or `curves` (the median noise within `n` trainings)."""

    sd: float
    source: str
    n: int


def rerun_noise(runs: pd.DataFrame) -> Rerun:
    """From the frame of runs: how far complete trainings of one configuration on one fold lie apart, else the noise of curves.

    Over configurations the median of the variances is taken, over what the median of a chi-squared variance is of its mean: one
    configuration that now and then fails would decide a pooled value for all. Folds are no repeats: what is hard in one is hard
    for every configuration.
    """
    complete = runs[(runs["state"] == "COMPLETE") & runs["value"].notna()]
    found = complete.groupby(["trial", "fold"])["value"].agg(["var", "size"])
    found = found[found["size"] > 1]
    if len(found):
        degrees = found["size"].to_numpy() - 1
        typical = np.median(found["var"].to_numpy() / (stats.chi2.median(degrees) / degrees))
        return Rerun(float(np.sqrt(typical)), MEASURED, len(found))
    known = complete["noise"].dropna()
    return Rerun(float(known.median()) if len(known) else math.nan, WITHIN, len(known))
