import csv
from pathlib import Path

import pytest

from sweeper.catalogue.signature import structure
from sweeper.errors import SpaceError
from sweeper.spaces import describe, design, read_space, shipped

EXPECTED = {
    "digits_mlp",
    "digits_cnn",
    "digits_optimizers",
    "digits_initializers",
    "digits_regularization",
    "wine_mlp",
    "diabetes_regression",
    "breast_cancer_mlp",
    "iris_csv",
}


def test_all_are_there() -> None:
    assert set(shipped.names()) >= EXPECTED


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_space_runs_as_it_stands(name: str) -> None:
    space = read_space(name)
    space.check_built()
    assert space.warnings == ()
    assert set(space.header) == {"question", "expect", "minutes", "run"}
    assert space.header["run"].startswith(f"sweep run {name}")
    assert space.name == name.replace("_", "-")
    assert describe(space).structures >= 1


def test_a_name_without_its_ending_is_answered_with_the_file_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("data: digits\nmodel: mlp\n")
    with pytest.raises(SpaceError, match=r"Did you mean 'mine\.yaml'\?") as caught:
        read_space("mine")
    assert caught.value.paste == "sweep run mine.yaml"


def test_digits_mlp_needs_many_programs() -> None:
    space = read_space("digits-mlp")
    assert space.compare == () and (space.sampler.name, space.budget.trials, space.budget.epochs) == ("tpe", 60, 20)
    drawing = design(space, "random", 0)
    found = {str(structure(space.at(drawing.parameters(number) or {}).configuration)) for number in range(60)}
    assert len(found) >= 20


def test_the_csv_file_lies_beside_its_space() -> None:
    space = read_space("iris_csv")
    settings = space.data["csv"]
    with (space.folder / settings["file"]).open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 150 and settings["target"] in rows[0] and set(settings["drop"]) <= set(rows[0])


def test_an_unknown_name_finds_its_neighbour() -> None:
    with pytest.raises(SpaceError) as caught:
        read_space("digit_mlp")
    assert caught.value.paste == "sweep run digits_mlp"


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b", "../../etc/passwd", "\x1b[31m"])
def test_odd_names_are_refused_plainly(name: str) -> None:
    with pytest.raises(SpaceError) as caught:
        read_space(name)
    assert "\x1b" not in str(caught.value)
