import pytest

from sweeper.spaces import describe
from tests.spaces.reading import DIGITS, space_of

TEXT = (
    "compare: optimizer\n"
    + DIGITS
    + """optimizer:
  choice:
    adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}
    momentum: {sgd: {momentum: 0.9, learning_rate: {float: [1e-3, 1e-1], log: true}}}
regularization: {l2: {choice: [none, 0.1, 0.2]}}
budget: {trials: 20}
"""
)


def test_what_a_space_will_do() -> None:
    found = describe(space_of(TEXT))
    assert found.compare == {"optimizer": ("adam", "momentum")} and found.blocks == 10
    by_name = {one.name: one for one in found.nuisance}
    assert by_name["optimizer.*.learning_rate"].ranges == (("adam", "0.0001 .. 0.01 log"), ("momentum", "0.001 .. 0.1 log"))
    assert by_name["optimizer.*.learning_rate"].enters == "knob"
    assert by_name["regularization.l2"].ranges == (("", "none | 0.1 | 0.2"),)
    assert "optimizer.*.learning_rate take one quantile" in found.sampling[0]
    # two optimizers, each with and without the term of the penalty
    assert (found.structures, found.structures_more) == (4, False)


def test_how_often_each_configuration_is_trained() -> None:
    found = describe(space_of("data: {digits: {folds: 5}}\nmodel: mlp\nbudget: {repeats: 3}"))
    assert (found.folds, found.budget.repeats) == (5, 3)
    assert describe(space_of(TEXT)).folds == 1


def test_defaults_are_marked() -> None:
    space = space_of("data: digits\nmodel: {mlp: {layers: 32}}")
    fixed = {one.name: one for one in describe(space).fixed}
    assert {name: one.value for name, one in fixed.items()} == space.fixed()
    assert (fixed["model.mlp.layers"].value, fixed["model.mlp.layers"].default) == ("32", False)
    assert (fixed["training.batch_size"].value, fixed["training.batch_size"].default) == (32, True)
    assert (fixed["optimizer"].value, fixed["optimizer"].default) == ("adam", True)


@pytest.mark.parametrize(
    ("sampler", "names"),
    [
        ("tpe", ()),
        ("cmaes", ("regularization.l2",)),
        ("qmc", ()),
    ],
)
def test_what_a_sampler_treats_independently(sampler: str, names: tuple[str, ...]) -> None:
    found = describe(space_of(TEXT + f"search: {{sampler: {sampler}}}"))
    assert found.independent == names and found.sampling[0].startswith(sampler)
    alone = describe(space_of((TEXT + f"search: {{sampler: {sampler}}}").replace("compare: optimizer", "")))
    assert {"optimizer.adam.learning_rate", "optimizer.momentum.learning_rate"} <= {*alone.independent} or sampler == "qmc"


def test_counting_stops_at_many_structures() -> None:
    found = describe(space_of("data: digits\nmodel: {mlp: {depth: {int: [1, 9]}, units: {int: [1, 999]}}}"))
    assert found.structures_more
