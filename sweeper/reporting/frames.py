"""A sweep as pandas frames, read from MLflow alone.

A configuration with its number is a trial; each of its trainings, with a seed of its own or on a fold of its own, is a run.
Any set of runs with the names and tags of a sweep (docs/architecture.md, "MLflow's layout") can be read, whoever wrote it.
`columns.COLUMNS` describes every column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sweeper.reporting.configurations import configurations, ordered
from sweeper.reporting.metrics.best import NO_VALIDATION, best_epochs
from sweeper.reporting.metrics.calibration import overconfident, with_calibration_gap
from sweeper.reporting.metrics.curves import RUN, objective_curves
from sweeper.reporting.metrics.elapsed import elapsed, seconds_at
from sweeper.reporting.metrics.labels import DIVERGED, NEVER_LEARNED
from sweeper.reporting.metrics.matched import gaps_at, matched_level
from sweeper.reporting.metrics.orientation import Orientation, orientation_of, split_of
from sweeper.reporting.metrics.progress import progress, starts
from sweeper.reporting.metrics.repeats import best_of_runs, best_so_far
from sweeper.reporting.metrics.shapes import shapes
from sweeper.reporting.metrics.signal import signals
from sweeper.reporting.metrics.start import init_check
from sweeper.reporting.metrics.targets import AT_TARGET, SHARES, censoring, epochs_to, stopped_at, target_of
from sweeper.reporting.reading.confirmation import Confirmation, chosen_of, find_confirmation
from sweeper.reporting.reading.database import known_database
from sweeper.reporting.reading.history import read_histories
from sweeper.reporting.reading.layers import LayerTables
from sweeper.reporting.reading.offered import JOIN
from sweeper.reporting.reading.runs import PARAM, newest_attempts, run_table
from sweeper.reporting.reading.space_text import space_text
from sweeper.reporting.reading.store import find_sweep, open_store, trial_runs
from sweeper.reporting.reading.sweep import Sweep, sweep_of

ENDED = ("COMPLETE", "PRUNED")
"""States whose curves are measured: a fault is missing data, a running trial is not over."""

TARGETS = dict(zip(("epochs_to_easy_target", "epochs_to_target", "epochs_to_hard_target"), SHARES, strict=True))


@dataclass(frozen=True, eq=False)
class SweepFrames:
    """`sweep` is what the parent run says; `trials` has a row for each configuration, `runs` one for each training of it (the
    same, where each is trained once), `epochs` one for each epoch and metric of these.

    `layers` has a row for each look at a statistic of a layer, and `signal` one for each run that was looked at; they are read
    from the runs' artifacts when they are first asked for, of a large sweep for a part of its runs (see `reading.layers`).
    `confirmed` is the sweep that trained the best configurations again, where the store has one.
    """

    sweep: Sweep
    trials: pd.DataFrame
    runs: pd.DataFrame
    epochs: pd.DataFrame
    tables: LayerTables = field(default_factory=LayerTables)
    confirmed: Confirmation | None = None

    @cached_property
    def confirmation(self) -> Confirmation | None:
        """This sweep as the confirmation of another, else the one that trained its best configurations again."""
        chosen = chosen_of(self.sweep)
        return self.confirmed if chosen is None else Confirmation(self.sweep, chosen, self.runs)

    @property
    def levels(self) -> pd.DataFrame:
        """What the trials chose of each compared parameter, a column each."""
        return levels(self.sweep, self.trials)

    @property
    def orientation(self) -> Orientation:
        return orientation_of(self.sweep.objective)

    @cached_property
    def layers(self) -> pd.DataFrame:
        return self.tables.read(self.runs[self.runs["state"].isin(ENDED)], self.sweep.objective.maximize)

    @cached_property
    def signal(self) -> pd.DataFrame:
        return signals(self.layers)


def read_frames(
    name: str | None = None,
    tracking_uri: str | None = None,
    experiment: str = "sweeper",
    run_id: str | None = None,
    cache: Path | None = None,
    target: float | None = None,
) -> SweepFrames:
    """The sweep `name` (None: the newest), or the one whose parent run is `run_id`.

    `tracking_uri` None is MLflow's own choice (`MLFLOW_TRACKING_URI`). In the folder `cache` is kept what a server told of runs
    that have ended; None keeps nothing. `target` is the value of the objective's metric to which epochs are counted; None
    takes what the sweep names, else the median of the trials' best values. Raises InputError for an unknown name (with the
    nearest one and the known ones), an empty store and a target that cannot be one, StoreError where the store does not answer.
    """
    store = open_store(tracking_uri)
    with known_database(store.tracking_uri) as connection:  # a sweep that still writes is read as it was at one moment
        parent = find_sweep(store, name, experiment, run_id, connection)
        runs = newest_attempts(trial_runs(store, parent, connection))
        histories = read_histories(store, runs, connection, cache)
        confirmed = find_confirmation(store, parent, experiment, connection)
    sweep = sweep_of(parent, space_text(store, parent))
    sweep = sweep if target is None else sweep.aimed_at(target)
    table = run_table(runs, sweep.folds)
    epochs = epoch_frame(table, histories)
    curves = objective_curves(epochs, orientation_of(sweep.objective))
    measured = _stopped(sweep, measure(sweep, table, curves, epochs), curves)
    trials = _configurations(sweep, measured)
    levels, seconds = targets_of(sweep, trials["y_best"]), elapsed(epochs)
    return SweepFrames(
        sweep,
        trial_frame(trials, measured, curves, levels, seconds),
        run_frame(measured, curves, levels, seconds),
        epochs,
        LayerTables.of(store.tracking_uri, runs),
        confirmed,
    )


def epoch_frame(table: pd.DataFrame, histories: pd.DataFrame) -> pd.DataFrame:
    """The long frame of `COLUMNS["epochs"]`, by trial, repeat, epoch and metric; `histories` are of the runs of `table`, in its
    order."""
    run, key = histories["run_id"].cat.codes.to_numpy(), histories["key"]
    parts = [split_of(str(name)) for name in key.cat.categories]
    return pd.DataFrame(
        {
            **{name: table[name].to_numpy()[run] for name in RUN},
            "epoch": histories["step"],
            "time": histories["time"],
            "metric": key,
            "split": _renamed(key, [split for split, _ in parts]),
            "name": _renamed(key, [name for _, name in parts]),
            "value": histories["value"],
        }
    )


def _renamed(column: pd.Series[Any], names: Sequence[str]) -> pd.Categorical[str]:
    """A categorical column whose categories have these names instead, of which several may be the same."""
    categories = sorted(set(names))
    codes = np.array([categories.index(name) for name in names], "int8")
    return pd.Categorical.from_codes(codes[column.cat.codes.to_numpy()], pd.Index(categories, dtype="str"))


def measure(sweep: Sweep, table: pd.DataFrame, curves: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """The runs of `table` with what is measured on the curves of those that have ended."""
    ended = table.loc[table["state"].isin(ENDED), RUN]
    curves = curves.merge(ended, on=RUN)
    measured = best_epochs(curves)
    runs = table.assign(choice=choices(sweep, table)).join(measured, on=RUN).join(shapes(curves, guess(sweep)), on=RUN)
    start = starts(epochs, orientation_of(sweep.objective), guess(sweep))
    runs = runs.join(progress(curves, start, guess(sweep)), on=RUN)
    cross_entropy = guess(sweep, "loss") if sweep.data.get("task") != "regression" else float("nan")
    runs = runs.join(init_check(epochs, cross_entropy).rename("init_check"), on=RUN)
    runs = runs.join(overconfident(epochs, ended).rename("overconfident"), on=RUN)
    runs = runs.join(_matched(sweep, runs, curves, epochs), on=RUN)
    runs["label"] = runs["label"].mask(runs["reason"] == "diverged", DIVERGED).fillna("").astype("str")
    runs["plateau"] = runs["plateau"].fillna("").astype("str")
    runs = runs.join(_at(epochs, measured["best_epoch"], "best."), on=RUN)
    runs = with_calibration_gap(runs.join(_at(epochs, measured["epochs_seen"], "end."), on=RUN))
    runs = _explain(runs, ["best_epoch", "gap_best", "gap_end", "epochs_to_own_best", "alc"])
    runs["epochs"] = runs["epochs"].fillna(runs["epochs_seen"])
    spent = runs["seconds_train"] if "seconds_train" in runs else pd.Series(float("nan"), index=runs.index)
    runs["seconds_per_epoch"] = spent / runs["epochs"].where(runs["epochs"] > 0).astype("float64")
    return runs.drop(columns="epochs_seen")


def _matched(sweep: Sweep, runs: pd.DataFrame, curves: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """The columns matched_level and gap_matched by (trial, repeat), from the state before training on."""
    learned = runs[(runs["state"] == "COMPLETE") & (runs["label"] != NEVER_LEARNED)]
    level = matched_level(curves, learned, guess(sweep))
    before = objective_curves(epochs[epochs["epoch"] == 0], orientation_of(sweep.objective), first=0)
    whole = pd.concat([before.merge(curves[RUN].drop_duplicates(), on=RUN), curves], ignore_index=True)
    return gaps_at(whole, level).rename("gap_matched").to_frame().assign(matched_level=level)


def guess(sweep: Sweep, metric: str = "") -> float:
    """What guessing gives, as the sweep's run says it; NaN where it does not: of a metric's name, else loss-like of the
    objective's."""
    orientation = orientation_of(sweep.objective)
    try:
        value = float(sweep.data[f"chance.{metric or orientation.metric}"])
    except (KeyError, ValueError):
        return float("nan")
    return value if metric else float(orientation.loss_like(value))


