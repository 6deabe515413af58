import pytest

from sweeper.errors import DataError, InputError, Interrupted, Place, SpaceError, StoreError, SweepError, did_you_mean, nearest


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SweepError("x"), 1),
        (InputError("x"), 2),
        (SpaceError("x"), 2),
        (DataError("x"), 2),
        (StoreError("x"), 3),
        (Interrupted("x"), 130),
        (Interrupted("x", 143), 143),
    ],
)
def test_every_error_knows_its_exit_status(error: SweepError, code: int) -> None:
    assert error.exit_code == code and str(error) == "x"


def test_a_space_error_points_at_its_place() -> None:
    error = SpaceError("wrong.", place=Place("a.yaml", 3, 8), path="model.mlp", source="  mlp: [1]", paste="mlp: {}")
    assert str(error).split("\n") == [
        "a.yaml:3:8  model.mlp",
        "      mlp: [1]",
        "           ^",
        "    wrong.",
        "    write:  mlp: {}",
    ]


def test_the_caret_stands_under_the_column() -> None:
    _, line, caret, *_ = str(SpaceError("x", place=Place("a", 1, 5), source="abc: d")).split("\n")
    assert line[caret.index("^")] == " " and line[caret.index("^") + 1] == "d"


def test_a_place_may_be_a_whole_file() -> None:
    assert str(SpaceError("cannot be read", place=Place("a.yaml"))) == "a.yaml\n    cannot be read"


@pytest.mark.parametrize(
    ("word", "near"),
    [("Adam", "adam"), ("HeNormal", "he_normal"), ("he-normal", "he_normal"), ("adm", "adam"), ("zzz", None), ("", None)],
)
def test_the_nearest_word(word: str, near: str | None) -> None:
    known = ["adam", "sgd", "he_normal"]
    assert nearest(word, known) == near
    assert did_you_mean(word, known) == (f" Did you mean '{near}'?" if near else "")
