"""How far apart two trainings of one configuration end: what a difference has to exceed to matter."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.statistics.comparison import CONFIDENCE

Array = np.ndarray

MEASURED, CONFIRMED, WITHIN = "repeats", "confirmation", "curves"


@dataclass(frozen=True)
class Rerun:
    """`sd` is a standard deviation of the objective, NaN where it is not known; `source` is `repeats` (of `n` configurations,
    or folds of them, that were trained several times), `confirmation` (the same, in the sweep that trained the best again) or
    `curves` (the median noise within `n` trainings, a lower bound).

    From repeats it has `degrees` of freedom and lies between `low` and `high` in 95 %; else these are 0 and NaN.
    """

    sd: float
    source: str
    n: int
    degrees: int = 0
    low: float = math.nan
    high: float = math.nan

    @property
    def measured(self) -> bool:
        """Whether configurations were trained several times."""
        return self.source != WITHIN


def noise_of(frames: SweepFrames) -> Rerun:
    """The noise of a sweep's trainings: from its own repeats, else from those of its confirmation, else from its curves."""
    own = rerun_noise(frames.runs)
    if own.measured or frames.confirmation is None:
        return own
    again = rerun_noise(frames.confirmation.runs.assign(noise=math.nan))
    return replace(again, source=CONFIRMED) if again.measured else own


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
        sd, (low, high) = float(np.sqrt(typical)), _factors(degrees)
        return Rerun(sd, MEASURED, len(found), int(degrees.sum()), sd * low, sd * high)
    known = complete["noise"].dropna()
    return Rerun(float(known.median()) if len(known) else math.nan, WITHIN, len(known))


def _factors(degrees: Array) -> tuple[float, float]:
    """What a typical standard deviation is multiplied with for the ends of its 95 % interval.

    The middle one of n variances lies at a quantile that has the distribution Beta((n + 1) / 2, (n + 1) / 2), and a variance
    over the true one has a chi-squared distribution over its degrees. That is exact for one configuration, where it is the
    usual interval, and for any odd number of them with equally many repeats.
    """
    half, usual = (len(degrees) + 1) / 2, float(np.median(degrees))
    tail = (1 - CONFIDENCE) / 2
    ends = stats.chi2.ppf(stats.beta.ppf((1 - tail, tail), half, half), usual)
    low, high = np.sqrt(stats.chi2.median(usual) / ends)
    return float(low), float(high)
