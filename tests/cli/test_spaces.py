"""`spaces` and `show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sweeper.spaces import shipped
from tests.cli.conftest import Cli


def test_all_shipped_spaces_are_listed_with_their_question(cli: Cli) -> None:
    listed = json.loads(cli("spaces", "--json").stdout)
    assert [space["name"] for space in listed] == list(shipped.names())
    assert all(space["question"] for space in listed)
    assert "digits_mlp" in cli("spaces").stdout


def test_a_space_is_printed_as_it_stands(cli: Cli) -> None:
    assert cli("spaces", "digits_mlp").stdout.rstrip() == shipped.find("digits_mlp").read_text().rstrip()  # type: ignore[union-attr]


def test_a_copied_space_reads_where_it_lies(cli: Cli) -> None:
    assert cli("spaces", "iris_csv", "--copy", "mine.yaml").exit_code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["iris.csv", "mine.yaml"]
    assert cli("show", "mine.yaml").exit_code == 0
    assert cli("spaces", "digits_mlp", "--copy", "mine.yaml").exit_code == 2


def test_an_unknown_space_gets_the_nearest(cli: Cli) -> None:
    for command in (["spaces", "digits_mpl"], ["show", "digits_mpl"]):
        result = cli(*command)
        assert result.exit_code == 2
        assert "Did you mean 'digits_mlp'?" in result.stderr


@pytest.mark.parametrize("name", shipped.names())
def test_show_says_what_a_space_does(cli: Cli, name: str) -> None:
    shown = cli("show", name).stdout
    for label in ("data ", "budget ", "search ", "programs "):
        assert f"\n{label}" in shown
    said = json.loads(cli("show", name, "--json").stdout)
    assert said["budget"]["trials"] > 0


def test_show_says_how_many_trainings_there_will_be(cli: Cli) -> None:
    def budget(*overrides: str) -> str:
        shown = cli("show", "digits_mlp", *(word for one in overrides for word in ("--set", one))).stdout
        return next(line for line in shown.splitlines() if line.startswith("budget")).removeprefix("budget").strip()

    trials = ("budget.trials=60", "budget.epochs=20")
    assert budget(*trials) == "60 trials x 20 epochs"
    many = budget(*trials, "budget.repeats=3", "data.digits.folds=5")
    assert many == "60 configurations x 3 seeds x 5 folds = 900 trainings x 20 epochs"
    assert budget(*trials, "data.digits.folds=5") == "60 configurations x 5 folds = 300 trainings x 20 epochs"