def targets_of(sweep: Sweep, y_best: pd.Series[float]) -> dict[str, float]:
    """The loss-like level behind each column of `TARGETS`: the sweep's own target where it names one, else what a share of the
    trials reach; empty where no trial has a value."""
    levels = {column: target_of(y_best, share) for column, share in TARGETS.items()}
    if sweep.target is not None:
        levels["epochs_to_target"] = float(orientation_of(sweep.objective).loss_like(sweep.target))
    return {column: level for column, level in levels.items() if level is not None}


def run_frame(measured: pd.DataFrame, curves: pd.DataFrame, levels: Mapping[str, float], seconds: pd.DataFrame) -> pd.DataFrame:
    """The frame of `COLUMNS["runs"]`; `levels` as `targets_of` and `seconds` as `elapsed` gives them."""
    reached = epochs_to(best_of_runs(curves), levels.get("epochs_to_target", float("-inf")), RUN)
    runs = measured.drop(columns=["y_best", "y_end"]).join(reached.rename("epochs_to_target"), on=RUN)
    runs["epochs_to_target"] = runs["epochs_to_target"].where(runs["state"].isin(ENDED) & (runs["reason"] != "diverged"))
    runs["seconds_to_target"] = _seconds_to(runs, seconds_at(seconds, runs.set_index(RUN)["epochs_to_target"]).to_numpy())
    return runs[ordered(runs)].copy()  # one block of memory for each type: of a wide frame rows are taken often


