"""How far a training had come at each epoch: of its own way, and of the way to the best of the whole sweep.

With loss-like y, the start y0 (validation before the first epoch, but no worse than guessing), a training's own best y*, the
best y** of all trainings, and the common start c (what guessing gives, else the median of all y0):

    epochs to own best   the first t with y(t) <= y* + OWN (y0 - y*): 95 % of its own improvement, be that much or little
    alc                  the mean over t = 1..H of (E(t) - y**) / (c - y**), E(t) being the best of c and y(1..t): the area
                         under the learning curve, 0 (at once as good as the best) to 1 (never better than guessing)

H is the longest training of the sweep. One that stopped keeps its best; one that diverged counts as guessing from then on. The
start is not taken to be worse than guessing, and that of `alc` is common to all, because a first loss of 50 that comes from too
large weights is undone in a few steps and would make any choice look quick.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN
from sweeper.reporting.metrics.evaluations import Array, Evaluations
from sweeper.reporting.metrics.orientation import Orientation

OWN = 0.05
NO_START = "no value before training was logged, and what guessing gives is not known"
NEVER_IMPROVED = "it never improved on its start"
NOTHING_LEARNED = "no training was better than guessing"
COLUMNS = ("epochs_to_own_best", "epochs_to_own_best_reason", "alc", "alc_reason")


def starts(epochs: pd.DataFrame, orientation: Orientation, guess: float) -> pd.Series[float]:
    """By run (trial, repeat): the loss-like validation value at epoch 0, or `guess` where that is lower."""
    before = epochs[(epochs["epoch"] == 0) & (epochs["split"] == "val") & (epochs["name"] == orientation.metric)]
    values = orientation.loss_like(before.set_index(RUN)["value"].astype("float64"))
    known = values[np.isfinite(values)]
    return known if np.isnan(guess) else known.clip(upper=guess)


def progress(curves: pd.DataFrame, start: pd.Series[float], guess: float) -> pd.DataFrame:
    """Indexed by (trial, repeat), for every run in `curves` (see `objective_curves`): `COLUMNS`.

    `start` is what `starts` gives, `guess` the loss-like value of guessing or NaN.
    """
    every = curves.groupby(RUN)["epoch"].max()
    runs = Evaluations.of(curves)
    own_start = start.reindex(runs.runs).fillna(guess).to_numpy("float64")
    common = guess if np.isfinite(guess) else float(start.median()) if len(start) else np.nan
    found = pd.DataFrame(index=runs.runs)
    found["epochs_to_own_best"], improved = _own(runs, own_start)
    found["epochs_to_own_best_reason"] = np.select([improved, np.isnan(own_start)], ["", NO_START], NEVER_IMPROVED)
    found["alc"] = _alc(runs, common, float(every.max()) if len(every) else np.nan, _last_epoch(every, runs))
    found = found.reindex(every.index).astype({"epochs_to_own_best": "Int64", "alc": "float64"})
    # Of a run that diverged at once there is no evaluation: it was never better than guessing.
    reason = NO_START if np.isnan(common) else NOTHING_LEARNED if found["alc"].isna().all() else ""
    found["alc"] = found["alc"].fillna(1.0) if not reason else np.nan
    found["alc_reason"] = reason
    found["epochs_to_own_best_reason"] = found["epochs_to_own_best_reason"].fillna(NEVER_IMPROVED).astype("str")
    return found[list(COLUMNS)]


def _own(runs: Evaluations, start: Array) -> tuple[Array, Array]:
    """The epoch at which 95 % of its own improvement was made, NaN where there was none, and where there was [runs]."""
    if not len(runs.count):
        return np.empty(0), np.empty(0, bool)
    best = np.fmin.reduce(runs.validation, axis=1)
    improved = start > best
    there = runs.validation <= (best + OWN * (start - best))[:, np.newaxis]
    return np.where(
        improved, np.take_along_axis(runs.epoch, there.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0], np.nan
    ), improved


def _last_epoch(every: pd.Series[int], runs: Evaluations) -> Array:
    """The last epoch of each run with a validation value, finite or not [runs]."""
    return every.reindex(runs.runs).to_numpy("float64")


def _alc(runs: Evaluations, start: float, horizon: float, last: Array) -> Array:
    """The area under each curve [runs]; NaN where nothing was better than `start`."""
    floor = float(np.nanmin(runs.validation)) if runs.validation.size else np.nan
    if not start > floor:
        return np.full(len(runs.count), np.nan)
    above = (np.fmin.accumulate(np.fmin(runs.validation, start), axis=1) - floor) / (start - floor)
    begins = np.fmin(runs.epoch, horizon + 1)
    ends = np.concatenate([begins[:, 1:], np.full((len(begins), 1), np.nan)], axis=1)
    broken = last > runs.last(runs.epoch)
    behind = np.where(broken, np.minimum(runs.last(runs.epoch), horizon) + 1, horizon + 1)
    np.put_along_axis(ends, runs.count[:, np.newaxis] - 1, behind[:, np.newaxis], axis=1)
    widths = np.nan_to_num(ends - begins)
    return np.asarray(((np.nan_to_num(above) * widths).sum(axis=1) + horizon - widths.sum(axis=1)) / horizon)
