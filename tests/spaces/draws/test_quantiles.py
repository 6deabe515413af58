from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.spaces.draws.quantiles import FromQuantiles, value_at
from sweeper.spaces.tree import Range


def test_a_logarithm_has_its_middle_in_the_middle() -> None:
    assert value_at(Range("float", 1e-4, 1e-2, log=True), 0.5) == pytest.approx(1e-3)


@pytest.mark.parametrize("searched", [Range("int", 1, 4), Range("int", 2, 8, step=2), Range("float", 0.0, 0.3, step=0.1)])
def test_every_number_of_a_grid_is_equally_likely(searched: Range) -> None:
    counts = Counter(value_at(searched, index / 1200) for index in range(1200))
    assert len(counts) == 4 and set(counts.values()) <= set(range(299, 302))


@given(low=st.floats(1e-6, 1e3), factor=st.floats(1.001, 1e4), log=st.booleans(), quantile=st.floats(0, 1, exclude_max=True))
def test_a_value_never_leaves_its_range(low: float, factor: float, log: bool, quantile: float) -> None:
    searched = Range("float", low, low * factor, log=log)
    assert searched.holds(value_at(searched, quantile))


@given(low=st.integers(1, 1000), width=st.integers(1, 1000), log=st.booleans(), quantile=st.floats(0, 1, exclude_max=True))
def test_a_whole_number_never_leaves_its_range(low: int, width: int, log: bool, quantile: float) -> None:
    searched = Range("int", low, low + width, log=log)
    assert searched.holds(value_at(searched, quantile))


def test_given_values_are_not_drawn() -> None:
    suggest = FromQuantiles(lambda name: 0.99, {"a": None})
    assert suggest.option("a", (None, 1)) is None
    assert suggest.option("b", (None, 1)) == 1
