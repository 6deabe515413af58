"""How the trials of each choice came to the common targets: the frame `convergence`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.frames import ENDED, TARGETS, SweepFrames, targets_of
from sweeper.reporting.statistics.arrivals import DIVERGED, Arrivals, course, horizon_of, median_epoch
from sweeper.reporting.statistics.comparison import wilson
from sweeper.reporting.statistics.medians import median_interval
from sweeper.reporting.statistics.pairs import choices_of
from sweeper.reporting.statistics.speed import COMMON, racing_of

COLUMNS = (
    "choice", "target", "level", "horizon", "longest", "n", "diverged", "hidden", "reached", "share", "share_low", "share_high",
    "median", "median_low", "median_high", "rmet_optimistic", "rmet_pessimistic", "seconds_to_target",
)  # fmt: skip
_COUNTS = ("n", "diverged", "hidden", "reached")


def convergence_of(frames: SweepFrames) -> pd.DataFrame:
    """A row for each choice and each of the three targets; of a sweep that compares nothing one for each target."""
    trials = racing_of(frames)
    horizon = horizon_of(trials) if len(trials) else np.nan
    names = choices_of(trials, frames.sweep) if len(trials) else []
    arms = [(choice, trials[trials["choice"] == choice]) for choice in names]
    levels = target_levels(frames)
    rows = [
        {"choice": choice, "target": target, "level": level, **arriving(own, target, horizon)}
        for choice, own in arms
        for target, level in levels.items()
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = dict.fromkeys(("choice", "target"), "str")
    numbers = [name for name in COLUMNS if name not in texts and name not in _COUNTS]
    return frame.astype(texts | dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(numbers, "float64"))


def target_levels(frames: SweepFrames) -> dict[str, float]:
    """The value of the objective's metric that each of the `TARGETS` is; NaN where no trial has one."""
    column = f"best.{frames.sweep.objective.metric}"
    ended = frames.trials[frames.trials["state"].isin(ENDED)]
    best = ended[column].astype("float64") if column in ended else pd.Series(dtype="float64")
    levels = targets_of(frames.sweep, frames.orientation.loss_like(best))
    return {name: float(frames.orientation.as_metric(levels.get(name, np.nan))) for name in TARGETS}


def arriving(trials: pd.DataFrame, target: str, horizon: float) -> dict[str, float]:
    """What is said of the trials of one choice, at least one, and one target (a column of the frame `trials`)."""
    arrivals = Arrivals.of(trials, target)
    reached, n = arrivals.reached_by(np.inf), len(arrivals)
    low, high = wilson(reached, n)
    middle, middle_low, middle_high = median_epoch(arrivals)
    hidden = arrivals.hidden_before(horizon)
    pessimistic = float(arrivals.restricted(horizon).mean())
    seconds = seconds_to(trials, target).where(trials[target].notna(), np.inf)
    seconds = seconds[trials["seconds_per_epoch"].notna() | trials["seconds_to_target"].notna()]
    return {
        "horizon": horizon, "longest": float(trials["epochs"].astype("float64").max()),
        "n": n, "diverged": int((arrivals.what == DIVERGED).sum()), "hidden": hidden,
        "reached": reached, "share": reached / n, "share_low": low, "share_high": high,
        "median": middle, "median_low": middle_low, "median_high": middle_high,
        "rmet_optimistic": float(course(arrivals).optimistic_mean(horizon)[0]) if hidden else pessimistic,
        "rmet_pessimistic": pessimistic,
        "seconds_to_target": median_interval(seconds.dropna().to_numpy())[0],
    }  # fmt: skip


def seconds_to(trials: pd.DataFrame, target: str) -> pd.Series[float]:
    """Training seconds of each trial to a target, missing where it was not reached or no seconds are known."""
    if target == COMMON:
        return trials["seconds_to_target"].astype("float64")
    return trials[target].astype("float64") * trials["seconds_per_epoch"].astype("float64")
