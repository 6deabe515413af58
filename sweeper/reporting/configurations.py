"""From runs to configurations: the rule of `sweeper.tracking.combined`, on frames.

A configuration that is trained several times (with other seeds, or on other folds of the data) is RUNNING while one of its
repeats runs or is still to come; else FAILED where one failed, else PRUNED where one diverged, else what its first repeat is.
Values are means over the repeats, missing where one repeat lacks them; epochs at which something happened are their lower
median; of what is said of a curve that which most repeats have; `epochs` is the longest, and seconds and spikes are
sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sweeper.reporting.metrics.labels import LABELS, RECOVERS
from sweeper.reporting.metrics.plateau import PLATEAUED, STILL_IMPROVING, UNCLEAR
from sweeper.reporting.metrics.targets import AT_TARGET
from sweeper.reporting.reading.runs import PARAM

_MEANS = (
    "value", "value_last", "gap_best", "gap_end", "given_back", "wasted_frac", "seconds_per_epoch", "y_best", "y_end", "noise",
    "overfit_severity", "final_slope", "alc", "late_sd", "train_progress", "pq", "memorization", "init_check", "gap_matched",
    "calib_gap",
)  # fmt: skip
_MEDIANS = ("best_epoch", "best_epoch_logged", "epochs_wasted", "epochs_to_own_best", "up_strips")
_USUALLY = ("train_increase", "overconfident")
_LARGEST = ("attempt", "epochs")
_WORDS: Mapping[str, Sequence[str]] = {"label": LABELS, "plateau": (STILL_IMPROVING, UNCLEAR, PLATEAUED)}
_ALONE = {"RUNNING": "it still runs", "FAILED": "it failed", "PRUNED": "it did not run to its end"}
"""Why a trial that was trained once has no value."""


def configurations(runs: pd.DataFrame, trainings: int, live: bool) -> pd.DataFrame:
    """A row for each trial of `runs`, which are in the order of trials and repeats: the columns of `runs` without `repeat` and
    `fold`, `number` in place of `trial`, `repeats` (how many were begun) and `spread`.

    `trainings` is how many repeats a configuration is to have; `live` says that the sweep is not over.
    """
    first = runs.drop_duplicates("trial").set_index("trial")
    groups = runs.groupby("trial")
    size = groups.size()
    found = first.drop(columns=["repeat", "fold"]).assign(repeats=size, **_ends(runs, first, size < trainings, live))
    for name in map(str, first.columns):
        if name in _MEANS or name.startswith(("best.", "end.", "test_")):
            found[name] = groups[name].mean().where(groups[name].count() == size)
        elif name in _MEDIANS:
            middle = groups[name].quantile(0.5, interpolation="lower").where(groups[name].count() == size)
            found[name] = middle.astype("Int64")
        elif name in _USUALLY:
            found[name] = (groups[name].mean() > 0.5).where(groups[name].count() == size).astype("boolean")
        elif name in _LARGEST:
            found[name] = groups[name].max()
        elif name in _WORDS:
            found[name] = _most(runs, name, _WORDS[name])
        elif name.startswith("seconds_") or name == "spikes":
            found[name] = groups[name].sum(min_count=1)
        elif name.endswith("_reason"):
            found[name] = (
                runs[runs[name] != ""].drop_duplicates("trial").set_index("trial")[name].reindex(found.index).fillna("")
            )
    found["spread"] = groups["value"].std()
    found["overfit_onset"] = _usual_onset(runs)
    found["recovered"] = found["label"] == RECOVERS
    found["diverged_epoch"] = groups["diverged_epoch"].min()
    approximate = runs["gap_source"] == "train"
    found["gap_source"] = found["gap_source"].mask(found.index.isin(runs.loc[approximate, "trial"]), "train")
    found["value"] = found["value"].mask(found["state"] == "RUNNING")
    whole = (runs["state"] == "COMPLETE") & runs["value"].notna()
    lacking = (~whole).astype("int64").groupby(runs["trial"]).sum()
    return _with_trial_value(found, lacking).rename_axis("number").reset_index()


def _most(runs: pd.DataFrame, name: str, order: Sequence[str]) -> pd.Series[str]:
    """The word that most repeats of a trial have; of equally many the first in order."""
    known = runs[runs[name] != ""]
    counts = known.groupby("trial")[name].value_counts().rename("times").reset_index()
    counts = counts.assign(place=counts[name].map({word: place for place, word in enumerate(order)}))
    first = counts.sort_values(["trial", "times", "place"], ascending=[True, False, True]).drop_duplicates("trial")
    return first.set_index("trial")[name].reindex(runs["trial"].unique()).fillna("").astype("str")


def _usual_onset(runs: pd.DataFrame) -> pd.Series[int]:
    """The lower median over the repeats, of which one without an onset counts as having it later than any."""
    onset = runs["overfit_onset"].astype("float64").fillna(float("inf"))
    middle = onset.groupby(runs["trial"]).quantile(0.5, interpolation="lower")
    return middle.where(middle < float("inf")).astype("Int64")


def _ends(runs: pd.DataFrame, first: pd.DataFrame, short: pd.Series[bool], live: bool) -> dict[str, pd.Series[str]]:
    """`state` and `reason` of each trial."""
    severity = pd.Series(3.0, index=runs.index)
    severity = (
        severity.mask(runs["reason"] == AT_TARGET, 2.5).mask(runs["reason"] == "diverged", 2).mask(runs["state"] == "FAILED", 1)
    )
    severity = severity.mask(runs["state"] == "RUNNING", 0)
    telling = runs.assign(severity=severity).sort_values(["trial", "severity", "repeat"])
    telling = telling.drop_duplicates("trial").set_index("trial")
    to_come = short & (telling["state"] == "COMPLETE") & live
    return {"state": telling["state"].mask(to_come, "RUNNING"), "reason": telling["reason"].mask(to_come, "")}


def _with_trial_value(trials: pd.DataFrame, lacking: pd.Series[int]) -> pd.DataFrame:
    complete = (trials["state"] == "COMPLETE") & trials["value"].notna()
    several = lacking.astype(str) + " of " + trials["repeats"].astype(str) + " repeats did not complete with one"
    alone = trials["state"].map(_ALONE).fillna("no finite one was logged")
    words = "no value: " + several.where(trials["repeats"] > 1, alone).mask(trials["state"] == "RUNNING", _ALONE["RUNNING"])
    return trials.assign(trial_value=trials["value"].where(complete), trial_value_reason=words.astype("str").mask(complete, ""))


def ordered(frame: pd.DataFrame) -> list[str]:
    """The columns: what and how it ended first, parameters next, then what was measured."""
    columns = [str(name) for name in frame.columns]
    first = ["trial", "number", "repeat", "fold", "repeats", "state", "reason", "choice", "value", "spread", "trial_value"]
    first = [name for name in (*first, "best_epoch", "epochs") if name in columns]
    params = [name for name in columns if name.startswith(PARAM)]
    last = sorted(name for name in columns if name.startswith(("best.", "end.", "test_")))
    rest = [name for name in columns if name not in {*first, *params, *last}]
    return [*first, *params, *last, *rest]
