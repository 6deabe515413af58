"""What chosen configurations come to with fresh seeds: how much of the value for which each was chosen was luck, and whether
the best of them is better than the others.

Values are loss-like, and a training that diverged is worse than any other (infinity). The best of many trials was chosen for
its value, so that value is too good on average (the winner's curse; regression to the mean); fresh trainings were not chosen.
Each seed is one independent training of a configuration, so a test of seeds is valid given the configurations: it says nothing
of others that a choice might have had.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.reading.confirmation import Confirmation
from sweeper.reporting.statistics.comparison import CONFIDENCE, Comparison, independent
from sweeper.reporting.statistics.divergence import LOPSIDED
from sweeper.reporting.statistics.evidence import SEEDS, corrected, frame_of, row_of
from sweeper.seeds import derive


def trained_again(confirmation: Confirmation, orientation: Orientation) -> pd.DataFrame:
    """A row for each configuration, in the order in which they were chosen: `trial` (its number where it was chosen), `chosen`
    (its value then), `seeds`, `diverged`, and of the seeds that did not diverge `mean`, its 95 % interval (Student's) `low` to
    `high`, and `sd`; all loss-like, NaN where too few."""
    chosen, rows = confirmation.chosen, []
    for trial, value, seeds in zip(chosen.trials, chosen.values, seeds_of(confirmation, orientation), strict=True):
        finite = seeds[np.isfinite(seeds)]
        sd = float(finite.std(ddof=1)) if len(finite) > 1 else math.nan
        rows.append((trial, orientation.loss_like(value), len(seeds), len(seeds) - len(finite), *_mean(finite), sd))
    return pd.DataFrame(rows, columns=["trial", "chosen", "seeds", "diverged", "mean", "low", "high", "sd"])


def contests(confirmation: Confirmation, orientation: Orientation, noise: float) -> pd.DataFrame:
    """The configuration that was the best when they were chosen against each of the others, by their seeds: rows as of the
    frame `pairs`, with trials' numbers as names. That the first one is set against the others was settled before any seed was
    drawn; Holm's correction is for their number."""
    values = seeds_of(confirmation, orientation)
    names = [str(trial) for trial in confirmation.chosen.trials]
    pairs = [(names[0], name) for name in names[1:]]
    found: dict[tuple[str, str], Comparison | None] = {}
    for pair, other in zip(pairs, values[1:], strict=True):
        enough = len(values[0]) > 0 and len(other) > 0
        found[pair] = independent(values[0], other, derive(confirmation.sweep.number, SEEDS, *pair)) if enough else None
    p = corrected(found)
    shares = [float(np.isinf(own).mean()) if len(own) else math.nan for own in values]
    lopsided = [abs(share - shares[0]) > LOPSIDED for share in shares[1:]]
    rows = [row_of(pair, found[pair], p.get(pair), len(p), noise, apart) for pair, apart in zip(pairs, lopsided, strict=True)]
    return frame_of([{**row, "rung": "" if row.get("why") else SEEDS} for row in rows])


def optimism(again: pd.DataFrame) -> tuple[float, float, float]:
    """By how much the configurations came out worse with fresh seeds than when they were chosen, on average, with the ends of
    its 95 % interval (Student's, over configurations); NaN where there are none, or too few."""
    return _mean((again["mean"] - again["chosen"]).dropna().to_numpy())


def seeds_of(confirmation: Confirmation, orientation: Orientation) -> list[np.ndarray]:
    """The values of each configuration's seeds, over folds their mean; a seed of which a fold is missing is left out."""
    folds = confirmation.sweep.folds
    runs = confirmation.runs
    lost = ~runs["state"].isin(("COMPLETE", "PRUNED")) | (runs["value"].isna() & (runs["reason"] != "diverged"))
    y = orientation.loss_like(runs["value"].astype("float64")).mask(runs["reason"] == "diverged", math.inf).mask(lost)
    groups = y.groupby([runs["trial"], runs["repeat"] // folds])
    means = groups.mean().where(groups.count() == folds).dropna()
    of = means.index.get_level_values(0)
    return [means[of == number].to_numpy() for number in range(len(confirmation.chosen.trials))]


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    """The mean with the ends of Student's interval."""
    mean = float(values.mean()) if len(values) else math.nan
    if len(values) < 2:
        return mean, math.nan, math.nan
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half
