"""Curves of known shape get exactly their labels, and so do their mirrored twins, which are maximized."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.evaluations import Evaluations, middle
from sweeper.reporting.metrics.labels import (
    GAP,
    HEALTHY,
    MEMORISING,
    NEVER_LEARNED,
    OVERFITS,
    RECOVERS,
    TOO_SHORT,
    UNSTABLE,
)
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.orientation import Orientation, split_of
from sweeper.reporting.metrics.plateau import PLATEAUED, STILL_IMPROVING, final_slopes, theil_sen
from sweeper.reporting.metrics.shapes import shapes

LOSS, ERROR = Orientation("loss", "minimize"), Orientation("accuracy", "error")
EPOCHS = 40
T = np.arange(1, EPOCHS + 1)
TRAIN = 0.9 * np.exp(-T / 5) + 0.05
CHANCE = math.log(10)


def jitter(scale: float = 0.002, seed: int = 0) -> np.ndarray:
    return scale * np.random.default_rng(seed).standard_normal(EPOCHS)


FALLS = 0.9 * np.exp(-T / 4) + 0.09
CURVES: dict[str, tuple[np.ndarray, np.ndarray, str]] = {
    "u": (np.where(T <= 10, 0.8 - 0.05 * T, 0.3 + 0.02 * (T - 10)) + jitter(), TRAIN, OVERFITS),
    "flat": (FALLS + jitter(), TRAIN, HEALTHY),
    "gap": (FALLS + jitter() + 0.2, TRAIN, GAP),
    "falling": (0.9 - 0.015 * T + jitter(), TRAIN + 0.6 - 0.01 * T, STILL_IMPROVING),
    "double": (np.interp(T, [1, 8, 18, 30, 40], [0.8, 0.4, 0.6, 0.3, 0.3]) + jitter(), TRAIN, RECOVERS),
    "random labels": (np.full(EPOCHS, 0.98) + jitter(0.005), TRAIN - 0.045, MEMORISING),
    "nothing": (np.full(EPOCHS, 0.99) + jitter(0.001), np.full(EPOCHS, 0.98), NEVER_LEARNED),
}
"""Validation and training, as errors between 0 and 1, chance being 1, and the label."""


def epochs(curves: dict[int, dict[str, Sequence[float]]]) -> pd.DataFrame:
    rows = [
        (trial, 0, epoch, 0, key, *split_of(key), float(value))
        for trial, of in curves.items()
        for key, values in of.items()
        for epoch, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "time", "metric", "split", "name", "value"])


def found(validation: Sequence[float], training: Sequence[float], guess: float = 1.0) -> pd.Series:
    frame = epochs({0: {"val_loss": validation, "train_eval_loss": training}})
    return shapes(objective_curves(frame, LOSS), guess).iloc[0]


@pytest.mark.parametrize("name", CURVES)
def test_a_shape_has_its_label_and_so_has_its_mirrored_twin(name: str) -> None:
    validation, training, label = CURVES[name]
    assert found(validation, training)["label"] == label
    mirrored = epochs({0: {"val_accuracy": 1 - validation, "train_eval_accuracy": 1 - training}})
    twin = shapes(objective_curves(mirrored, ERROR), 1.0).iloc[0]
    assert twin["label"] == label
    assert twin["overfit_onset"] is pd.NA or twin["overfit_onset"] == found(validation, training)["overfit_onset"]


def test_many_runs_at_once_are_each_by_itself() -> None:
    """Of unequal lengths, in one table."""
    several = {n: {"val_loss": v[: 40 - n], "train_eval_loss": t[: 40 - n]} for n, (v, t, _) in enumerate(CURVES.values())}
    together = shapes(objective_curves(epochs(several), LOSS), 1.0)
    for trial, of in several.items():
        alone = shapes(objective_curves(epochs({trial: of}), LOSS), 1.0)
        pd.testing.assert_series_equal(together.loc[(trial, 0)], alone.loc[(trial, 0)])


def test_the_onset_is_the_first_of_three_that_are_worse_by_more_than_noise_and_two_per_cent() -> None:
    """By hand: medians of five are 0.6, 0.53, 0.52, 0.52, 0.53 ... at epochs 3 to 7, and 0.5304 is 2 % worse than 0.52."""
    rising = [1.0, 0.8, 0.6, 0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58, 0.59, 0.6]
    row = found(rising, [0.3] * 14)
    assert row["overfit_onset"] == 8
    assert row["overfit_severity"] == pytest.approx(20.0)
    assert not row["recovered"]
    single = [1.0, 0.8, 0.6, 0.5, 0.7, 0.5, 0.49, 0.7, 0.7, 0.48, 0.48, 0.48]
    assert found(single, [0.3] * 12)["overfit_onset"] is pd.NA, "one or two bad evaluations are none"


@pytest.mark.parametrize("length", [10, 20, 40, 100])
def test_a_plateau_of_noise_is_hardly_ever_called_overfitting(length: int) -> None:
    """At most 5 in 100."""
    random = np.random.default_rng(length)
    runs = {n: {"val_loss": 0.3 + 0.05 * random.standard_normal(length)} for n in range(400)}
    measured = shapes(objective_curves(epochs(runs), LOSS), 1.0)
    assert measured["overfit_onset"].notna().mean() <= 0.05
    assert measured["noise"].median() == pytest.approx(0.05, rel=0.15)


@pytest.mark.parametrize(("rise", "least"), [(0.5, 0.5), (1.0, 0.98)])
def test_a_rise_of_so_many_noises_in_ten_epochs_is_found(rise: float, least: float) -> None:
    random = np.random.default_rng(3)
    course = np.where(T <= 15, 0.0, 0.05 * rise * (T - 15))
    runs = {n: {"val_loss": 1 + course + 0.05 * random.standard_normal(EPOCHS)} for n in range(200)}
    measured = shapes(objective_curves(epochs(runs), LOSS), 1.0)
    assert measured["overfit_onset"].notna().mean() >= least


def test_ten_evaluations_are_needed_for_a_label() -> None:
    rising = np.linspace(0.1, 0.9, 12)
    assert found(rising[:9], TRAIN[:9])["label"] == TOO_SHORT
    assert found(rising, TRAIN[:12], math.nan)["label"] == OVERFITS, "without knowing what guessing gives"
    assert found(rising[:9], TRAIN[:9])["plateau"] == ""


def test_a_curve_that_breaks_off_is_measured_up_to_there() -> None:
    values = [1.0, 0.8, 0.7, 0.6, 0.5, 0.4, math.nan, 0.1]
    row = found(values, [0.3] * 8)
    assert row["overfit_severity"] == 0.0


def test_a_jump_that_passes_is_a_spike_and_one_that_stays_is_none() -> None:
    smooth = 1 / (1 + 0.2 * T)
    jumps, stays = smooth.copy(), smooth.copy()
    jumps[[15, 30]] += 1.0
    stays[20:] += 1.0
    assert [int(found(FALLS, curve)["spikes"]) for curve in (smooth, jumps, stays)] == [0, 2, 0]
    early = smooth.copy()
    early[1] += 1.0
    assert int(found(FALLS, early)["spikes"]) == 0, "the first steps of a training are rough"


def test_plateaus() -> None:
    assert found(FALLS + jitter(0.01), TRAIN)["plateau"] == PLATEAUED
    assert found(0.9 - 0.015 * T + jitter(), TRAIN)["plateau"] == STILL_IMPROVING


def test_slopes_are_scipys_over_the_last_fifth_of_the_best_so_far() -> None:
    values = 0.9 - 0.015 * T + jitter(0.02)
    runs = Evaluations.of(objective_curves(epochs({0: {"val_loss": values}}), LOSS))
    slope, _, low, high = theilslopes(np.minimum.accumulate(values)[-8:], T[-8:])
    assert final_slopes(runs)[0] == pytest.approx([slope, low, high])


@pytest.mark.parametrize("turn", [6, 10, 14])
def test_a_bend_is_no_noise(turn: int) -> None:
    """A smooth U: it falls, turns and rises, without any jitter; the rise is found."""
    t = np.arange(1, 21)
    smooth = 2 * np.exp(-t / 2.5) + 0.3 + 0.03 * np.maximum(0, t - turn)
    row = found(smooth, 2 * np.exp(-t / 4) + 0.1, math.nan)
    assert row["noise"] < 0.01
    assert row["label"] == OVERFITS and turn < row["overfit_onset"] <= turn + 5


def test_what_comes_apart_on_the_training_part_too_does_not_overfit() -> None:
    t = np.arange(1, 31)
    both = np.where(t <= 10, 2 - 0.15 * t, 0.5 + 0.08 * (t - 10))
    row = found(both + 0.03, both, math.nan)
    assert row["label"] == UNSTABLE and row["overfit_onset"] > 10


def test_noise_is_how_far_changes_of_step_lie_from_the_usual_one() -> None:
    values = np.array([9.0, 7.0, 5.9, 5.0, 4.1, 3.0, 2.1, 1.0])
    runs = Evaluations.of(objective_curves(epochs({0: {"val_loss": values}}), LOSS))
    # Steps -2, -1.1, -0.9, -0.9, -1.1, -0.9, -1.1; their changes 0.9, 0.2, 0, -0.2, 0.2, -0.2, with a median of 0.1 and a
    # median distance from it of 0.2.
    assert noise(runs)[0] == pytest.approx(1.4826 * 0.2 / math.sqrt(6))
    assert math.isnan(noise(Evaluations.of(objective_curves(epochs({0: {"val_loss": values[:4]}}), LOSS)))[0])


@given(st.lists(st.lists(st.one_of(st.floats(-9, 9), st.just(math.nan)), min_size=4, max_size=4), min_size=1, max_size=5))
def test_the_middle_is_numpys_median_of_what_is_there(rows: list[list[float]]) -> None:
    values = np.array(rows)
    for row, expected in zip(values, middle(values), strict=True):
        known = row[~np.isnan(row)]
        assert (math.isnan(expected) and not len(known)) or expected == pytest.approx(np.median(known))


@settings(max_examples=20)
@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=30), st.floats(0.1, 10))
def test_another_unit_changes_no_label(values: list[float], unit: float) -> None:
    one = found(values, [value / 2 for value in values], math.nan)
    other = found([value * unit for value in values], [value * unit / 2 for value in values], math.nan)
    assert one["label"] == other["label"] or min(abs(value - 1) for value in values) < 1e-9


@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_late_slopes_are_scipys(size: int, seed: int) -> None:
    """With values that repeat, as best ones do, and epochs unevenly apart."""
    random = np.random.default_rng(seed)
    x = np.cumsum(random.integers(1, 4, (3, size)), axis=1).astype("float64")
    y = np.round(random.normal(size=(3, size)), 1)
    y[0] = np.minimum.accumulate(y[0])
    expected = [(found.slope, found.low_slope, found.high_slope) for found in map(theilslopes, y, x)]
    assert theil_sen(x, y) == pytest.approx(np.array(expected))
