from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.reporting.figures.labels import apart
from sweeper.reporting.page.markdown import plain
from sweeper.reporting.text import clean, count, listed, number, seconds, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0741, "0.074"),
        (0.10638, "0.106"),
        (0.00456, "0.0046"),
        (12.345, "12.3"),
        (4100.2, "4100"),
        (1.5e-7, "1.5e-7"),
        (-0.5, "−0.500"),
        (3, "3"),
        (0.0, "0"),
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_number(value: float | None, text: str):
    assert number(value) == text


def test_small_words():
    assert (signed(0.012), signed(-0.5), signed(0.0), signed(None)) == ("+0.012", "−0.500", "0", "–")
    assert (seconds(0.834), seconds(41.2), seconds(200), seconds(7500)) == ("0.83 s", "41 s", "3 min 20 s", "2 h 5 min")
    assert (count(1, "trial"), count(3, "trial"), listed(["a", "b", "c"]), listed([])) == (
        "1 trial",
        "3 trials",
        "a, b and c",
        "",
    )
    assert listed(["a", "b", "c", "d"], most=2) == "a, b and 2 more"
    assert listed(["a", "b"], most=2) == "a and b"


@given(st.text(max_size=60))
def test_clean_text_is_one_line_without_control_characters(text: str):
    assert not any(unicodedata.category(letter).startswith("C") or letter in "\n\r\u2028" for letter in clean(text))
    assert len(clean(text, 10)) <= 10


@given(st.text(alphabet="<>&|`*[]_\\ab:/wtphfs.", max_size=40))
def test_markdown_has_no_live_angle_or_bar(text: str):
    written = plain(text)
    assert "<" not in written
    assert ">" not in written
    assert "|" not in written.replace("\\|", "") or "\\\\" in written


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_labels_stand_apart_and_keep_their_order(places: list[float]):
    moved = apart(places, 0.1, 0, 1)
    ordered = sorted(moved)
    assert all(b - a >= 0.1 - 1e-9 for a, b in itertools.pairwise(ordered))
    assert min(moved) >= -1e-9
    assert max(moved) <= 1 + 1e-9
