"""The chance to be truly the best: by hand, against plain draws, and as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.reporting.statistics.worth import TOP, chances


def drawn(seed: int, spread: float, trials: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """What trials are worth and their values, best value first; worths crowd at what can be reached at best."""
    random = np.random.default_rng(seed)
    worth = spread * random.exponential(size=trials)
    seen = worth + random.standard_normal(trials)
    order = np.argsort(seen)
    return worth[order], seen[order]


def test_equal_values_share_and_those_far_apart_do_not() -> None:
    assert chances(np.full(2, 0.3), np.full(2, 0.1)) == pytest.approx([0.5, 0.5])
    assert chances(np.full(30, 0.3), np.full(30, 0.1)) == pytest.approx(np.full(TOP, 0.2))
    assert chances(np.arange(9.0), np.full(9, 1e-3))[0] == pytest.approx(1.0)
    assert chances(np.arange(3.0), np.full(3, 1e-3)).tolist() == pytest.approx([1.0, 0.0, 0.0])


def test_without_noise_the_best_value_is_the_best_trial() -> None:
    assert chances(np.array([0.1, 0.1, 0.2]), np.zeros(3)).tolist() == [0.5, 0.5, 0.0]


def test_the_order_is_that_of_the_values() -> None:
    found = chances(drawn(3, 2.0)[1], np.ones(20))
    assert len(found) == TOP and found.sum() == pytest.approx(1)
    assert (np.diff(found) < 0).all()


def test_a_value_of_more_trainings_counts_for_more() -> None:
    """Of two equal values far ahead of the rest the surer one was less lucky."""
    values = np.array([0.0, 0.001, *np.linspace(1, 4, 18)])
    deviations = np.ones(20)
    deviations[1] = 0.2
    found = chances(values, deviations)
    assert found[1] > found[0]


def test_a_wide_sweep_gives_what_draws_around_the_values_give() -> None:
    """Where what trials are worth differs by far more than noise, the other trials say nothing of two that lie close."""
    values = np.array([0.0, 0.8, 1.5, *np.linspace(40, 400, 17)])
    random = np.random.default_rng(0)
    around = values[:TOP] + random.standard_normal((50_000, TOP))
    shares = np.bincount(around.argmin(axis=1), minlength=TOP) / len(around)
    assert chances(values, np.ones(20)) == pytest.approx(shares, abs=0.03)


@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_the_leader_is_the_best_as_often_as_is_said(spread: float) -> None:
    """The chance lies less than 8 points off the truth, where one that minds no selection lies 17 points above it."""
    stated, true = 0.0, 0
    for seed in range(100):
        worth, seen = drawn(seed, spread)
        stated += float(chances(seen, np.ones(20))[0]) / 100
        true += int(worth[:TOP].argmin() == 0)
    assert abs(stated - true / 100) < 0.08
