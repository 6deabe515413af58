"""What a lead is worth and what fewer trials would have found: exact facts, and twins that simulate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sweeper.reporting import SweepFrames
from sweeper.reporting.statistics.leader import expected_maximum, optimism
from sweeper.reporting.statistics.rerun import rerun_noise
from sweeper.reporting.statistics.tuning import MOST, expected_best, quantile_bands, tuning_curve
from sweeper.reporting.story.blocks import Chart
from sweeper.reporting.story.searched.noise import noise, noise_sentences
from sweeper.reporting.story.searched.tuning import tuning_curves, tuning_sentences
from sweeper.reporting.story.searched.winner import leaders, winner, winner_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.refining.sweeps import subject_of, trial
from tests.reporting.synthetic import Planted, compared, searched

Read = Callable[[Planted], SweepFrames]
VALUES = st.lists(st.floats(-5, 5), min_size=1, max_size=9)


def test_the_best_of_k_by_hand() -> None:
    """Of accuracies .8, .85, .9 and .95 (Tang et al. 2020, U-statistic)."""
    found = 1 - expected_best(1 - np.array([0.95, 0.8, 0.9, 0.85]))
    assert found.tolist() == pytest.approx([0.875, 0.9166667, 0.9375, 0.95])


@given(VALUES)
def test_the_best_of_k_is_the_mean_over_all_sets(values: list[float]) -> None:
    sets = [[min(chosen) for chosen in combinations(values, k)] for k in range(1, len(values) + 1)]
    assert expected_best(np.array(values)).tolist() == pytest.approx([sum(bests) / len(bests) for bests in sets], abs=1e-9)


def test_a_diverged_trial_spoils_the_mean_while_it_may_be_the_best() -> None:
    assert expected_best(np.array([1.0, math.inf, 2.0, math.inf])).tolist() == [
        math.inf,
        math.inf,
        1.25,
        1.0,
    ]


def test_the_median_curve_is_a_quantile_of_one_draw() -> None:
    curve = tuning_curve(np.arange(1.0, 101.0))
    assert curve.median[[0, 1, 9]].tolist() == [50.0, 30.0, 7.0], "1 - 2 ** -(1 / k): .5, .293, .067"
    assert curve.median[-1] == 1.0
    assert (np.diff(curve.median) <= 0).all() and (np.diff(curve.worse) <= 0).all()
    assert (curve.better <= curve.median).all() and (curve.median <= curve.worse).all()


def test_two_trainings_may_lie_further_apart_where_noise_is_known_from_few() -> None:
    """Of one configuration that was trained three times, a difference is Student's with two degrees of freedom."""
    seeds = pd.DataFrame({"trial": 0, "fold": 0, "state": "COMPLETE", "value": [0.117, 0.120, 0.119], "noise": math.nan})
    rerun = rerun_noise(seeds)
    sd = float(seeds["value"].std(ddof=1))
    assert rerun.degrees == 2
    assert rerun.apart() == pytest.approx(stats.t.ppf(0.975, 2) * math.sqrt(2) * sd, rel=0.02)
    scales = rerun.sd * rerun.scales(1000)
    assert (scales < rerun.low).mean() == pytest.approx(0.025, abs=0.001)
    assert (scales > rerun.high).mean() == pytest.approx(0.025, abs=0.001)


def test_noise_within_curves_has_no_other_scale() -> None:
    curves = pd.DataFrame({"trial": [0, 1], "fold": 0, "state": "COMPLETE", "value": [0.1, 0.2], "noise": [0.01, 0.01]})
    rerun = rerun_noise(curves)
    assert rerun.scales(3).tolist() == [1, 1, 1]
    assert rerun.apart() == pytest.approx(1.96 * math.sqrt(2) * 0.01, rel=1e-4)


@given(VALUES.filter(lambda values: len(values) > 1), st.floats(0.1, 3), st.floats(-2, 2))
def test_the_curve_follows_the_scale_and_not_the_order(values: list[float], scale: float, shift: float) -> None:
    curve, other = tuning_curve(np.array(values)), tuning_curve(scale * np.array(values[::-1]) + shift)
    for name in ("median", "worse", "mean"):
        assert getattr(other, name) == pytest.approx(scale * getattr(curve, name) + shift)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 60])
def test_all_sorted_draws_lie_within_the_bands_together_in_95_of_100(n: int) -> None:
    low, high = quantile_bands(n)
    drawn = np.sort(np.random.default_rng(n).random((8000, n)), axis=1)
    inside = int(((drawn >= low) & (drawn <= high)).all(axis=1).sum())
    assert stats.binomtest(inside, 8000, 0.95).pvalue > 0.001
    if n == 1:
        assert (low[0], high[0]) == pytest.approx((0.025, 0.975))


