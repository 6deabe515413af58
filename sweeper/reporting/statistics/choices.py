"""What the trials of each choice reached, in every value that is measured: the frame `choices`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import trim_mean

from sweeper.reporting.frames import ENDED, TARGETS, SweepFrames
from sweeper.reporting.metrics.calibration import GAP
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.reading.offered import JOIN
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.medians import median_interval
from sweeper.reporting.statistics.pairs import BASELINE

NEVER = ("overfit_onset", "seconds_to_target", *TARGETS)
"""Missing in a trial that ended, these are later than any."""
MEASURED = (
    "gap_best", "gap_end", "given_back", "best_epoch", "epochs_wasted", "overfit_severity", "noise", "spikes", "alc",
    "epochs_to_own_best", "seconds_per_epoch", "late_sd", "init_check", "gap_matched", "memorization", *NEVER,
)  # fmt: skip
COLUMNS = ("hp", "choice", "metric", "n", "n_div", "n_pruned", "median", "lo", "hi", "iqm", "best", "worst")
_COUNTS = ("n", "n_div", "n_pruned")
_TRIMMED = 0.25


def choices_frame(frames: SweepFrames) -> pd.DataFrame:
    """A row for each compared hyperparameter, each choice of it, and each metric (a column of the frame `trials`); where
    several are compared, also for their combinations, with names joined by ' · '. Empty where nothing is compared.

    Of trials that ended, without the baseline of a sweep that draws its trials. `lo` and `hi` are the ends of the median's 95 %
    interval (`median_interval`), `iqm` is the mean of the middle half (Agarwal et al. 2021, arXiv 2108.13264).
    """
    ended = frames.trials[frames.trials["state"].isin(ENDED)]
    if frames.sweep.sampler != "paired":
        ended = ended[ended["phase"] != BASELINE]
    rows = []
    for hp, groups in _questions(frames, ended).items():
        for choice, own in groups:
            about = {"hp": hp, "choice": choice, **_counts(own)}
            measured = _values(own, frames.orientation)
            rows += [{**about, "metric": metric, **summarized(values, higher)} for metric, values, higher in measured]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = dict.fromkeys(("hp", "choice", "metric"), "str")
    numbers = [name for name in COLUMNS if name not in texts and name not in _COUNTS]
    return frame.astype(texts | dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(numbers, "float64"))


def summarized(values: np.ndarray, better_is_higher: bool) -> dict[str, float]:
    """The median with its interval, the mean of the middle half and the extremes of `values`, infinite ones among them."""
    if not len(values):
        return {"n": 0}
    middle, low, high = median_interval(values)
    with np.errstate(invalid="ignore"):
        iqm = float(trim_mean(values, _TRIMMED))
    ends = float(values.max()), float(values.min())
    best, worst = ends if better_is_higher else ends[::-1]
    return {"n": len(values), "median": middle, "lo": low, "hi": high, "iqm": iqm, "best": best, "worst": worst}


def _questions(frames: SweepFrames, ended: pd.DataFrame) -> dict[str, list[tuple[str, pd.DataFrame]]]:
    """The trials of each choice of each compared hyperparameter, and of their combinations."""
    compare = frames.sweep.compare
    labels = {path: ended[PARAM + path].astype("str").fillna("none") for path in compare if PARAM + path in ended}
    if len(compare) > 1 or not labels:
        labels[JOIN.join(compare)] = ended["choice"]
    if not compare:
        return {}
    return {hp: [(str(choice), own) for choice, own in ended.groupby(label, sort=False)] for hp, label in labels.items()}


def _counts(own: pd.DataFrame) -> dict[str, int]:
    diverged = own["reason"] == "diverged"
    return {"n_div": int(diverged.sum()), "n_pruned": int(((own["state"] == "PRUNED") & ~diverged).sum())}


def _values(own: pd.DataFrame, objective: Orientation) -> list[tuple[str, np.ndarray, bool]]:
    """Each metric of the trials `own` with its known values, and whether more of it is better. Of the objective, which counts
    for trials that are complete, a divergence is the worst."""
    worst = -np.inf if objective.maximize else np.inf
    found = [("trial_value", own["trial_value"].mask(own["reason"] == "diverged", worst), objective.maximize)]
    test = f"test_{objective.metric}"
    found += [(test, own[test], objective.maximize)] if test in own else []
    found += [(name, own[name].astype("float64").fillna(np.inf) if name in NEVER else own[name], False) for name in MEASURED]
    found += [(GAP, own[GAP], False)] if GAP in own else []
    return [(metric, values.astype("float64").dropna().to_numpy(), higher) for metric, values, higher in found]