def trial_frame(
    trials: pd.DataFrame, measured: pd.DataFrame, curves: pd.DataFrame, levels: Mapping[str, float], seconds: pd.DataFrame
) -> pd.DataFrame:
    """The frame of `COLUMNS["trials"]`, of the configurations `trials` of the runs `measured`."""
    ended = measured.loc[measured["trial"].isin(trials.loc[trials["state"].isin(ENDED), "number"]), RUN]
    progress = best_so_far(curves.merge(ended, on=RUN))
    for column in TARGETS:
        reached = epochs_to(progress, levels[column]) if column in levels else pd.Series(dtype="Int64")
        values = reached.reindex(trials["number"]).array
        # Divergence is a competing event: such a trial counts as not reaching the target, even if it passed it on its way.
        trials[column] = pd.Series(values, index=trials.index, dtype="Int64").mask(trials["reason"] == "diverged")
    stopped = [censoring(state, reason) for state, reason in zip(trials["state"], trials["reason"], strict=True)]
    there = trials["epochs_to_target"].notna()
    trials["epochs_to_target_reason"] = pd.Series(stopped, index=trials.index, dtype="str").mask(there, "")
    when = measured[RUN].merge(trials[["number", "epochs_to_target"]], left_on="trial", right_on="number").set_index(RUN)
    together = seconds_at(seconds, when["epochs_to_target"]).groupby("trial").mean().reindex(trials["number"])
    trials["seconds_to_target"] = _seconds_to(trials, together.to_numpy())
    trials = trials.drop(columns=["y_best", "y_end"])
    return trials[ordered(trials)].copy()


