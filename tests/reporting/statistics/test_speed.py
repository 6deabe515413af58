"""Which choice is faster: verdicts that say no more than the evidence, and what may not be said at all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sweeper.reporting.columns import described
from sweeper.reporting.statistics.pairs import LEARNED, UNKNOWN, compared
from sweeper.reporting.statistics.race import Race, Ratio
from sweeper.reporting.statistics.speed import HIDDEN, NEITHER, compared_speed, ranked_speed, telling_target
from sweeper.reporting.statistics.speed_verdict import (
    END_AS_GOOD,
    END_BETTER,
    END_OPEN,
    END_UNKNOWN,
    END_WORSE,
    FASTER,
    FASTER_BUT_WORSE,
    FASTER_OPEN,
    MORE_OFTEN,
    UNINFORMATIVE_TARGET,
    end_of,
    speed_verdict,
)
from sweeper.reporting.statistics.verdict import NO_DIFFERENCE, NOT_ENOUGH, UNDECIDED

BUDGET = 20


def trials(arms: dict[str, list[float | None]], **changed: Any) -> pd.DataFrame:
    """One trial a block and choice that reaches the common target after so many epochs, or not in its 20."""
    rows = [
        {"choice": choice, "block": block, "epochs_to_target": epochs, "value": 0.1}
        for choice, arm in arms.items()
        for block, epochs in enumerate(arm)
    ]
    frame = pd.DataFrame(rows).assign(
        number=range(len(rows)),
        state="COMPLETE",
        reason="finished",
        phase="",
        epochs=BUDGET,
        best_epoch=BUDGET,
        diverged_epoch=None,
    )
    whole = ["epochs_to_target", "block", "epochs", "best_epoch", "diverged_epoch"]
    frame = frame.assign(**changed)
    frame[whole] = frame[whole].astype("Int64")
    for name in ("epochs_to_easy_target", "epochs_to_hard_target"):
        frame[name] = frame["epochs_to_target"] if name not in frame else frame[name].astype("Int64")
    return frame


def speed(frame: pd.DataFrame, sampler: str = "paired", noise: float = math.nan) -> pd.DataFrame:
    choices = list(dict.fromkeys(frame["choice"]))
    pairs = compared(frame, choices, frame["value"].astype("float64"), sampler, 1, noise)
    return compared_speed(frame, choices, sampler, 1, pairs, noise)


FAST: list[float | None] = [2, 3, 4, 5, 6, 7, 8, 9]
SLOW: list[float | None] = [5, 7, 8, 11, 12, 15, 16, None]


def test_a_choice_that_needs_half_the_epochs_and_ends_as_good_is_faster() -> None:
    row = speed(trials({"sgd": SLOW, "adam": FAST})).iloc[0]
    assert (row["a"], row["b"], row["n_a"], row["n_b"], row["horizon"]) == ("adam", "sgd", 8, 8, 20)
    assert row["ratio"] == pytest.approx(44 / 94) and row["ratio_low"] < 44 / 94 < row["ratio_high"] < 1
    assert (row["ratio_optimistic"], row["hidden"], row["why"]) == (row["ratio"], 0, "")
    assert row["p"] == row["p_fdr"] == pytest.approx(2 / 2**8)
    assert (row["end"], row["verdict"]) == (END_AS_GOOD, FASTER)


@pytest.mark.parametrize(
    ("ends", "noise", "end", "verdict"),
    [
        (-0.05, math.nan, END_BETTER, FASTER),
        (0.05, math.nan, END_WORSE, FASTER_BUT_WORSE),
        (0.05, 0.2, END_AS_GOOD, FASTER),
    ],
)
def test_the_guard_of_equal_quality(ends: float, noise: float, end: str, verdict: str) -> None:
    frame = trials({"sgd": SLOW, "adam": FAST})
    spread = 0.001 * (frame["block"].astype("float64") % 3)
    frame["value"] = frame["value"] + spread * (frame["choice"] == "adam") + ends * (frame["choice"] == "adam")
    row = speed(frame, noise=noise).iloc[0]
    assert (row["end"], row["verdict"]) == (end, verdict)


def test_where_the_end_is_open_that_is_said() -> None:
    frame = trials({"sgd": SLOW, "adam": FAST})
    frame["value"] = frame["value"] + np.where(frame["choice"] == "adam", [0.1, -0.1] * 8, 0.0)
    assert speed(frame).iloc[0][["end", "verdict"]].tolist() == [END_OPEN, FASTER_OPEN]
    assert end_of(pd.DataFrame(columns=["a", "b"]), "adam", "sgd", 0.1) == END_UNKNOWN


def test_a_choice_that_seldom_comes_is_not_called_slow() -> None:
    """What LSTM against a plain net should say: how many epochs it would need is not known."""
    row = speed(trials({"plain": [19, None, None, None, None, None, None, None], "lstm": FAST})).iloc[0]
    assert (row["a"], row["verdict"]) == ("lstm", MORE_OFTEN)


def test_equal_undecided_and_too_few() -> None:
    same = trials({"sgd": SLOW, "adam": SLOW})
    assert speed(same).iloc[0][["ratio", "verdict"]].tolist() == [1.0, NO_DIFFERENCE]
    mixed = trials({"sgd": [*SLOW[:4], *FAST[:3], None], "adam": [*FAST[:4], *SLOW[:4]]})
    assert speed(mixed).iloc[0]["verdict"] == UNDECIDED
    few = trials({"sgd": [*SLOW[:4], None], "adam": FAST[:5]})
    assert speed(few).iloc[0]["verdict"] == NOT_ENOUGH, "the least p of 5 blocks is 0.06"


@pytest.mark.parametrize(("sampler", "why"), [("tpe", LEARNED), ("", UNKNOWN)])
def test_what_a_sampler_that_learns_forbids(sampler: str, why: str) -> None:
    row = speed(trials({"sgd": SLOW, "adam": FAST}), sampler).iloc[0]
    assert (row["verdict"], row["why"]) == (NOT_ENOUGH, why) and math.isnan(row["ratio"])


def stopped(frame: pd.DataFrame, who: pd.Series, after: int) -> pd.DataFrame:
    """With these trials pruned after so many epochs, before they came."""
    frame = frame.assign(
        state=frame["state"].mask(who, "PRUNED"),
        reason=frame["reason"].mask(who, "pruner"),
        epochs=frame["epochs"].mask(who, after),
    )
    names = ["epochs_to_target", "epochs_to_easy_target", "epochs_to_hard_target"]
    return frame.assign(**{name: frame[name].mask(who) for name in names})


def test_pruned_trials_are_no_bar_where_both_bounds_agree() -> None:
    frame = trials({"sgd": SLOW * 2, "adam": FAST * 2}, block=[*range(16)] * 2)
    row = speed(stopped(frame, (frame["choice"] == "sgd") & (frame["block"] % 4 == 3), 4)).iloc[0]
    assert (row["hidden"], row["verdict"], row["end"], row["why"]) == (4, FASTER_OPEN, END_UNKNOWN, "")
    assert row["ratio_optimistic"] > row["ratio"], "the pessimistic bound is against sgd, whose trials were pruned"


def test_pruned_trials_hide_the_answer_where_the_bounds_disagree() -> None:
    frame = trials({"sgd": SLOW, "adam": FAST})
    row = speed(stopped(frame, (frame["choice"] == "adam") & (frame["block"] > 2), 3)).iloc[0]
    assert (row["verdict"], row["why"]) == (UNDECIDED, HIDDEN)


def test_a_divergence_never_arrives_and_is_no_censoring() -> None:
    frame = trials({"sgd": SLOW, "adam": FAST})
    who = (frame["choice"] == "adam") & (frame["block"] == 0)
    frame = stopped(frame, who, 1).assign(reason=frame["reason"].mask(who, "diverged"))
    row = speed(frame).iloc[0]
    assert row["ratio"] == pytest.approx((44 - 2 + 20) / 94) and row["hidden"] == 0


def test_the_baseline_and_unmeasured_trials_do_not_race() -> None:
    frame = trials({"sgd": SLOW, "adam": FAST})
    changed = frame.assign(phase=["baseline", *[""] * 15], best_epoch=frame["best_epoch"].mask(frame["number"] == 1))
    assert speed(changed, "random").iloc[0]["n_b"] == 6
    assert speed(frame.assign(state="RUNNING")).iloc[0]["why"] == NEITHER


def test_another_target_where_the_common_one_tells_nothing() -> None:
    all_came = trials({"sgd": [*SLOW[:7], 19], "adam": FAST}, epochs_to_hard_target=[None, 14, *SLOW[2:], *FAST])
    assert telling_target(all_came, ["sgd", "adam"], 20) == ("epochs_to_hard_target", True)
    none_came = trials({"sgd": [None] * 8, "adam": [None] * 8}, epochs_to_easy_target=[*SLOW, *FAST[:7], None])
    assert telling_target(none_came, ["sgd", "adam"], 20) == ("epochs_to_easy_target", True)
    none_at_all = none_came.assign(epochs_to_easy_target=none_came["epochs_to_target"])
    assert telling_target(none_at_all, ["sgd", "adam"], 20) == ("epochs_to_target", False)
    assert speed(none_at_all).iloc[0]["verdict"] == UNINFORMATIVE_TARGET
    assert telling_target(trials({"sgd": SLOW, "adam": FAST}), ["sgd", "adam"], 20) == ("epochs_to_target", True)


def test_the_correction_is_benjamini_hochbergs_and_every_column_is_described() -> None:
    rng = np.random.default_rng(0)
    arms: dict[str, list[float | None]] = {name: list(np.ceil(rng.exponential(6, 12)).clip(1, 20)) for name in "abcd"}
    found = ranked_speed(speed(trials(arms)))
    p = np.sort(found["p"].to_numpy())
    adjusted = np.minimum.accumulate((p * 6 / np.arange(1, 7))[::-1])[::-1].clip(max=1)
    assert np.sort(found["p_fdr"].to_numpy()) == pytest.approx(adjusted)
    assert len(found) == 6 and (found["ratio"] <= 1).all()
    assert all(described("speed", column) for column in found)


def of(
    high: float,
    p: float = 0.01,
    came: tuple[int, int] = (10, 12),
    end: str = END_AS_GOOD,
    n: int = 12,
    optimistic: float | None = None,
    low: float = 0.3,
) -> str:
    found = Race(True, (n, n), Ratio(0.9, low, optimistic or high), Ratio(0.9, low, high), p, 0)
    return speed_verdict(found, p, 1, [(12, 12), came], end)


def test_verdicts_by_their_rules() -> None:
    assert of(0.9) == FASTER
    assert of(0.9, end=END_WORSE) == FASTER_BUT_WORSE
    assert of(0.9, end=END_OPEN) == of(0.9, end=END_UNKNOWN) == FASTER_OPEN
    assert of(0.9, came=(2, 12)) == MORE_OFTEN
    assert of(0.9, came=(4, 12)) == MORE_OFTEN and of(0.9, came=(6, 12)) == FASTER, "half of them come"
    assert of(0.98, low=0.85) == NO_DIFFERENCE, "surely faster, by less than anybody would notice"
    assert of(0.98, low=0.85, came=(4, 12)) == MORE_OFTEN
    assert of(1.1) == of(0.9, p=0.06) == of(0.9, optimistic=1.2) == UNDECIDED
    assert of(0.9, n=4) == of(0.9, n=5) == NOT_ENOUGH


def _told(came: tuple[tuple[int, int], tuple[int, int]], ratio: tuple[float, float, float], p: float = 0.001) -> str:
    one = Ratio(*ratio)
    return speed_verdict(Race(True, (100, 100), one, one, p, 0), p, 1, came, END_AS_GOOD)


def test_more_often_is_said_of_the_choice_that_comes_more_often_alone() -> None:
    assert _told(((45, 100), (15, 100)), (0.8, 0.7, 0.9)) == MORE_OFTEN
    assert _told(((15, 100), (45, 100)), (0.8, 0.7, 0.9)) == UNDECIDED, "quicker where it comes, but comes less often"


def test_choices_that_hardly_ever_come_are_not_called_equally_fast() -> None:
    assert _told(((0, 100), (0, 100)), (1.0, 1.0, 1.0), 1.0) == UNINFORMATIVE_TARGET
    assert _told(((30, 100), (30, 100)), (1.0, 0.95, 1.05), 0.9) == UNDECIDED
    assert _told(((80, 100), (80, 100)), (1.0, 0.95, 1.05), 0.9) == NO_DIFFERENCE
