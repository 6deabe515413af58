import pytest

from sweeper.errors import SpaceError
from sweeper.spaces.building import build
from sweeper.spaces.overrides import override
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.yaml_reader import read_text

TEXT = """
data: digits
model: {mlp: {layers: 64}}
regularization: {choice: {none: , strong: {l2: 0.1}}}
optimizer:
  choice:
    momentum: {sgd: {momentum: 0.9, learning_rate: 0.1}}
    adam:
"""


def with_set(*texts: str) -> SearchSpace:
    from pathlib import Path

    root = read_text(TEXT, "mine.yaml")
    for text in texts:
        root = override(root, text)
    return build(root, stem="mine", file="mine.yaml", folder=Path(), text=TEXT)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("model.mlp.layers=32-32", "model.mlp.layers", "32-32"),
        ("training.batch_size=64", "training.batch_size", 64),
        ("optimizer.momentum.learning_rate=0.5", "optimizer.momentum.learning_rate", 0.5),
        ("optimizer.adam.beta_1=0.5", "optimizer.adam.beta_1", 0.5),
        ("optimizer.adam.schedule=cosine", "optimizer.adam.schedule", "cosine"),
        ("optimizer.adam.schedule.cosine.alpha=0.5", "optimizer.adam.schedule.cosine.alpha", 0.5),
        ("regularization.strong.l2=0.2", "regularization.strong.l2", 0.2),
        ("initializer.random_normal.stddev=0.5", "initializer.random_normal.stddev", 0.5),
    ],
)
def test_a_value_is_set_where_its_name_says(text: str, name: str, value: object) -> None:
    space = with_set(text)
    option = "momentum" if ".momentum." in text else "adam"
    assert space.at({"optimizer": option, "regularization": "strong"}).settings[name] == value


def test_sections_that_are_not_searched_can_be_set() -> None:
    space = with_set("data.digits.train_rows=200", "budget.trials=7", "search.sampler=qmc", "name=Other Name")
    assert space.data["digits"]["train_rows"] == 200
    assert (space.budget.trials, space.sampler.name, space.name) == (7, "qmc", "other-name")


def test_what_is_set_takes_the_place_of_what_says_otherwise() -> None:
    shares = ("data.digits.validation=0.3", "data.digits.test=0.1")
    digits = with_set(*shares, "data.digits.folds=5").data["digits"]
    assert (digits["folds"], digits["validation"], digits["test"]) == (5, None, 0.1)
    digits = with_set(*shares, "data.digits.folds=none").data["digits"]
    assert (digits["folds"], digits["validation"]) == (None, 0.3)
    digits = with_set("data.digits.folds=5", "data.digits.validation=0.25").data["digits"]
    assert (digits["folds"], digits["validation"]) == (None, 0.25)


def test_a_range_can_be_set() -> None:
    assert "model.mlp.layers" in {leaf.name for leaf in with_set("model.mlp.layers={choice: [32, 64]}").leaves}


@pytest.mark.parametrize(
    ("text", "words", "paste"),
    [
        ("optimizer.momentm.learning_rate=1", "Did you mean 'momentum'", "--set optimizer.momentum.learning_rate=..."),
        ("optimizer.adam.lr=1", "Did you mean 'learning_rate'", "--set optimizer.adam.learning_rate=..."),
        ("bugdet.trials=1", "Did you mean 'budget'", "--set budget.trials=..."),
        ("data.wine.test=0.1", "unknown word 'wine'", ""),
        ("model.mlp.layers.first=1", "no settings of its own", ""),
        ("budget.trials", "not KEY=VALUE", "--set budget.trials=40"),
        ("budget.trials=", "has no value", ""),
        ("budget.trials=many", "'many' came", ""),
        ("model.mlp.layers=[1", "not YAML", ""),
        ("model.mlp.layers=\x1b[31m", "U+001B", ""),
        ("\x1b[31m", "not KEY=VALUE", "--set budget.trials=40"),
        ("\x1b[31m=1", "unknown word '?[31m'", ""),
    ],
)
def test_a_wrong_setting_is_refused(text: str, words: str, paste: str) -> None:
    with pytest.raises(SpaceError) as caught:
        with_set(text)
    assert "\x1b" not in str(caught.value)
    assert words in caught.value.problem and caught.value.paste == paste
