"""Effects by hand and against scipy, intervals that cover, and verdicts that say no more than the evidence."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sweeper.reporting.statistics.comparison import holm, independent, paired, signed_rank_depth, signed_rank_p, wilson
from sweeper.reporting.statistics.pairs import LEARNED, PRUNED, UNKNOWN, compared
from sweeper.reporting.statistics.rerun import rerun_noise
from sweeper.reporting.statistics.verdict import (
    BETTER,
    NO_DIFFERENCE,
    NOT_ENOUGH,
    SMALL,
    UNDECIDED,
    attainable,
    least,
    needed,
    verdict,
)

INF = math.inf


def test_win_probability_by_hand() -> None:
    """{2, 3} against {1, 2}: a is worse in three of four pairs and ties in one."""
    found = independent(np.array([2.0, 3.0]), np.array([1.0, 2.0]), 0)
    assert found.wins == pytest.approx(1 - 3.5 / 4)
    assert found.shift == pytest.approx(-1.0)
    pairs = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 1.0]))
    assert pairs.wins == pytest.approx(0.5)


def test_the_shift_of_pairs_is_the_median_of_walsh_averages_with_its_exact_interval() -> None:
    """Differences 1 to 6: 21 averages; for n = 6 the interval of 95 % is the whole range (depth 1: 2/64 = 3.1 %)."""
    found = paired(np.zeros(6), np.arange(1.0, 7.0))
    assert (found.shift, found.shift_low, found.shift_high) == (3.5, 1.0, 6.0)
    assert [signed_rank_depth(n) for n in (4, 5, 6, 7, 8, 10, 20)] == [0, 0, 1, 3, 4, 9, 53]


def test_of_five_pairs_there_is_no_interval() -> None:
    found = paired(np.zeros(5), np.arange(1.0, 6.0))
    assert (found.shift_low, found.shift_high) == (-INF, INF)


def test_p_is_scipys() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=14), random.normal(0.8, size=14)
    assert paired(a, b).p == pytest.approx(stats.wilcoxon(b - a).pvalue)
    assert independent(a, b[:11], 0).p == pytest.approx(stats.mannwhitneyu(a, b[:11]).pvalue)
    assert paired(a, a).p == independent(np.ones(3), np.ones(4), 0).p == 1.0


@pytest.mark.parametrize("n", [4, 7, 9])
def test_p_of_ties_and_zeros_is_that_of_all_signs(n: int) -> None:
    for seed in range(5):
        differences = np.random.default_rng(seed).integers(-3, 4, n) / 360
        expected = stats.wilcoxon(differences, zero_method="pratt").pvalue if differences.any() else 1.0
        assert signed_rank_p(differences) == pytest.approx(expected)
    assert signed_rank_p(np.arange(1.0, 61.0)) < 1e-6


def test_a_trial_that_diverged_is_worse_than_any_other_and_ties_with_its_like() -> None:
    found = paired(np.array([0.1, INF, 0.1, 0.2]), np.array([INF, INF, 0.2, 0.1]))
    assert found.wins == pytest.approx((2 + 0.5) / 4)
    assert paired(np.full(8, 0.1), np.full(8, INF)).shift == INF


def test_wilsons_interval_is_scipys() -> None:
    interval = stats.binomtest(18, 21).proportion_ci(method="wilson")
    assert wilson(18, 21) == pytest.approx((interval.low, interval.high))
    assert wilson(0, 5)[0] == 0.0 and wilson(5, 5)[1] == 1.0


def test_holm_by_hand() -> None:
    assert holm(np.array([0.04, 0.01, 0.03])).tolist() == pytest.approx([0.06, 0.03, 0.06])


@pytest.mark.parametrize("kind", ["paired", "independent"])
def test_intervals_cover_what_is_true(kind: str) -> None:
    """A shift of 0.5 in draws of 15: 95 % intervals miss it in 10 of 200 on average, in 20 or more once in 500 times."""
    random = np.random.default_rng(5)
    missed = 0
    for seed in range(60 if kind == "independent" else 200):
        a, b = random.normal(size=15), random.normal(0.5, size=15)
        found = paired(a, b) if kind == "paired" else independent(a, b, seed)
        missed += not found.shift_low <= 0.5 <= found.shift_high
    assert missed <= (9 if kind == "independent" else 19)


def test_the_same_seed_gives_the_same_interval() -> None:
    a, b = np.arange(9.0), np.arange(9.0) + 1.5
    assert independent(a, b, 3) == independent(a, b, 3)


def test_trials_that_are_needed_are_noethers() -> None:
    assert [needed(wins, False) for wins in (0.6, 0.7, 0.75, 0.8, 0.9)] == [131, 33, 21, 15, 9]
    assert [needed(wins, True) for wins in (0.6, 0.75, 0.9)] == [197, 32, 13], "of pairs"


def test_the_fewest_with_which_anything_can_be_said() -> None:
    assert [least(True, pairs) for pairs in (1, 3, 10, 66)] == [6, 7, 9, 12]
    assert [least(False, pairs) for pairs in (1, 10)] == [5, 6]


def test_what_p_can_be_attained() -> None:
    assert [round(attainable(False, n, n), 4) for n in (3, 4, 5)] == [0.1, 0.0286, 0.0079]
    assert [attainable(True, n, n) for n in (5, 6)] == [2 / 32, 2 / 64]
    assert attainable(True, 5000, 5000) == attainable(False, 5000, 5000) == 0.0, "too small for a number"


def of(differences: list[float], noise: float = math.nan, p_holm: float | None = None, pairs: int = 1) -> str:
    found = paired(np.zeros(len(differences)), np.array(differences))
    return verdict(found, found.p if p_holm is None else p_holm, pairs, noise)


STEADY = [1.0 + 0.05 * n for n in range(12)]


def test_verdicts_by_their_rules() -> None:
    assert of(STEADY) == of(STEADY, noise=0.5) == BETTER
    assert of([-one for one in STEADY], noise=0.5) == BETTER, "the other way round"
    assert of(STEADY, noise=2.0) == NO_DIFFERENCE, "all of the interval lies within the noise"
    assert of([0.0] * 12) == NO_DIFFERENCE, "equal in every block"
    assert of(STEADY[:4]) == NOT_ENOUGH
    assert of(STEADY[:6]) == BETTER
    assert of(STEADY[:6], pairs=3) == NOT_ENOUGH, "no p of six pairs is small enough for three comparisons"
    assert of(STEADY, p_holm=0.06) == UNDECIDED
    assert of([0.01] * 12, noise=0.5) == NO_DIFFERENCE
    found = paired(np.zeros(12), np.full(12, 0.01))
    assert verdict(found, found.p, 1, 0.5, lopsided=True) == SMALL, "far more trials of one diverged: that is a difference"
    assert of([1.0, -1.1, 0.9, -0.8, 1.2, -1.0, 0.7, -0.9]) == UNDECIDED


@pytest.mark.parametrize(("noise", "word"), [(0.3, BETTER), (0.7, SMALL), (0.9, SMALL), (1.5, NO_DIFFERENCE)])
def test_a_real_difference_is_held_against_the_noise(noise: float, word: str) -> None:
    """Shift 0.8, interval about 0.5 to 1.1."""
    found = paired(np.zeros(12), np.linspace(0.2, 1.4, 12))
    assert found.shift == pytest.approx(0.8)
    assert 0.3 < found.shift_low < 0.7 and 0.9 < found.shift_high < 1.5
    assert verdict(found, found.p, 1, noise) == word


def trials(values: dict[str, list[float]], **columns: object) -> pd.DataFrame:
    """Blocks of one trial for each choice."""
    rows = [
        {"block": block, "choice": choice, "y": value, "state": "COMPLETE", "reason": "finished", "spread": math.nan,
         "repeats": 1, "noise": math.nan, "phase": "paired"}
        for choice, of_choice in values.items() for block, value in enumerate(of_choice)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(**columns)


def compare(frame: pd.DataFrame, sampler: str = "paired") -> pd.DataFrame:
    return compared(frame, list(dict.fromkeys(frame["choice"])), frame["y"], sampler, 0)


def test_the_better_of_a_pair_stands_first() -> None:
    one = {"slow": [2.0 + 0.01 * n for n in range(12)], "fast": [1.0 + 0.02 * n for n in range(12)]}
    for values in (one, dict(reversed(one.items()))):
        [row] = compare(trials(values)).to_dict("records")
        assert (row["a"], row["b"], row["verdict"], row["n_a"]) == ("fast", "slow", BETTER, 12)
        assert row["shift"] == pytest.approx(0.945) and row["shift_low"] > 0
        assert row["wins"] == 1.0 and row["wins_low"] > 0.7
    [row] = compare(trials(one), "random").to_dict("records")
    assert (row["a"], row["design"], row["verdict"]) == ("fast", "independent", BETTER)


def test_only_blocks_that_have_both_count() -> None:
    frame = trials({"a": [1.0] * 12, "b": [2.0 + 0.1 * n for n in range(12)]})
    frame.loc[[1, 14], "y"] = math.nan
    [row] = compare(frame).to_dict("records")
    assert row["n_a"] == row["n_b"] == 10


@pytest.mark.parametrize(
    ("sampler", "columns", "why"),
    [
        ("tpe", {}, LEARNED),
        ("", {}, UNKNOWN),
        ("paired", {"state": "PRUNED", "reason": "pruner"}, PRUNED),
    ],
)
def test_what_cannot_be_compared_is_not(sampler: str, columns: dict[str, str], why: str) -> None:
    [row] = compare(trials({"a": [1.0] * 9, "b": [2.0] * 9}, **columns), sampler).to_dict("records")
    assert (row["verdict"], row["why"]) == (NOT_ENOUGH, why)


def test_a_choice_that_never_ended_says_nothing_of_the_others() -> None:
    values = {"a": [0.3 + 0.001 * n for n in range(20)], "b": [0.8 + 0.003 * n for n in range(20)], "c": [math.nan] * 20}
    for sampler in ("paired", "random"):
        found = compare(trials(values), sampler).set_index(["a", "b"])
        assert found.loc[("a", "b"), "verdict"] == BETTER
        assert set(found["verdict"].drop(("a", "b"))) == {NOT_ENOUGH}


def test_the_baseline_is_no_independent_draw() -> None:
    frame = trials({"a": [1.0 + 0.1 * n for n in range(6)], "b": [2.0 + 0.1 * n for n in range(6)]})
    frame.loc[0, "phase"] = "baseline"
    [row] = compare(frame, "random").to_dict("records")
    assert (row["n_a"], row["n_b"]) == (5, 6)


def test_of_samples_that_do_not_overlap_the_win_probability_still_has_an_interval() -> None:
    found = independent(np.linspace(0.30, 0.34, 5), np.linspace(0.36, 0.40, 5), 0)
    assert (found.wins, found.wins_high) == (1.0, 1.0)
    assert found.wins_low == pytest.approx(wilson(5, 5)[0])


@pytest.mark.parametrize("count", [5, 8])
def test_intervals_of_the_win_probability_cover_it(count: int) -> None:
    """Three in four: of 100 draws 5 may miss it, and 12 or more do so once in 200 times."""
    random, apart = np.random.default_rng(count), 2**0.5 * stats.norm.ppf(0.75)
    found = [independent(random.normal(size=count), random.normal(apart, size=count), seed) for seed in range(100)]
    assert sum(not one.wins_low <= 0.75 <= one.wins_high for one in found) <= 11


def test_nothing_to_compare_is_an_empty_frame() -> None:
    assert list(compare(trials({"a": [1.0]}))["verdict"]) == []


def null_sweep(random: np.random.Generator, choices: int, blocks: int, effect: float, sampler: str) -> pd.DataFrame:
    shared = random.normal(size=blocks) if sampler == "paired" else np.zeros(blocks)
    values = {f"c{n}": list(shared + random.normal(size=blocks) - effect * (n == 0)) for n in range(choices)}
    return trials(values)


@pytest.mark.parametrize(("choices", "blocks"), [(2, 21), (3, 21), (4, 12)])
def test_sweeps_without_an_effect_are_hardly_ever_called(choices: int, blocks: int) -> None:
    """At most 5 in 100 on average, so at most 6 of 60 but once in 30 times. The whole table: benchmarks/validity.py."""
    random = np.random.default_rng(choices)
    called = sum((compare(null_sweep(random, choices, blocks, 0.0, "paired"))["verdict"] == BETTER).any() for _ in range(60))
    assert called <= 6


def test_an_effect_of_two_deviations_is_found() -> None:
    random = np.random.default_rng(2)
    found = [compare(null_sweep(random, 2, 20, 2.0, "paired")).iloc[0] for _ in range(40)]
    assert sum(row["verdict"] == BETTER and row["a"] == "c0" for row in found) >= 36


def runs(values: dict[tuple[int, int], list[float]], state: str = "COMPLETE", noise: float = math.nan) -> pd.DataFrame:
    """Trainings by (trial, fold)."""
    rows = [(trial, fold, value, state, noise) for (trial, fold), of in values.items() for value in of]
    return pd.DataFrame(rows, columns=["trial", "fold", "value", "state", "noise"])


def test_noise_is_that_of_the_typical_configuration() -> None:
    """Of two trainings each: the median of variances over 0.455, the median of chi-squared with one degree of freedom. One that
    blew up changes nothing."""
    calm = {(trial, 0): [0.3, 0.3 + 0.01 * 2**0.5] for trial in range(20)}
    measured = rerun_noise(runs({**calm, (20, 0): [0.3, 1.9]}))
    assert measured.sd == pytest.approx(0.01 / stats.chi2.median(1) ** 0.5)
    assert (measured.source, measured.n) == ("repeats", 21)


def test_noise_of_normal_values_comes_out() -> None:
    random = np.random.default_rng(0)
    drawn = {(trial, 0): list(random.normal(0, 0.02, size=3)) for trial in range(300)}
    assert rerun_noise(runs(drawn)).sd == pytest.approx(0.02, rel=0.1)


def test_folds_are_no_repeats_and_what_did_not_complete_is_none() -> None:
    folds = {(0, fold): [0.2 + 0.05 * fold] for fold in range(5)}
    assert (rerun_noise(runs(folds, noise=0.004)).sd, rerun_noise(runs(folds, noise=0.004)).source) == (0.004, "curves")
    assert math.isnan(rerun_noise(runs({(0, 0): [0.3, 1.9]}, state="PRUNED")).sd)
