import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.spaces.durations import seconds
from sweeper.spaces.naming import header, safe_name
from tests.spaces.reading import DIGITS, space_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("digits_mlp", "digits-mlp"),
        ("../../etc/x", "etc-x"),
        ("a\0b", "a-b"),
        ("--x", "x"),
        ("My Space!", "my-space"),
        ("🎉", ""),
        ("a" * 300, "a" * 64),
    ],
)
def test_names_are_safe(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=100))
def test_any_name_is_safe_or_empty(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)?", safe_name(text))


def test_the_name_in_the_file_wins_over_the_files_name() -> None:
    assert (space_of(DIGITS).name, space_of(DIGITS + "name: Second Try").name) == ("mine", "second-try")


def test_the_header() -> None:
    text = """# Question  Why?
#           And how?
# Expect    that
# Minutes   3 on two cores     Run  sweep run x && sweep report

# Question not this
"""
    assert header(text) == {
        "question": "Why? And how?",
        "expect": "that",
        "minutes": "3 on two cores",
        "run": "sweep run x && sweep report",
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("30m", 1800),
        ("2h", 7200),
        ("1h30m", 5400),
        ("90s", 90),
        ("1.5h", 5400),
        ("20", None),
        ("0m", None),
        ("x", None),
        ("", None),
    ],
)
def test_durations(text: str, count: float | None) -> None:
    assert seconds(text) == count
