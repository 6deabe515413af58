"""The frames `choices`, `convergence` and `speed` of whole sweeps, as a notebook gets them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sweeper.errors import InputError
from sweeper.reporting import EveryFrame, read_sweep
from sweeper.reporting.columns import described
from sweeper.reporting.metrics.targets import SHARES
from sweeper.reporting.statistics.choices import MEASURED, summarized
from tests.reporting.synthetic import Planted, Trial, searched

Read = Callable[[Planted], EveryFrame]


def test_summaries_by_hand() -> None:
    """Of 1 to 8 the middle half is 3 to 6; one that diverged is the worst value and infinitely far from it."""
    found = summarized(np.arange(1.0, 9.0), better_is_higher=False)
    assert found == {"n": 8, "median": 4.0, "lo": 1.0, "hi": 8.0, "iqm": 4.5, "best": 1.0, "worst": 8.0}
    diverged = summarized(np.array([0.9, 0.8, -math.inf]), better_is_higher=True)
    assert (diverged["median"], diverged["best"], diverged["worst"]) == (0.8, 0.9, -math.inf)
    assert summarized(np.array([]), True) == {"n": 0}


def test_choices_have_a_row_for_each_metric(optimizers: EveryFrame) -> None:
    found = optimizers.choices
    assert list(found["hp"].unique()) == ["optimizer"] and list(found["choice"].unique()) == ["sgd", "rmsprop", "adam"]
    assert set(found["metric"]) == {"trial_value", "test_loss", *MEASURED}
    sgd = found[(found["choice"] == "sgd") & (found["metric"] == "trial_value")].iloc[0]
    own = optimizers.trials[optimizers.trials["choice"] == "sgd"]
    assert (sgd["n"], sgd["n_div"], sgd["n_pruned"]) == (6, 1, 0)
    assert (sgd["best"], sgd["worst"]) == (own["trial_value"].min(), math.inf), "of 6 one diverged"
    assert sgd["median"] == own["trial_value"].sort_values().iloc[2]
    for frame in ("choices", "convergence", "speed", "pairs"):
        table = getattr(optimizers, frame)
        assert len(table) and all(described(frame, str(column)) for column in table)


def test_crossed_questions_have_rows_for_each_and_for_their_combinations(read: Read) -> None:
    curves = {"val_loss": [0.5, 0.4], "train_eval_loss": [0.4, 0.3]}
    trials = [
        Trial(n, {"optimizer": ("sgd", "adam")[n % 2], "initializer": ("he", "glorot")[n // 2 % 2]}, curves, block=n // 4)
        for n in range(8)
    ]
    found = read(Planted("crossed", trials, {"sweeper.compare": "optimizer, initializer"})).choices
    rows = found[found["metric"] == "trial_value"].groupby("hp")["choice"].agg(list).to_dict()
    assert rows["optimizer"] == ["sgd", "adam"] and rows["initializer"] == ["he", "glorot"]
    assert rows["optimizer · initializer"] == ["sgd · he", "adam · he", "sgd · glorot", "adam · glorot"]


def test_convergence_counts_what_came(optimizers: EveryFrame) -> None:
    found = optimizers.convergence.set_index(["choice", "target"])
    assert len(found) == 3 * len(SHARES) and (found["horizon"] == 20).all()
    for choice, own in optimizers.trials.groupby("choice"):
        row = found.loc[(str(choice), "epochs_to_target")]
        assert (row["n"], row["reached"]) == (len(own), own["epochs_to_target"].notna().sum())
        restricted = own["epochs_to_target"].astype("float64").fillna(20)
        assert row["rmet_optimistic"] == row["rmet_pessimistic"] == pytest.approx(restricted.mean())
    assert found.loc[("sgd", "epochs_to_target"), "diverged"] == 1
    levels = found["level"].groupby("target").first()
    assert levels["epochs_to_easy_target"] > levels["epochs_to_target"] > levels["epochs_to_hard_target"]


def test_a_search_without_a_question(plain: EveryFrame) -> None:
    assert plain.choices.empty and plain.speed.empty and plain.pairs.empty
    found = plain.convergence
    assert list(found["choice"]) == [""] * 3 and (found["hidden"] > 0).all()
    assert (found["rmet_optimistic"] < found["rmet_pessimistic"]).all(), "pruned trials part the bounds"


def test_the_baseline_of_a_drawn_sweep_is_not_counted(read: Read) -> None:
    once = searched(trials=12)
    trials = [replace(trial, params={**trial.params, "optimizer": "adam"}) for trial in once.trials]
    found = read(replace(once, trials=trials, tags={**once.tags, "sweeper.compare": "optimizer"}))
    ended = found.trials["state"].isin(["COMPLETE", "PRUNED"]).sum()
    assert found.choices["n"].max() == ended - 1
    assert found.convergence["n"].eq(ended - 1).all()


def test_the_mirrored_metric_gives_the_same_speed(read: Read, optimizers: EveryFrame) -> None:
    """A score that is the loss negated: the same epochs, ratios and verdicts."""
    mirrored = []
    for number, own in optimizers.epochs.groupby("trial"):
        row = optimizers.trials.set_index("number").loc[number]
        curves = {
            f"{split}_score": list(-own.loc[own["metric"] == f"{split}_loss", "value"]) for split in ("val", "train_eval")
        }
        params = {"optimizer": row["choice"]}
        about = {"block": int(row["block"]), "maximize": True, "objective": "val_score"}
        mirrored.append(Trial(int(str(number)), params, curves, row["state"], row["reason"], **about))
    tags = {"sweeper.compare": "optimizer", "sweeper.objective": "val_score", "sweeper.direction": "maximize"}
    twin = read(Planted("mirrored", mirrored, tags))
    pd.testing.assert_frame_equal(twin.speed, optimizers.speed)
    same = [name for name in twin.convergence if name not in ("level", "seconds_to_target")]
    pd.testing.assert_frame_equal(twin.convergence[same], optimizers.convergence[same])
    pd.testing.assert_series_equal(twin.trials["epochs_to_target"], optimizers.trials["epochs_to_target"])


def test_a_target_of_ones_own(store: str) -> None:
    frames = read_sweep("digits-optimizers", store, target=0.5)
    row = frames.convergence.set_index(["choice", "target"]).loc[("adam", "epochs_to_target")]
    first = frames.epochs.query("metric == 'val_loss' and value <= 0.5").groupby("trial")["epoch"].min()
    adam = frames.trials[frames.trials["choice"] == "adam"]
    assert row["level"] == 0.5
    assert adam["epochs_to_target"].tolist() == [first[number] for number in adam["number"]]
    with pytest.raises(InputError, match=r"names its common target itself, 0\.5"):
        frames.sweep.aimed_at(0.4)
    with pytest.raises(InputError, match="finite"):
        frames.sweep.aimed_at(math.nan)
