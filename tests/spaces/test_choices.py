import pytest

from sweeper.spaces.tree import Choice, Options
from tests.spaces.reading import DIGITS, refused, space_of


@pytest.mark.parametrize(
    ("text", "words", "paste"),
    [
        ("training: {batch_size: {choice: []}}", "a list of values", "batch_size: {choice: [16, 32, 64, 128]}"),
        ("training: {batch_size: {choice: [1, 1]}}", "twice", ""),
        ("training: {batch_size: {choice: [1, true, 1.0]}}", "'true' came", ""),
        ("optimizer: {adam: {clipnorm: {choice: [1, 1.0]}}}", "twice", ""),
        ("training: {batch_size: {choice: [1, 2], log: true}}", "cannot stand beside", ""),
        ("training: {batch_size: {choice: [1, 2], default: 3}}", "none of the choices", ""),
        ("optimizer: {choice: adam}", "a list of values", "optimizer: {choice: [sgd, adagrad]}"),
        ("optimizer: {choice: [adam, adam]}", "twice", ""),
        (
            "optimizer: {choice: [{adam: {beta_1: 0.8}}, sgd]}",
            "without dashes",
            "optimizer: {choice: {adam: {beta_1: 0.8}, sgd: }}",
        ),
        ("optimizer: {choice: {a: {choice: {adam: , sgd: }}}}", "directly inside a choice", ""),
        ("optimizer: {choice: {none: , adam: }}", "cannot be none", ""),
        ("optimizer: {choice: {a.b: {adam: {}}, adam: }}", "cannot name an option", ""),
        ("regularization: {choice: [l2, dropout]}", "have names", "regularization: {choice: {none: , mine: {l1: ...}}}"),
        ("regularization: {choice: {none: {l2: 0.1}}}", "without content", ""),
    ],
)
def test_a_wrong_choice_is_refused(text: str, words: str, paste: str) -> None:
    error = refused(DIGITS + text)
    assert words in error.problem and error.paste == paste


def test_own_names_stand_in_the_parts_place() -> None:
    space = space_of(DIGITS + "optimizer: {choice: {fast: {sgd: {learning_rate: {float: [0.1, 1]}}}, adam: }}")
    assert [leaf.name for leaf in space.leaves] == ["optimizer", "optimizer.fast.learning_rate"]
    assert space.leaves[1].shared == "optimizer.*.learning_rate"
    drawn = space.at({"optimizer": "fast", "optimizer.fast.learning_rate": 0.5})
    assert list(drawn.configuration["optimizer"]) == ["sgd"]
    assert drawn.configuration["optimizer"]["sgd"]["learning_rate"] == 0.5


def test_a_fixed_part_and_a_branch_have_the_same_names() -> None:
    fixed = space_of(DIGITS + "optimizer: {adam: {learning_rate: {float: [0.1, 1]}}}")
    branch = space_of(DIGITS + "optimizer: {choice: {adam: {learning_rate: {float: [0.1, 1]}}, sgd: }}")
    assert fixed.leaves[0].name == branch.leaves[1].name == "optimizer.adam.learning_rate"


def test_none_is_python_none() -> None:
    space = space_of(DIGITS + "optimizer: {adam: {clipnorm: {choice: [none, 1]}}}")
    node = space.leaves[0].node
    assert isinstance(node, Choice) and node.values == (None, 1.0) and node.default is None


def test_the_option_none_of_a_group_is_its_defaults() -> None:
    space = space_of(DIGITS + "regularization: {choice: {none: , l2: {l2: 0.1}}}")
    assert set(space.at({"regularization": None}).configuration["regularization"].values()) == {None}
    assert space.at({"regularization": "l2"}).configuration["regularization"]["l2"] == 0.1


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("optimizer: {choice: [sgd, adam]}", "adam"),
        ("optimizer: {choice: {fast: {sgd: {}}, mine: {adam: {}}}}", "mine"),
        ("optimizer: {choice: [sgd, nadam]}", "sgd"),
        ("optimizer: {choice: [sgd, adam], default: sgd}", "sgd"),
        ("regularization: {choice: {l2: {l2: 0.1}, none: }}", None),
    ],
)
def test_the_default_option(text: str, default: str | None) -> None:
    node = space_of(DIGITS + text).leaves[0].node
    assert isinstance(node, Options) and node.default == default


def test_options_of_a_number() -> None:
    space = space_of(DIGITS + "regularization: {dropout: {choice: {none: , small: 0.2, some: {float: [0.3, 0.5]}}}}")
    assert [leaf.name for leaf in space.leaves] == ["regularization.dropout", "regularization.dropout.some"]
    assert space.at({"regularization.dropout": "small"}).configuration["regularization"]["dropout"] == 0.2
