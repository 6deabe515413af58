"""A sweep as pandas frames, read from MLflow alone.

    from sweeper.reporting import read_sweep
    sweep, trials, epochs = read_sweep("digits-mlp")

Any set of runs with the names and tags of a sweep (docs/architecture.md, "MLflow's layout") can be read, whoever wrote it.
`columns.COLUMNS` describes every column.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from sweeper.reporting.metrics.best import NO_VALIDATION, best_epochs
from sweeper.reporting.metrics.curves import RUN, objective_curves
from sweeper.reporting.metrics.orientation import Orientation, orientation_of, split_of
from sweeper.reporting.metrics.targets import SHARES, censoring, epochs_to, target_of
from sweeper.reporting.reading.history import read_histories
from sweeper.reporting.reading.runs import PARAM, newest_attempts, run_table
from sweeper.reporting.reading.store import find_sweep, open_store, trial_runs
from sweeper.reporting.reading.sweep import Sweep, sweep_of

ENDED = ("COMPLETE", "PRUNED")
"""States whose curves are measured: a fault is missing data, a running trial is not over."""

TARGETS = dict(zip(("epochs_to_easy_target", "epochs_to_target", "epochs_to_hard_target"), SHARES, strict=True))
LARGEST_SPACE = 200_000
"""Characters of a space file that are read."""


class SweepFrames(NamedTuple):
    """`sweep` is what the parent run says, `trials` has a row for each trial and repeat, `epochs` a row for each of their
    epochs and metrics."""

    sweep: Sweep
    trials: pd.DataFrame
    epochs: pd.DataFrame

    @property
    def orientation(self) -> Orientation:
        return orientation_of(self.sweep.objective)


def read_sweep(
    name: str | None = None, tracking_uri: str | None = None, experiment: str = "sweeper", run_id: str | None = None
) -> SweepFrames:
    """The sweep `name` (None: the newest), or the one whose parent run is `run_id`.

    `tracking_uri` None is MLflow's own choice (`MLFLOW_TRACKING_URI`). Raises InputError for an unknown name (with
    the nearest one and the known ones) and an empty store, StoreError where the store does not answer.
    """
    client = open_store(tracking_uri)
    parent = find_sweep(client, name, experiment, run_id)
    sweep = sweep_of(parent, _space(client, parent))
    runs = newest_attempts(trial_runs(client, parent))
    table = run_table(runs)
    epochs = epoch_frame(table, read_histories(client, runs))
    return SweepFrames(sweep, trial_frame(sweep, table, epochs), epochs)


def epoch_frame(table: pd.DataFrame, histories: pd.DataFrame) -> pd.DataFrame:
    """The long frame of `COLUMNS["epochs"]`, by trial, repeat, epoch and metric."""
    keyed = table[["run_id", "number", "repeat"]].rename(columns={"number": "trial"})
    long = histories.merge(keyed, on="run_id").rename(columns={"step": "epoch", "key": "metric"})
    parts = {key: split_of(key) for key in long["metric"].unique()}
    long = long.assign(
        split=long["metric"].map({key: split for key, (split, _) in parts.items()}).astype("str"),
        name=long["metric"].map({key: name for key, (_, name) in parts.items()}).astype("str"),
    )
    order = ["trial", "repeat", "epoch", "metric"]
    return long.sort_values(order, ignore_index=True)[["trial", "repeat", "epoch", "time", "metric", "split", "name", "value"]]


def trial_frame(sweep: Sweep, table: pd.DataFrame, epochs: pd.DataFrame, target: float | None = None) -> pd.DataFrame:
    """The frame of `COLUMNS["trials"]`. `target` is a value of the objective's metric; None chooses the median-best."""
    orientation = orientation_of(sweep.objective)
    ended = table.loc[table["state"].isin(ENDED), RUN]
    curves = objective_curves(epochs, orientation).merge(ended, on=RUN)
    measured = best_epochs(curves)
    trials = table.assign(choice=choices(sweep, table)).join(measured, on=RUN)
    trials = trials.join(_at(epochs, measured["best_epoch"], "best."), on=RUN)
    trials = trials.join(_at(epochs, measured["epochs_seen"], "end."), on=RUN)
    trials = _explain(trials, ["best_epoch", "gap_best", "gap_end"])
    trials = _with_targets(trials, curves, None if target is None else orientation.loss_like(target))
    trials["epochs"] = trials["epochs"].fillna(trials["epochs_seen"])
    trials = _with_trial_value(trials)
    return trials[_ordered(trials.drop(columns=["y_best", "y_end", "epochs_seen"]))]