def test_the_bands_hold_the_true_curve_for_all_k_at_once() -> None:
    """Of exponential draws the best of k is exponential, with median ln 2 / k."""
    random, k = np.random.default_rng(4), np.arange(1, 26)
    held = 0
    for _ in range(300):
        curve = tuning_curve(random.exponential(size=25))
        held += bool(((curve.better <= math.log(2) / k) & (math.log(2) / k <= curve.worse)).all())
    assert held >= 0.95 * 300 - 3 * math.sqrt(300 * 0.05 * 0.95)


def test_of_very_many_draws_a_seeded_sample_is_taken() -> None:
    y = np.random.default_rng(0).random(MOST + 500)
    assert tuning_curve(y, 3).n == MOST
    assert (tuning_curve(y, 3).median == tuning_curve(y, 3).median).all()


def test_the_winners_curse_of_pure_noise() -> None:
    """Order statistics of the normal distribution (Harter 1961)."""
    expected = {1: 0.0, 2: 0.5642, 5: 1.1630, 10: 1.5388, 20: 1.8675, 50: 2.2491, 100: 2.5076}
    assert {n: round(expected_maximum(n), 4) for n in expected} == expected


def test_optimism_is_what_the_winner_lost_beyond_the_others() -> None:
    found = optimism(np.array([0.1, 0.2, 0.2, 0.2, 0.2, 0.2]), np.array([0.2, 0.2, 0.22, 0.21, 0.21, 0.21]))
    assert found is not None
    assert (found.winner, found.others, found.selection, found.n) == pytest.approx((0.1, 0.01, 0.09, 5))
    sd = math.sqrt(2 * 0.01**2 / 4)
    assert found.chance == pytest.approx(stats.t.ppf(0.975, 4) * sd * math.sqrt(1.2))
    assert optimism(np.array([0.1, 0.2]), np.array([0.2, 0.2])) is None
    assert optimism(np.arange(7.0), np.array([math.nan, *np.arange(6.0)])) is None, "the winner was not measured"


def test_the_section_names_the_chance_and_the_selection(plain: SweepFrames) -> None:
    section = winner(Subject(plain))
    assert section is not None
    assert "leads with validation loss" in section.sentences[0] and "else with less" in section.sentences[0]
    assert section.sentences[1].startswith("On the test part it is 0.012 worse than on validation")
    assert section.sentences[-1].startswith("What fewer trials would have found is not said: the sampler looked at outcomes")
    [table] = section.blocks
    assert len(table.rows) == 5  # type: ignore[union-attr]


def test_random_draws_have_a_curve_and_their_bound(read: Read) -> None:
    sweep = searched(trials=30)
    trials = [
        replace(trial, state="COMPLETE", reason="finished", phase="random", once={}) for trial in sweep.trials if trial.curves
    ]
    frames = read(Planted("drawn", trials, {**sweep.tags, "sweeper.sampler": "random", "sweeper.pruner": "none"}))
    section = winner(Subject(frames))
    assert section is not None
    assert f"the best of {len(trials)} by validation alone" in section.sentences[1]
    assert section.sentences[-1].startswith("Half of all searches with 7 such trials would have found validation loss")
    curve = section.blocks[-1]
    assert [type(block).__name__ for block in section.blocks] == ["Table", "Chart", "Table"]
    assert [row[0].text for row in curve.rows] == ["1", "2", "5", "10", "20", "30"]  # type: ignore[union-attr]


def test_choices_have_a_curve_each(read: Read) -> None:
    section = winner(Subject(read(compared(blocks=8))))
    assert section is not None
    assert section.sentences[-1].startswith(
        "With 8 trials for each choice, half of all searches would find these or better: adam"
    )
    assert [row[0].text for row in section.blocks[-1].rows] == ["sgd", "rmsprop", "adam"]  # type: ignore[union-attr]


def test_one_trial_has_not_won(read: Read) -> None:
    assert winner(Subject(read(replace(searched(trials=1), name="one")))) is None


def test_noise_says_its_source(optimizers: SweepFrames, folds: SweepFrames) -> None:
    assert noise(Subject(optimizers)).sentences[0].startswith("No configuration was trained twice on the same data.")
    measured = noise(Subject(folds))
    assert "degrees of freedom and a 95 % interval" in measured.sentences[0]
    chart = measured.blocks[0]
    assert isinstance(chart, Chart) and len(chart.marks) == 2 * int(folds.trials["trial_value"].notna().sum())
    assert "on the first fold" in chart.caption.trials