def _stopped(sweep: Sweep, runs: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """`runs` with the reason of those that another program stopped at the target that the sweep names."""
    if sweep.target is None or not sweep.imported:
        return runs
    level = float(orientation_of(sweep.objective).loss_like(sweep.target))
    reached = runs.join(epochs_to(best_of_runs(curves), level, RUN).rename("reached"), on=RUN)["reached"]
    complete = (runs["state"] == "COMPLETE") & (runs["reason"] == "finished")
    return runs.assign(reason=runs["reason"].mask(stopped_at(runs["epochs"], reached) & complete, AT_TARGET))


def _configurations(sweep: Sweep, measured: pd.DataFrame) -> pd.DataFrame:
    begun = int(measured["repeat"].max()) + 1 if len(measured) else 1
    return configurations(measured, max(sweep.trainings, begun), sweep.running)


def _seconds_to(frame: pd.DataFrame, logged: np.ndarray) -> pd.Series[float]:
    """The seconds that were logged at the target, else the epochs to it times the mean seconds of an epoch."""
    paced = frame["epochs_to_target"].astype("float64") * frame["seconds_per_epoch"]
    return pd.Series(logged, index=frame.index, dtype="float64").fillna(paced)


def choices(sweep: Sweep, table: pd.DataFrame) -> pd.Series[str]:
    """The compared values of each trial, joined by `JOIN`; empty without `compare`."""
    label = pd.Series("", index=table.index, dtype="str")
    for place, (_, known) in enumerate(levels(sweep, table).items()):
        label = label + (JOIN if place else "") + known
    return label.astype("str")


def levels(sweep: Sweep, table: pd.DataFrame) -> pd.DataFrame:
    """The compared values, a column of texts for each compared parameter."""
    none = pd.Series("none", index=table.index, dtype="str")
    found = {
        path: table[PARAM + path].astype("str").fillna("none") if PARAM + path in table else none for path in sweep.compare
    }
    return pd.DataFrame(found, index=table.index, dtype="str")


def _at(epochs: pd.DataFrame, when: pd.Series[int], prefix: str) -> pd.DataFrame:
    """Every per-epoch metric at one epoch of each run, a column each, indexed like `when`."""
    wanted = when.dropna().astype("int64").rename("epoch").reset_index()
    wide = epochs.merge(wanted, on=[*RUN, "epoch"]).pivot(index=RUN, columns="metric", values="value")
    return wide.rename(columns=lambda key: prefix + str(key)).rename_axis(columns=None)


def _explain(runs: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    words = runs["state"].map({"RUNNING": "the trial still runs", "FAILED": "the trial failed"}).fillna(NO_VALIDATION)
    reasons = {f"{name}_reason": runs[f"{name}_reason"].fillna(words).astype("str") for name in names}
    return runs.assign(**reasons, gap_source=runs["gap_source"].fillna("").astype("str"))
