"""The order of what is compared is that of the space file, whatever was tried first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sweeper.reporting import EveryFrame
from sweeper.reporting.reading.offered import choices_offered, in_order, offered_of
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial

TAG = '{"cell": ["simple", "gru"], "rate": [0, 0.5]}'


def test_choices_are_all_combinations_in_the_files_order() -> None:
    offered = offered_of(TAG)
    assert choices_offered(("cell",), offered) == ("simple", "gru")
    assert choices_offered(("rate", "cell"), offered) == ("0 · simple", "0 · gru", "0.5 · simple", "0.5 · gru")
    assert choices_offered(("cell", "other"), offered) == choices_offered((), offered) == ()


@pytest.mark.parametrize("text", ["", "no JSON", "[1, 2]", '{"cell": 3}', "null"])
def test_whatever_the_tag_says_a_report_is_made(text: str) -> None:
    assert offered_of(text) == {}


def test_what_was_tried_takes_the_files_order_and_keeps_its_own_spelling() -> None:
    assert in_order(["gru", "simple", "gru"], ["simple", "lstm", "gru"]) == ["simple", "gru"]
    assert in_order(["0.5 · b", "0.0 · a"], ["0 · a", "0 · b", "0.5 · a", "0.5 · b"]) == ["0.0 · a", "0.5 · b"]


def test_with_a_value_that_no_file_has_the_order_is_that_of_trying() -> None:
    assert in_order(["gru", "other", "simple"], ["simple", "gru"]) == ["gru", "other", "simple"]


def test_a_report_names_choices_in_the_files_order(read: Callable[[Planted], EveryFrame]) -> None:
    tried = [("gru", 1), ("lstm", 2), ("simple", 3)]
    curves = {"val_loss": [1.0, 0.5]}
    trials = [Trial(number, {"cell": cell}, curves, block=0) for number, (cell, _) in enumerate(tried)]
    tags = {"sweeper.compare": "cell", "sweeper.choices": '{"cell": ["simple", "gru", "lstm"]}'}
    known, unknown = read(Planted("told", trials, tags)), read(Planted("untold", trials, {"sweeper.compare": "cell"}))
    assert Subject(known).choices == ["simple", "gru", "lstm"] and Subject(unknown).choices == ["gru", "lstm", "simple"]
    assert list(dict.fromkeys(known.convergence["choice"])) == ["simple", "gru", "lstm"]
    assert "choices" not in known.sweep.about
