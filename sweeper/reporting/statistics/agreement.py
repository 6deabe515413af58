"""How early the ranking of the trials is what it is at the end: what a pruner may rely on.

At each epoch the trials are ranked by their best value so far, and Kendall's tau-b (1945) says how well that agrees with the
ranking of their values at the end: a share p of all pairs in the same order is a tau of 2p - 1, so that 0.8 is nine of ten.
The interval is Fieller, Hartley and Pearson's (1957): atanh(tau) is about normal with variance 0.437 / (n - 4). After the
budget correlation of DeepCAVE (Sass et al. 2022).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from sweeper.reporting.statistics.comparison import CONFIDENCE

LEAST = 8
"""Trials below which a ranking says nothing."""
AGREES = 0.8
MOST_TRIALS, MOST_EPOCHS = 1000, 40
"""Of more trials a seeded sample is taken, and of more epochs so many that lie evenly."""


def agreement(progress: pd.DataFrame, final: pd.Series, seed: int) -> pd.DataFrame:
    """Columns epoch, tau, low, high, n, for epochs at which at least eight trials have a value; empty where there are none.

    `progress` has trial, epoch and validation (loss-like, the best so far), `final` the loss-like values at the end, by trial.
    A trial that ended early keeps its best.
    """
    if len(final) > MOST_TRIALS:
        final = final.sample(MOST_TRIALS, random_state=seed)
    own = progress[progress["trial"].isin(final.index)]
    wide = own.pivot(index="epoch", columns="trial", values="validation").ffill()
    places = np.unique(np.linspace(0, len(wide) - 1, min(len(wide), MOST_EPOCHS)).round().astype(int))
    rows = []
    for epoch, values in wide.iloc[places].iterrows():
        known = values.dropna()
        if len(known) >= LEAST:
            tau = tau_of(known, final.reindex(known.index))
            rows.append((epoch, tau, *interval(tau, len(known)), len(known)))
    return pd.DataFrame(rows, columns=["epoch", "tau", "low", "high", "n"])


def tau_of(a: pd.Series, b: pd.Series) -> float:
    """Kendall's tau-b of two columns over what both have; NaN where one of them does not vary."""
    known = a.notna() & b.notna()
    return float(stats.kendalltau(a[known].to_numpy("float64"), b[known].to_numpy("float64")).statistic)


def interval(tau: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a tau between `n` trials; NaN where tau is not defined, for all values are equal."""
    if math.isnan(tau):
        return math.nan, math.nan
    reach = float(stats.norm.ppf(1 - (1 - CONFIDENCE) / 2)) * math.sqrt(0.437 / (n - 4))
    middle = math.atanh(min(max(tau, -0.999999), 0.999999))
    return math.tanh(middle - reach), math.tanh(middle + reach)


def agrees_from(found: pd.DataFrame) -> pd.Series | None:
    """The row of the first epoch from which on tau stays at 0.8 or more, before the last; None where there is none."""
    below = found.index[~(found["tau"] >= AGREES)]
    first = (below[-1] + 1) if len(below) else 0
    return found.iloc[first] if first < len(found) - 1 else None
