"""How far apart two trainings of one configuration end: what a difference has to exceed to matter."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import optimize, stats

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.statistics.comparison import CONFIDENCE

Array = np.ndarray

MEASURED, CONFIRMED, WITHIN = "repeats", "confirmation", "curves"


@dataclass(frozen=True)
class Rerun:
    """`sd` is a standard deviation of the objective, NaN where it is not known; `source` is `repeats` (of `n` configurations,
    or folds of them, that were trained several times), `confirmation` (the same, in the sweep that trained the best again) or
    `curves` (the median noise within `n` trainings: mostly too small).

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

    def scales(self, steps: int) -> Array:
        """What `sd` is to be multiplied with, float64 [steps], each equally likely: what the trainings leave open of it (with
        Jeffreys' prior, and as many repeats of each configuration as of the others). 1 where it is not from repeats."""
        if not self.degrees:
            return np.ones(steps)
        return _factors(self.n, self.degrees / self.n, (np.arange(steps) + 0.5) / steps)

    def apart(self) -> float:
        """How far apart, in the objective's unit, two single trainings lie by chance once in twenty times.

        That is, of one configuration with r repeats, Student's quantile of r - 1 degrees of freedom, and of the noise within
        curves 1.96 deviations of a difference.
        """
        scales = self.scales(1000)

        def beyond(reach: float) -> float:
            return float(2 * stats.norm.sf(reach / scales).mean()) - (1 - CONFIDENCE)

        farthest = 10.0 * float(scales.max())
        return float(optimize.brentq(beyond, 0.0, farthest)) * math.sqrt(2) * self.sd


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
        sd = float(np.sqrt(typical))
        tail = (1 - CONFIDENCE) / 2
        low, high = map(float, _factors(len(found), float(np.median(degrees)), np.array([tail, 1 - tail])))
        return Rerun(sd, MEASURED, len(found), int(degrees.sum()), sd * low, sd * high)
    known = complete["noise"].dropna()
    return Rerun(float(known.median()) if len(known) else math.nan, WITHIN, len(known))


def _factors(n: int, usual: float, shares: Array) -> Array:
    """What a typical standard deviation of `n` configurations with `usual` degrees of freedom is multiplied with, so that the
    true one lies below with each of these probabilities.

    The middle one of n variances lies at a quantile that has the distribution Beta((n + 1) / 2, (n + 1) / 2), and a variance
    over the true one has a chi-squared distribution over its degrees. That is exact for one configuration, where it is the
    usual interval, and for any odd number of them with equally many repeats.
    """
    half = (n + 1) / 2
    quantiles = stats.chi2.ppf(stats.beta.ppf(1 - shares, half, half), usual)
    return np.asarray(np.sqrt(stats.chi2.median(usual) / quantiles))
