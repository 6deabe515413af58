"""Words and numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.cli.screen.sparkline import sparkline
from sweeper.cli.screen.text import clean, counted, duration, line, number, parameters, without_password


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("a\rb\x08c\x00d", "abcd"),
        ("\x9b31m", "31m"),
        ("right\u202eleft", "rightleft"),
        ("größe 数", "größe 数"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


@given(st.text())
def test_nothing_gets_through_that_moves_a_cursor(text: str) -> None:
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line(text))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0813, "0.0813"),
        (0.1128, "0.113"),
        (12.3456, "12.35"),
        (0.0, "0"),
        (3e-6, "3.00e-06"),
        (None, "-"),
        (math.nan, "not finite"),
    ],
)
def test_numbers_have_three_or_four_digits_that_count(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2.34, "2.3 s"), (41.2, "41 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (None, "-")]
)
def test_durations(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_chosen_part_goes_by_its_name_and_the_rest_by_short_ones() -> None:
    params = {
        "optimizer": "adam",
        "optimizer.adam.learning_rate": 0.00312,
        "model.mlp.units.1": 64,
        "model.mlp.activation": "relu",
    }
    assert parameters(params) == "adam, learning_rate 0.00312, units.1 64, activation relu"


def test_short_names_stay_clear() -> None:
    params = {"optimizer.adam.learning_rate": 0.1, "other.learning_rate": 0.2, "regularization.dropout": None}
    assert parameters(params) == "adam.learning_rate 0.1, other.learning_rate 0.2, dropout none"


def test_counts_that_are_zero_are_left_out() -> None:
    assert counted({"complete": 3, "pruned": 0, "failed": 0, "diverged": 1}) == "3 complete, 1 diverged"
    assert counted({"complete": 0, "pruned": 0}) == "0 complete"


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgresql://me:secret@host/db") == "postgresql://host/db"
    assert without_password("sqlite:////home/me@work/mlflow.db") == "sqlite:////home/me@work/mlflow.db"


def test_a_sparkline_goes_from_lowest_to_highest() -> None:
    assert sparkline([3, 2, 1]) == "█▅▁"
    assert sparkline([1, 1]) == "▁▁"
    assert sparkline([1, math.nan, 2]) == "▁·█"
    assert sparkline([]) == ""
    assert sparkline([math.inf]) == "·"


@given(st.lists(st.floats(), max_size=300), st.integers(2, 60))
def test_a_sparkline_fits_and_keeps_its_ends(values: list[float], width: int) -> None:
    drawn = sparkline(values, width)
    assert len(drawn) == min(len(values), width)