@pytest.mark.parametrize(("configurations", "repeats"), [(1, 4), (4, 3), (9, 2)])
def test_the_interval_of_the_noise_covers_it(configurations: int, repeats: int) -> None:
    """Of one configuration it is the usual chi-squared interval; of several it holds in 95 of 100."""
    random, missed = np.random.default_rng(2), 0
    for _ in range(400):
        values = random.normal(size=(configurations, repeats)).ravel()
        trial, repeat = np.repeat(range(configurations), repeats), np.tile(range(repeats), configurations)
        runs = pd.DataFrame(
            {"trial": trial, "repeat": repeat, "fold": 0, "value": values, "state": "COMPLETE", "noise": math.nan}
        )
        found = rerun_noise(runs)
        missed += not found.low <= 1.0 <= found.high
        if configurations == 1:
            ends = values.std(ddof=1) * np.sqrt((repeats - 1) / stats.chi2.ppf([0.975, 0.025], repeats - 1))
            assert (found.low, found.high) == pytest.approx(tuple(ends))
    assert missed <= 0.05 * 400 + 3 * math.sqrt(400 * 0.05 * 0.95)


def test_a_metric_to_maximize_gives_the_same_chances_and_curves(read: Read) -> None:
    """Accuracies whose error is another sweep's loss."""
    sweep = searched(trials=14)
    made = [trial for trial in sweep.trials if trial.state == "COMPLETE"]
    tags = {**sweep.tags, "sweeper.sampler": "random", "sweeper.pruner": "none"}
    plain = [replace(trial, phase="random", curves={"val_loss": trial.curves["val_loss"]}, once={}) for trial in made]
    mirrored = [
        replace(
            trial,
            curves={"val_accuracy": [1 - value for value in trial.curves["val_loss"]]},
            maximize=True,
            objective="val_accuracy",
        )
        for trial in plain
    ]
    other = {**tags, "sweeper.objective": "val_accuracy", "sweeper.direction": "maximize"}
    loss, accuracy = (Subject(read(Planted(name, trials, asked))) for name, trials, asked in (
        ("loss", plain, tags), ("accuracy", mirrored, other),
    ))  # fmt: skip
    (top, chance), (best, same) = leaders(loss), leaders(accuracy)
    assert chance is not None and list(top["number"]) == list(best["number"]) and same == pytest.approx(chance)
    [curve], [twin] = tuning_curves(loss).values(), tuning_curves(accuracy).values()
    assert twin.median == pytest.approx(curve.median) and twin.worse == pytest.approx(curve.worse)
    assert "or better (that value is" in tuning_sentences(accuracy)[0] and "at least, in 95 %" in tuning_sentences(accuracy)[0]


def again(spreads: Sequence[float]) -> Subject:
    """Of each spread a configuration that was trained three times, at its mean less and more the spread."""
    runs = [
        trial(number, 0.5 + place * spread, {}, repeat=place + 1, repeats=3)
        for number, spread in enumerate(spreads)
        for place in (-1, 0, 1)
    ]
    trials = [trial(number, 0.5, {}, repeats=3, spread=spread) for number, spread in enumerate(spreads)]
    subject = subject_of(trials, "")
    return Subject(replace(subject.frames, runs=pd.DataFrame(runs)))


def test_where_some_configurations_scatter_more_the_noise_says_that_it_is_the_typical_one() -> None:
    """Six of 0.01 and three of 1: of 27 pairs the 9 of the three, which lie 1 and 2 apart, are far beyond."""
    even, uneven = (noise_sentences(again(spreads)) for spreads in ((0.01,) * 9, (0.01,) * 6 + (1.0,) * 3))
    assert len(even) == 2 and even == uneven[:2]
    assert uneven[2].endswith(
        "of 27 pairs of trainings that differ in their seed alone, 33\u00a0% lie further apart than that."
    )


def test_a_lead_that_noise_swallows_is_no_lead() -> None:
    """Five values that lie a hundredth of the noise apart: each is the best with one chance in five."""
    rows = [trial(number, 0.5 + 0.0001 * number, {}, noise=0.01) for number in range(5)]
    said = winner_sentences(subject_of(rows, ""))[0]
    assert said.startswith("Trial 0 leads with validation loss 0.500; which of the top 5 is truly the best is open")
    assert said.endswith(": each has about one chance in 5.")
    far = winner_sentences(subject_of([trial(number, 0.1 + 0.4 * (number > 0), {}, noise=0.01) for number in range(5)], ""))[0]
    assert "with chance over 99" in far
