"""Two choices on their way to a target: ratios by hand, p against scipy's, intervals that cover, the same bits for a seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sweeper.reporting.statistics.arrivals import REACHED, STOPPED, Arrivals
from sweeper.reporting.statistics.race import among_all, race, within_blocks


def came(*epochs: float) -> Arrivals:
    return Arrivals(np.array(epochs), np.full(len(epochs), REACHED))


def random() -> np.random.Generator:
    return np.random.default_rng(3)


def test_the_ratio_by_hand() -> None:
    """Means 3 and 6; of the second pair 5 counts as the horizon, 4: (2 + 4) / (3 + 4)."""
    assert race(came(2, 4), came(5, 7), 10, True, 0).pessimistic.value == pytest.approx(0.5)
    assert race(came(2, 5), came(3, 9), 4, True, 0).pessimistic.value == pytest.approx(6 / 7)


def test_blocks_that_differ_alike_leave_no_doubt_about_the_ratio_and_independent_draws_do() -> None:
    a, b = came(*range(2, 12)), came(*(2 * t for t in range(2, 12)))
    blocks, draws = race(a, b, 30, True, 0), race(a, b, 30, False, 0)
    assert blocks.pessimistic.low == blocks.pessimistic.high == pytest.approx(0.5)
    assert draws.pessimistic.low < 0.45 < 0.55 < draws.pessimistic.high
    assert blocks.p == pytest.approx(2 / 2**10) and draws.p > blocks.p


def test_a_trial_that_was_stopped_parts_the_bounds() -> None:
    """Never: (2 + 2 + 10) / 3 over 4. As the others: all come at 2."""
    a = Arrivals(np.array([2.0, 2.0, 1.0]), np.array([REACHED, REACHED, STOPPED]))
    found = race(a, came(4, 4, 4), 10, False, 0)
    assert (found.pessimistic.value, found.optimistic.value, found.hidden) == (pytest.approx(14 / 12), pytest.approx(0.5), 1)
    watched = Arrivals(np.array([2.0, 2.0, 10.0]), a.what)
    assert race(watched, came(4, 4, 4), 10, False, 0).optimistic.value == pytest.approx(14 / 12), "it was watched to the end"


def test_turned_round() -> None:
    a, b = came(2, 3, 5, 6, 4), came(5, 9, 7, 8, 4)
    one, other = race(a, b, 12, True, 4), race(b, a, 12, True, 4).turned()
    assert (one.pessimistic.value, one.p, one.n) == (pytest.approx(other.pessimistic.value), other.p, other.n)
    assert (one.pessimistic.low, one.pessimistic.high) == pytest.approx(
        (other.pessimistic.low, other.pessimistic.high), rel=0.02
    )


@pytest.mark.parametrize("n", [6, 30])
def test_p_is_scipys(n: int) -> None:
    """Of all exchanges exactly; of 9,999 random ones within four standard errors."""
    a, b = np.ceil(random().exponential(6, n)), np.ceil(random().exponential(7, n) + 1)
    blocks = stats.permutation_test((a - b,), lambda d, axis: d.mean(axis), permutation_type="samples", vectorized=True).pvalue
    draws = stats.permutation_test((a, b[1:]), lambda x, y, axis: x.mean(axis) - y.mean(axis), vectorized=True).pvalue
    near = 1e-9 if n == 6 else 0.03
    assert within_blocks(a - b, random()) == pytest.approx(blocks, abs=near)
    # scipy doubles the smaller side; the difference's two sides are not mirrored where the choices have different counts.
    assert among_all(a, b[1:], random()) == pytest.approx(draws, abs=0.05 if n == 6 else near)
    assert within_blocks(np.zeros(n), random()) == among_all(np.ones(n), np.ones(n), random()) == 1.0


@pytest.mark.parametrize("paired", [True, False])
def test_intervals_cover_what_is_true(paired: bool) -> None:
    """A ratio of 5/6 in 60 draws of 25: intervals of 95 % miss it in 3 of them, in 10 or more once in 1,400 times."""
    draw, missed = random(), 0
    for seed in range(60):
        level = draw.normal(10, 1, 25) if paired else 10
        other = level if paired else 10
        a, b = came(*(level + draw.normal(0, 2, 25))), came(*(other + 2 + draw.normal(0, 2, 25)))
        found = race(a, b, 1000, paired, seed).pessimistic
        missed += not found.low <= 10 / 12 <= found.high
    assert missed < 10


def test_the_same_seed_gives_the_same_race() -> None:
    a, b = came(*range(1, 20)), came(*range(3, 25))
    assert race(a, b, 20, False, 5) == race(a, b, 20, False, 5) != race(a, b, 20, False, 6)
