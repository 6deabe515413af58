import math

import pytest

from sweeper.catalogue.declaration import Anything, Flag, Number, Sizes, Takes, Text, Word, sizes


@pytest.mark.parametrize(
    ("takes", "right", "wrong", "says"),
    [
        (Number(), [0, -1.5], [True, "1", None, math.nan, math.inf], "a number"),
        (Number(integer=True, low=1), [1, 7], [0, 1.0, True], "a whole number of at least 1"),
        (Number(low=0, open_low=True), [0.1, 5], [0, -1], "a number above 0"),
        (Number(low=0, high=1, open_high=True), [0, 0.9], [1, 1.0], "a number from 0 to below 1"),
        (Flag(), [True, False], [0, "true", None], "true or false"),
        (Word(("relu", "tanh")), ["relu"], ["Relu", 1, None], "one of relu, tanh"),
        (Sizes(), [64, "64", "64-32", "1024-12-10"], ["0", "64-", "64-032", "64x32", True, 1.5, None, ""], "sizes as one word"),
        (Sizes("x", 2), ["96x96"], ["96", "96x96x3", "96-96"], "such as 96x96"),
        (Text("a file"), ["a.csv"], ["", 3, None], "a file"),
        (Anything(), [0, "a", False], [None], "a number, a text"),
    ],
)
def test_what_a_setting_takes(takes: Takes, right: list[object], wrong: list[object], says: str) -> None:
    assert all(takes.holds(value) for value in right)  # type: ignore[union-attr, arg-type]
    assert not any(takes.holds(value) for value in wrong)  # type: ignore[union-attr, arg-type]
    assert says in takes.says()


@pytest.mark.parametrize(("word", "numbers"), [("64-32", (64, 32)), (64, (64,)), ("96x64", (96, 64)), (None, ())])
def test_sizes_as_numbers(word: str | int | None, numbers: tuple[int, ...]) -> None:
    assert sizes(word) == numbers
