from collections import Counter, defaultdict

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import design
from sweeper.spaces.draws.quantiles import value_at
from sweeper.spaces.tree import Range
from tests.spaces.reading import DIGITS, space_of

OPTIMIZERS = """
optimizer:
  choice:
    sgd: {learning_rate: {float: [0.01, 1.0], log: true}, momentum: {choice: [0.0, 0.9]}}
    mine: {sgd: {learning_rate: {float: [0.001, 0.1], log: true}, nesterov: true, momentum: {float: [0.8, 0.99]}}}
    adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}
training: {batch_size: {choice: [16, 32, 64, 128]}}
"""
PAIRED = space_of("compare: optimizer\n" + DIGITS + OPTIMIZERS)
FREE = space_of(DIGITS + OPTIMIZERS)
CROSSED = space_of(
    "compare: [initializer, model.mlp.activation]\ndata: digits\n"
    "model: {mlp: {activation: {choice: [relu, tanh]}}}\ninitializer: {choice: [zeros, he_normal, glorot_normal]}\n"
    "optimizer: {adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}}\n"
)


def drawn(space, sampler: str, seed: int, trials: int, **settings: int) -> list[dict]:  # type: ignore[no-untyped-def, type-arg]
    found = design(space, sampler, seed, **settings)
    return [parameters for number in range(trials) if (parameters := found.parameters(number)) is not None]


@pytest.mark.parametrize("sampler", ["random", "qmc", "grid", "paired"])
def test_a_draw_depends_on_seed_and_number_alone(sampler: str) -> None:
    one, other = design(PAIRED, sampler, 7), design(PAIRED, sampler, 7)
    forwards = [one.parameters(number) for number in range(30)]
    backwards = [other.parameters(number) for number in reversed(range(30))][::-1]
    assert forwards == backwards
    assert forwards != drawn(PAIRED, sampler, 8, 30)


def test_every_choice_stands_in_every_block() -> None:
    found = design(PAIRED, "paired", 1)
    blocks = defaultdict(list)
    for number in range(3 * 40):
        parameters = found.parameters(number)
        assert parameters is not None
        blocks[found.block(number)].append(parameters)
    assert list(blocks) == list(range(40))
    orders = set()
    for members in blocks.values():
        assert {one["optimizer"] for one in members} == {"sgd", "mine", "adam"}
        assert len({one["training.batch_size"] for one in members}) == 1
        orders.add(tuple(one["optimizer"] for one in members))
    assert len(orders) == 6, "all orders come up in 40 blocks"


def test_equal_last_names_share_a_quantile_in_their_own_ranges() -> None:
    ranges = {leaf.name: leaf.node for leaf in PAIRED.leaves}
    found = design(PAIRED, "paired", 1)
    for block in range(20):
        rates = {}
        for number in range(3 * block, 3 * block + 3):
            parameters = found.parameters(number) or {}
            name = f"optimizer.{parameters['optimizer']}.learning_rate"
            node = ranges[name]
            assert isinstance(node, Range)
            rates[name] = node, parameters[name]
        [low, *_] = rates.values()
        share = (low[1] / low[0].low) ** 0.5  # two orders of magnitude in each option: 10 to the power of the quantile
        for node, rate in rates.values():
            assert rate == pytest.approx(node.low * share**2)


def test_crossed_comparisons_meet_in_every_block() -> None:
    assert CROSSED.block_size == 6
    found = drawn(CROSSED, "paired", 0, 12)
    for block in (found[:6], found[6:]):
        assert len({(one["initializer"], one["model.mlp.activation"]) for one in block}) == 6
        assert len({one["optimizer.adam.learning_rate"] for one in block}) == 1


def test_random_is_fair_to_every_branch() -> None:
    trials = 3000
    counts = Counter(one["optimizer"] for one in drawn(FREE, "random", 5, trials))
    # Four standard deviations of a binomial count with p = 1/3: 4 * sqrt(3000 * 2 / 9) = 103.
    assert all(abs(count - trials / 3) < 103 for count in counts.values()) and len(counts) == 3


@pytest.mark.parametrize("trials", [64, 256])
def test_sobol_points_are_balanced(trials: int) -> None:
    found = drawn(FREE, "qmc", 5, trials)
    assert set(Counter(one["training.batch_size"] for one in found).values()) == {trials // 4}
    branches = Counter(one["optimizer"] for one in found)
    assert all(abs(count - trials / 3) <= 1 for count in branches.values())


def test_sobol_nuisance_of_blocks_is_balanced() -> None:
    found = drawn(CROSSED, "paired", 2, 6 * 64)
    rates = sorted({one["optimizer.adam.learning_rate"] for one in found})
    node = CROSSED.leaves[-1].node
    assert isinstance(node, Range) and len(rates) == 64
    for index, rate in enumerate(rates):  # one value in each of 64 equal shares of the range
        assert value_at(node, index / 64) <= rate <= value_at(node, (index + 1) / 64)


def test_the_grid_holds_every_combination_once() -> None:
    found = design(FREE, "grid", 0, points=3)
    assert found.size == 4 * (3 * 2 + 3 * 3 + 3)
    trials = drawn(FREE, "grid", 0, 1000, points=3)
    assert len({tuple(sorted(one.items())) for one in trials}) == len(trials) == found.size
    assert found.parameters(found.size) is None
    assert sorted({one["optimizer.adam.learning_rate"] for one in trials if one["optimizer"] == "adam"}) == [1e-4, 1e-3, 1e-2]


def test_a_grid_of_one_point_takes_the_defaults_of_ranges() -> None:
    rates = {one.get("optimizer.adam.learning_rate") for one in drawn(FREE, "grid", 0, 100, points=1)}
    assert rates == {None, 0.001}


def test_an_endless_grid_is_refused() -> None:
    units = ", ".join(f"s{number}: {{float: [0, 1]}}" for number in range(9))
    with pytest.raises(SpaceError, match="more than 10,000"):
        design(space_of(f"data: digits\nmodel: {{python: {{build: m.py:b, {units}}}}}"), "grid", 0)


@pytest.mark.parametrize(
    ("sampler", "words"), [("tpe", "no design of ours"), ("paired", "nothing is compared"), ("gird", "'grid'")]
)
def test_other_samplers_are_refused(sampler: str, words: str) -> None:
    with pytest.raises(SpaceError, match=words):
        design(FREE, sampler, 0)


def test_a_space_without_ranges_has_blocks_too() -> None:
    space = space_of("compare: optimizer\n" + DIGITS + "optimizer: {choice: [adam, sgd]}")
    assert {one["optimizer"] for one in drawn(space, "paired", 0, 2)} == {"adam", "sgd"}
