"""How far apart two trainings of one configuration end: what a difference has to exceed to matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

MEASURED, WITHIN = "repeats", "curves"


@dataclass(frozen=True)
class Rerun:
    """`sd` is a standard deviation of the objective, NaN where it is not known; `source` is `repeats` (pooled over `n`
    configurations that were trained several times with `degrees` of freedom) or `curves` (the median noise within `n`
    trainings: a lower bound)."""

    sd: float
    source: str
    n: int
    degrees: int = 0


def rerun_noise(trials: pd.DataFrame) -> Rerun:
    """From the frame of trials: `spread` of their repeats where they have any, else the `noise` of their curves."""
    repeated = trials[trials["spread"].notna() & (trials["repeats"] > 1)]
    if len(repeated):
        degrees = repeated["repeats"] - 1
        pooled = float(np.sqrt((degrees * repeated["spread"] ** 2).sum() / degrees.sum()))
        return Rerun(pooled, MEASURED, len(repeated), int(degrees.sum()))
    known = trials.loc[trials["state"] == "COMPLETE", "noise"].dropna()
    return Rerun(float(known.median()) if len(known) else math.nan, WITHIN, len(known))