def choices(sweep: Sweep, table: pd.DataFrame) -> pd.Series[str]:
    """The compared values of each trial, joined by ' · '; empty without `compare`."""
    label = pd.Series("", index=table.index, dtype="str")
    for place, path in enumerate(sweep.compare):
        known = table[PARAM + path].astype("str").fillna("none") if PARAM + path in table else "none"
        label = label + (" · " if place else "") + known
    return label.astype("str")


def _at(epochs: pd.DataFrame, when: pd.Series[int], prefix: str) -> pd.DataFrame:
    """Every per-epoch metric at one epoch of each run, a column each, indexed like `when`."""
    wanted = when.dropna().astype("int64").rename("epoch").reset_index().rename(columns={"number": "trial"})
    found = epochs.merge(wanted, on=["trial", "repeat", "epoch"])
    wide = found.pivot(index=["trial", "repeat"], columns="metric", values="value")
    wide.index = wide.index.set_names(RUN)
    return wide.rename(columns=lambda key: prefix + str(key)).rename_axis(columns=None)


def _explain(trials: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    words = trials["state"].map({"RUNNING": "the trial still runs", "FAILED": "the trial failed"}).fillna(NO_VALIDATION)
    reasons = {f"{name}_reason": trials[f"{name}_reason"].fillna(words).astype("str") for name in names}
    return trials.assign(**reasons, gap_source=trials["gap_source"].fillna("").astype("str"))


def _with_targets(trials: pd.DataFrame, curves: pd.DataFrame, target: float | None) -> pd.DataFrame:
    for column, share in TARGETS.items():
        level = target if share == 0.5 and target is not None else target_of(trials["y_best"], share)
        reached = epochs_to(curves, level) if level is not None else pd.Series(dtype="Int64")
        values = reached.reindex(pd.MultiIndex.from_frame(trials[RUN])).array
        # Divergence is a competing event: such a trial counts as not reaching the target, even if it passed it on its way.
        trials[column] = pd.Series(values, index=trials.index, dtype="Int64").mask(trials["reason"] == "diverged")
    stopped = [censoring(state, reason) for state, reason in zip(trials["state"], trials["reason"], strict=True)]
    there = trials["epochs_to_target"].notna()
    trials["epochs_to_target_reason"] = pd.Series(stopped, index=trials.index, dtype="str").mask(there, "")
    spent = trials["seconds_train"] if "seconds_train" in trials else pd.Series(float("nan"), index=trials.index)
    pace = spent / trials["epochs"].where(trials["epochs"] > 0).astype("float64")
    trials["seconds_to_target"] = trials["epochs_to_target"].astype("float64") * pace
    return trials


def _with_trial_value(trials: pd.DataFrame) -> pd.DataFrame:
    complete = (trials["state"] == "COMPLETE") & trials["value"].notna()
    all_complete = complete.groupby(trials["number"]).transform("all").astype(bool)
    mean = trials.groupby("number")["value"].transform("mean").where(all_complete)
    repeats = trials.groupby("number")["number"].transform("size")
    missing = (~complete).groupby(trials["number"]).transform("sum")
    words = "no value: " + missing.astype(str) + " of " + repeats.astype(str) + " repeats did not complete with one"
    return trials.assign(trial_value=mean, trial_value_reason=words.astype("str").mask(all_complete, ""))


def _ordered(trials: pd.DataFrame) -> list[str]:
    """What and how it ended first, parameters next, then what was measured."""
    columns = [str(name) for name in trials.columns]
    first = ["number", "repeat", "state", "reason", "choice", "value", "trial_value", "best_epoch", "epochs"]
    params = [name for name in columns if name.startswith(PARAM)]
    last = sorted(name for name in columns if name.startswith(("best.", "end.", "test_")))
    rest = [name for name in columns if name not in {*first, *params, *last}]
    return [*first, *params, *last, *rest]


def _space(client: MlflowClient, parent: Run) -> str:
    """The space file's text, or nothing: a report can do without."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # a reader draws nothing on the terminal
    try:
        names = {item.path for item in client.list_artifacts(parent.info.run_id)}
        if "space.yaml" not in names:
            return ""
        with tempfile.TemporaryDirectory() as folder:
            file = client.download_artifacts(parent.info.run_id, "space.yaml", folder)
            return Path(file).read_text(encoding="utf-8", errors="replace")[:LARGEST_SPACE]
    except (MlflowException, OSError):
        return ""
