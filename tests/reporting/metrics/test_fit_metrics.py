"""What is measured on each training about its stability and its fit: hand arithmetic, independent twins, mirrored twins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from sweeper.reporting.metrics.calibration import overconfident
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.evaluations import Evaluations
from sweeper.reporting.metrics.increase import _spearman, train_increase
from sweeper.reporting.metrics.matched import gaps_at, matched_level
from sweeper.reporting.metrics.memorization import memorization
from sweeper.reporting.metrics.noise import late_sd, noise
from sweeper.reporting.metrics.orientation import Orientation, split_of
from sweeper.reporting.metrics.start import init_check
from sweeper.reporting.metrics.stopping import progress_quotient, train_progress, up_strips

LOSS, ERROR = Orientation("loss", "minimize"), Orientation("accuracy", "error")
RUNS = pd.DataFrame({"trial": [0, 1, 2], "repeat": 0})


def epochs(*runs: dict[str, Sequence[float]], first: int = 1) -> pd.DataFrame:
    rows = [
        (trial, 0, epoch, 0, key, *split_of(key), float(value))
        for trial, of in enumerate(runs)
        for key, values in of.items()
        for epoch, value in enumerate(values, start=first)
    ]
    return pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "time", "metric", "split", "name", "value"])


def curves(*runs: dict[str, Sequence[float]], first: int = 1) -> pd.DataFrame:
    return objective_curves(epochs(*runs, first=first), LOSS, first)


def evaluations(validation: Sequence[float], training: Sequence[float] | None = None) -> Evaluations:
    return Evaluations.of(curves({"val_loss": validation, "train_eval_loss": validation if training is None else training}))


# Stability -------------------------------------------------------------------------------------------------------------------


def test_late_noise_is_that_of_the_last_fifth() -> None:
    random = np.random.default_rng(0)
    values = np.concatenate([random.normal(0, 1.0, 160), random.normal(0, 0.01, 40)])
    runs = evaluations(values)
    assert late_sd(runs)[0] == pytest.approx(0.01, rel=0.4)
    assert noise(runs)[0] > 0.3
    assert late_sd(evaluations(values[:8]))[0] == noise(evaluations(values[:8]))[0], "8 evaluations at least"
    assert math.isnan(late_sd(evaluations(values[:7]))[0])


@pytest.mark.parametrize(
    ("training", "rises"),
    [
        ([1.0, 1.1, 1.2, 1.3, 1.4], 1),
        ([1.4, 1.3, 1.2, 1.1, 1.0], 0),
        ([1.0, 1.001, 1.002, 1.003, 1.004], 0),
        ([1.0, 0.1, 0.2, 0.1, 0.1, 0.1, 1.2, 1.2, 1.2, 1.2], 1),
        ([1.0, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 9.0], 0),
        ([1.0, 2.0], math.nan),
        ([math.nan] * 5, math.nan),
    ],
)
def test_training_that_rises_on_the_whole(training: list[float], rises: float) -> None:
    """By more than 2 %, and not by one last spike."""
    found = train_increase(evaluations([1.0] * len(training), training))[0]
    assert found == rises or (math.isnan(found) and math.isnan(rises))


@settings(max_examples=50)
@given(st.lists(st.one_of(st.integers(0, 5).map(float), st.just(math.nan)), min_size=4, max_size=12))
def test_spearman_is_scipys(values: list[float]) -> None:
    row = np.array([values])
    known = np.isfinite(row)
    if len({value for value in values if not math.isnan(value)}) > 1:
        twin = spearmanr(np.arange(len(values))[known[0]], row[known]).statistic
        assert _spearman(row, known)[0] == pytest.approx(twin)


def test_the_loss_before_training_against_guessing() -> None:
    chance = math.log(10)
    before = epochs({"train_eval_loss": [chance, 1.0]}, {"train_eval_loss": [2 * chance, 1.0]}, {"val_loss": [1.0]}, first=0)
    assert init_check(before, chance).to_dict() == pytest.approx({(0, 0): 0.0, (1, 0): 100.0})
    assert not len(init_check(before, math.nan))
    assert not len(init_check(before[before["epoch"] > 0], chance))


# Fit -------------------------------------------------------------------------------------------------------------------------


def test_prechelts_criteria_by_hand() -> None:
    """Of the last five training values the mean is 0.3 and the least 0.1; strips end at 4 (0.4), 9 (0.5) and 14 (0.6)."""
    training = [9.0] * 10 + [0.5, 0.4, 0.3, 0.2, 0.1]
    validation = [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.1, 0.1, 0.6]
    runs = evaluations(validation, training)
    assert train_progress(runs)[0] == pytest.approx(2000)
    assert up_strips(runs)[0] == 2
    assert progress_quotient(np.array([500.0]), train_progress(runs))[0] == pytest.approx(0.25)
    assert up_strips(evaluations(validation[:14], training[:14]))[0] == 0, "0.1 at the end is no rise"
    assert math.isnan(up_strips(evaluations(validation[:5]))[0]) and up_strips(evaluations(validation[:6]))[0] == 0
    still = train_progress(evaluations([1.0] * 5, [0.5] * 5))
    assert still[0] == 0.0 and math.isnan(progress_quotient(np.array([3.0]), still)[0]), "training stands still"
    assert math.isnan(train_progress(evaluations([1.0] * 5, [0.0] * 5))[0])


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=40))
def test_up_strips_are_those_of_a_loop(values: list[float]) -> None:
    ends, found = values[::-1][::5], 0
    while found + 1 < len(ends) and ends[found] > ends[found + 1]:
        found += 1
    assert up_strips(evaluations(values))[0] == found


def test_memorization() -> None:
    """Guessing gives 2; training ends at 0, validation at 1: twice as much was gained on the training part."""
    quiet = np.array([0.0])
    runs = evaluations([2.0, 1.0], [2.0, 0.0])
    assert memorization(runs, quiet, 2.0)[0] == 2.0
    assert math.isnan(memorization(runs, np.array([0.6]), 2.0)[0]), "a gain of 1 is not beyond twice the noise"
    assert math.isnan(memorization(evaluations([2.0, 2.1], [2.0, 0.0]), quiet, 2.0)[0])
    assert math.isnan(memorization(runs, quiet, math.nan)[0])


def test_the_gap_at_a_level_is_read_between_the_evaluations_around_it() -> None:
    """From 0.8 to 0.4 training comes by 0.5 after three quarters of the way, where validation is 0.95."""
    one = {"train_eval_loss": [2.0, 0.8, 0.4, 0.6, 0.1], "val_loss": [2.0, 1.1, 0.9, 5.0, 5.0]}
    found = gaps_at(curves(one, first=0), 0.5)
    assert found.to_dict() == pytest.approx({(0, 0): 0.95 - 0.5})
    assert gaps_at(curves(one, first=0), 0.8).to_dict() == pytest.approx({(0, 0): 0.3}), "at an evaluation"
    assert not len(gaps_at(curves(one, first=0), 0.05)), "never reached"
    below = {name: values[2:] for name, values in one.items()}
    assert not len(gaps_at(curves(below), 0.5)), "below from the first value on"


def test_the_common_level_is_one_that_four_of_five_reach() -> None:
    least = [0.1, 0.2, 0.3, 0.4, 2.0]
    runs = [{"val_loss": [3.0, 3.0], "train_eval_loss": [3.0, low]} for low in least]
    five = pd.DataFrame({"trial": range(5), "repeat": 0})
    level = matched_level(curves(*runs), five)
    assert level == 0.4 and len(gaps_at(curves(*runs), level)) == 4
    assert math.isnan(matched_level(curves({"val_loss": [1.0]}), five))
    assert matched_level(curves(*runs), five[:2]) == 0.2, "of the complete ones"


def test_a_maximized_twin_has_the_same_gaps() -> None:
    training, validation = [0.9, 0.5, 0.1], [0.9, 0.6, 0.4]
    loss = gaps_at(curves({"val_loss": validation, "train_eval_loss": training}), 0.3)
    twin = epochs({"val_accuracy": [1 - v for v in validation], "train_eval_accuracy": [1 - v for v in training]})
    pd.testing.assert_series_equal(gaps_at(objective_curves(twin, ERROR), 0.3), loss)


def test_loss_that_overfits_while_accuracy_does_not() -> None:
    t = np.arange(1, 31)
    random = np.random.default_rng(1)
    jitter = 0.002 * random.standard_normal(30)
    rises = np.where(t <= 10, 0.8 - 0.05 * t, 0.3 + 0.03 * (t - 10)) + jitter
    falls, training = 0.9 * np.exp(-t / 4) + 0.1 + jitter, 0.9 * np.exp(-t / 5)
    runs = [
        {"val_loss": rises, "val_accuracy": 1 - 0.5 * falls, "train_eval_loss": training},
        {"val_loss": rises, "val_accuracy": 1 - 0.5 * rises, "train_eval_loss": training},
        {"val_loss": falls, "val_accuracy": 1 - 0.5 * falls, "train_eval_loss": training},
    ]
    assert overconfident(epochs(*runs), RUNS).tolist() == [True, False, False]
    assert len(overconfident(epochs(*runs), RUNS[:1])) == 1, "of those that have ended"
    assert not len(overconfident(epochs({"val_loss": rises, "train_eval_loss": training}), RUNS)), "accuracy was not logged"
