"""Comparisons of many trials: the quick ways say what the plain ones do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sweeper.reporting.statistics import comparison, resampling
from sweeper.reporting.statistics.comparison import MANY, differences, independent, paired, signed_rank_depth
from sweeper.reporting.statistics.resampling import SAMPLES

INF = float("inf")
VALUES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.7, INF]), min_size=1, max_size=6)


@settings(max_examples=25)
@given(VALUES, VALUES)
def test_samples_drawn_by_counts_are_those_written_out(a: list[float], b: list[float]) -> None:
    one, other = np.sort(np.array(a)), np.sort(np.array(b))
    wins, shifts = resampling.resample(one, other, differences(one[:, np.newaxis], other), seed=3)
    random = np.random.default_rng(3)
    x, y = (values[random.integers(0, len(values), (SAMPLES, len(values)))] for values in (one, other))
    apart = differences(x[:, :, np.newaxis], y[:, np.newaxis, :]).reshape(SAMPLES, -1)
    assert wins == pytest.approx((apart > 0).mean(axis=1) + (apart == 0).mean(axis=1) / 2)
    assert shifts.tolist() == np.median(apart, axis=1).tolist()
    assert resampling.resample_wins(one, other, seed=3).tolist() == wins.tolist()


def test_the_ends_of_a_shift_are_where_mann_and_whitneys_test_turns() -> None:
    random = np.random.default_rng(5)
    a, b = random.normal(size=70), random.normal(0.4, size=60)
    found = independent(a, b, 0)

    def p(shift: float) -> float:
        return float(stats.mannwhitneyu(a + shift, b, method="asymptotic", use_continuity=False).pvalue)

    for end, outwards in ((found.shift_low, -1e-3), (found.shift_high, 1e-3)):
        assert p(end + outwards) < 0.05 < p(end - outwards * 20)


def test_where_many_begin_the_interval_goes_on_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    a, b = random.normal(size=MANY), random.normal(0.5, size=MANY)
    few = independent(a, b, 0)
    monkeypatch.setattr(comparison, "MANY", 10)
    many = independent(a, b, 0)
    assert (many.wins, many.shift, many.p) == (few.wins, few.shift, few.p)
    assert many.shift_low == pytest.approx(few.shift_low, abs=0.03)
    assert many.shift_high == pytest.approx(few.shift_high, abs=0.03)
    monkeypatch.undo()
    exact = {n: signed_rank_depth(n) for n in (20, MANY)}
    monkeypatch.setattr(comparison, "MANY", 10)
    assert all(abs(signed_rank_depth(n) - depth) <= 1 for n, depth in exact.items())


def test_thousands_are_compared() -> None:
    random = np.random.default_rng(9)
    a, b = random.normal(size=1500), random.normal(0.3, size=1500)
    for found in (independent(a, b, 0), paired(a, b)):
        assert found.shift_low < 0.3 < found.shift_high
        assert found.wins_low < found.wins < found.wins_high
        assert found.shift_high - found.shift_low < 0.2
