"""Arrivals at a target: published values, hand arithmetic, scipy's estimates, and bounds that keep their order."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from sweeper.reporting.statistics.arrivals import DIVERGED, REACHED, STOPPED, Arrivals, course, horizon_of, median_epoch
from sweeper.reporting.statistics.medians import median_interval

INF = math.inf


def arrivals(*happened: tuple[float, int]) -> Arrivals:
    epochs, what = zip(*happened, strict=True)
    return Arrivals(np.array(epochs, "float64"), np.array(what))


def test_freireichs_leukaemia() -> None:
    """6-MP (Freireich et al. 1963): S(6) = .857, S(10) = .753, S(23) = .448."""
    relapsed, censored = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = arrivals(*((float(t), REACHED) for t in relapsed), *((float(t), STOPPED) for t in censored))
    optimistic, pessimistic = course(found).shares(np.array([6.0, 10.0, 23.0]))
    assert (1 - optimistic[0]).round(3).tolist() == [0.857, 0.753, 0.448]
    assert pessimistic[0].tolist() == pytest.approx([3 / 21, 5 / 21, 9 / 21])


def test_a_divergence_is_a_competing_event_by_hand() -> None:
    """One diverges at 1, one arrives at 2, one is stopped at 3, one arrives at 5.

    Aalen and Johansen: 3/4 are left, of the three that are watched one comes at 2 (1/4 of all), and of the half that is left
    the only one that is watched comes at 5: 3/4. To count the divergence as censored would give 1.
    """
    found = arrivals((1.0, DIVERGED), (2.0, REACHED), (3.0, STOPPED), (5.0, REACHED))
    optimistic, pessimistic = course(found).shares(np.array([1.0, 2.0, 4.0, 5.0]))
    assert optimistic[0].tolist() == pytest.approx([0, 0.25, 0.25, 0.75])
    assert pessimistic[0].tolist() == pytest.approx([0, 0.25, 0.25, 0.5])
    assert found.restricted(6.0).tolist() == [6, 2, 6, 5], "the mean of these is the pessimistic one, 4.75"
    assert course(found).optimistic_mean(6.0)[0] == pytest.approx(0.25 * 2 + 0.5 * 5 + 0.25 * 6)


def test_counts_up_to_a_horizon() -> None:
    found = arrivals((1.0, DIVERGED), (2.0, REACHED), (3.0, STOPPED), (5.0, REACHED), (8.0, STOPPED))
    assert (found.reached_by(4), found.reached_by(5)) == (1, 2)
    assert (found.hidden_before(3), found.hidden_before(4), found.hidden_before(9)) == (0, 1, 2)


def test_from_the_trials_of_a_frame() -> None:
    trials = pd.DataFrame(
        {
            "epochs_to_target": pd.array([3, None, None, None], dtype="Int64"),
            "epochs": pd.array([9, 9, 4, None], dtype="Int64"),
            "diverged_epoch": pd.array([None, None, 4, None], dtype="Int64"),
            "reason": ["finished", "finished", "diverged", "diverged"],
            "choice": ["a", "b", "b", "b"],
        }
    )
    found = Arrivals.of(trials, "epochs_to_target")
    assert found.epoch.tolist() == [3, 9, 4, 0] and found.what.tolist() == [REACHED, STOPPED, DIVERGED, DIVERGED]
    assert horizon_of(trials) == 9
    shorter = trials.assign(epochs=pd.array([9, 5, 4, None], dtype="Int64"))
    assert horizon_of(shorter) == 5, "what is known of every choice; a divergence shortens nothing"
    assert horizon_of(trials.assign(reason="diverged")) == 9, "where all diverged: the longest"


happenings = st.lists(
    st.tuples(st.integers(1, 12).map(float), st.sampled_from([REACHED, STOPPED, DIVERGED])), min_size=1, max_size=25
)


@settings(max_examples=60)
@given(happenings)
def test_what_holds_for_any_arrivals(happened: list[tuple[float, int]]) -> None:
    found, epochs = arrivals(*happened), np.arange(0.0, 14.0)
    (optimistic,), (pessimistic,) = course(found).shares(epochs)
    assert (np.diff(optimistic) >= -1e-12).all() and optimistic[-1] <= 1 + 1e-12
    assert (pessimistic <= optimistic + 1e-12).all(), "the bounds keep their order"
    diverged = sum(what == DIVERGED for _, what in happened) / len(happened)
    if all(what != STOPPED for _, what in happened):
        assert optimistic == pytest.approx(pessimistic) and optimistic[-1] == pytest.approx(1 - diverged)
    twice = course(found, np.full((1, len(happened)), 2.0)).shares(epochs)[0][0]
    assert twice == pytest.approx(optimistic), "every trial twice"


@settings(max_examples=40)
@given(happenings)
def test_without_a_divergence_it_is_scipys_kaplan_meier(happened: list[tuple[float, int]]) -> None:
    kept = [(epoch, what) for epoch, what in happened if what != DIVERGED]
    came = [epoch for epoch, what in kept if what == REACHED]
    if came:
        curve = ecdf(CensoredData(came, right=[epoch for epoch, what in kept if what == STOPPED])).cdf
        epochs = np.arange(0.0, 13.0)
        assert course(arrivals(*kept)).shares(epochs)[0][0] == pytest.approx(curve.evaluate(epochs))


def test_the_median_of_those_that_came_or_not() -> None:
    """Of 8: the interval of the order statistics has depth 1 (2 · 1/256 + ... = 0.8 %; depth 2 would have 7 %)."""
    came = [(float(t), REACHED) for t in (2, 3, 4, 5, 6)]
    found = arrivals(*came, (9.0, STOPPED), (9.0, STOPPED), (1.0, DIVERGED))
    assert median_epoch(found) == (5.0, 2.0, INF)
    assert median_epoch(arrivals((3.0, REACHED), (9.0, STOPPED), (9.0, STOPPED))) == (INF, 0.0, INF)


def test_the_depth_of_a_medians_interval() -> None:
    assert median_interval(np.arange(5.0)) == (2.0, -INF, INF), "of five there is none"
    assert median_interval(np.arange(6.0)) == (2.0, 0.0, 5.0)
    assert median_interval(np.arange(20.0)) == (9.0, 5.0, 14.0), "Conover's table: the 6th and the 15th"
    assert all(math.isnan(one) for one in median_interval(np.array([])))
