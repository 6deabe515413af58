from hypothesis import given
from hypothesis import strategies as st

from sweeper.seeds import LIMIT, Seeds, derive


@given(st.integers(), st.lists(st.one_of(st.integers(), st.text())))
def test_a_seed_lies_where_numpy_and_tensorflow_take_it(seed, names):
    assert 0 <= derive(seed, *names) < LIMIT


def test_a_seed_follows_from_seed_and_names_for_ever():
    assert derive(0, "trial", 0) == derive(0, "trial", 0)
    # Stored sweeps depend on these.
    assert Seeds.of(0, 0) == Seeds(*(derive(0, "trial", 0, 0, source) for source in ("weights", "order", "noise")))


def test_neighbours_share_nothing():
    seeds = {derive(seed, "trial", number) for seed in range(10) for number in range(100)}
    assert len(seeds) == 1000
    assert len({*vars(Seeds.of(1, 2)).values()}) == 3
    assert Seeds.of(1, 2) != Seeds.of(1, 2, repeat=1)
