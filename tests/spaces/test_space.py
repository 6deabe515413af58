from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import read_space
from tests.spaces.reading import DIGITS, space_of

TEXT = DIGITS + "optimizer: {adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}}"


def test_a_file_is_read_with_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "my_space.yaml"
    file.write_text("# Question  Why?\n" + TEXT)
    space = read_space(file, ["budget.trials=5"])
    assert (space.name, space.question, space.folder, space.budget.trials) == ("my-space", "Why?", tmp_path, 5)
    assert space.source_text.startswith("# Question")


def test_parameters_come_back_as_the_same_trial() -> None:
    space = space_of(TEXT)
    drawn = space.defaults()
    assert space.at(drawn.parameters) == drawn


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"optimizer.adam.learning_rate": 1.0},
        {"optimizer.adam.learning_rate": "x"},
        {"optimizer.adam.learning_rate": 0.001, "other": 1},
    ],
)
def test_parameters_of_another_space_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(SpaceError, match="not of the space mine"):
        space_of(TEXT).at(parameters)  # type: ignore[arg-type]


def test_what_nothing_listens_to_is_no_setting() -> None:
    space = space_of("data: digits\nmodel: mlp")
    drawn = space.defaults()
    idle = {"model.mlp.depth", "model.mlp.units", "model.mlp.pretraining"}
    idle |= {"regularization.augmentation", "regularization.label_smoothing"}
    assert not idle & (drawn.settings.keys() | space.fixed().keys())
    assert drawn.configuration["model"]["mlp"]["depth"] is None
    assert drawn.settings["regularization.dropout"] is None
    deep = space_of("data: digits\nmodel: {mlp: {depth: 3}}").fixed()
    assert "model.mlp.layers" not in deep and deep["model.mlp.units"] == 64


def test_settings_name_everything_and_fixed_what_never_changes() -> None:
    space = space_of(TEXT)
    settings = space.defaults().settings
    assert settings["optimizer.adam.learning_rate"] == 0.001 and settings["optimizer"] == "adam"
    fixed = space.fixed()
    assert "optimizer.adam.learning_rate" not in fixed and fixed["optimizer.adam.beta_1"] == 0.9
    assert fixed.items() <= settings.items()


def test_the_budget() -> None:
    budget = space_of(DIGITS + "budget: {time: 1h30m, epochs: 7}").budget
    assert (budget.trials, budget.epochs, budget.seconds, budget.repeats) == (60, 7, 5400.0, 1)


def test_data_lists_are_lists() -> None:
    space = space_of("data: {csv: {file: a.csv, target: 5, drop: [id, 7]}}\nmodel: mlp")
    assert space.data["csv"]["drop"] == ["id", "7"] and space.data["csv"]["target"] == "5"
