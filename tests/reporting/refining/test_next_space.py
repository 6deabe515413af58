"""Epochs, the file of the next space, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.errors import InputError
from sweeper.reporting.reading.space import space_of
from sweeper.reporting.refining.next_space import next_space
from sweeper.reporting.refining.propose import Proposal, why_refine
from sweeper.reporting.story.subject import Subject
from sweeper.spaces import SearchSpace
from sweeper.spaces.changes import Change, Only, To
from sweeper.spaces.revising import read_kept
from tests.reporting.refining.sweeps import DROPOUT, LAYERS, RATE, Row, changes, proposal, space_in, subject_of, trial


def ten(**others: object) -> list[Row]:
    return [trial(n, 1 + n / 100, {RATE: 1e-3, DROPOUT: 0.2, LAYERS: "64"}, **others) for n in range(12)]


@pytest.mark.parametrize(
    ("others", "epochs", "reason"),
    [
        ({"plateau": "still improving"}, 40, "5 of the best 5 of 12 complete trials were still improving at their end"),
        ({"label": "too short to tell", "plateau": "", "best_epoch": 20}, 40, "had their best epoch at the end"),
        ({"best_epoch": 2}, 10, "is the second or an earlier one"),
    ],
)
def test_epochs_follow_the_shape_of_the_best(others: dict[str, object], epochs: int, reason: str) -> None:
    found = changes(subject_of(ten(**others)))["budget.epochs"]
    assert found.becomes == To(epochs)
    assert reason in found.reason


def test_epochs_stay_where_two_of_five_improve_or_the_best_are_late() -> None:
    rows = [{**row, "plateau": "still improving" if n < 2 else "plateaued"} for n, row in enumerate(ten())]
    assert changes(subject_of(rows)) == {}
    assert changes(subject_of(ten(best_epoch=3))) == {}


def written(subject: Subject, found: Proposal | None = None) -> tuple[str, SearchSpace]:
    space = space_in(subject)
    assert space is not None
    text = next_space(subject, space, found or proposal(subject), "folder/mine-r2.yaml")
    return text, read_kept(text, (), Path(), "mine-r2")


def test_the_file_begins_with_where_it_comes_from_and_tries_the_best_first() -> None:
    text, space = written(subject_of(ten(plateau="still improving")))
    assert text.startswith("# Refined by `sweep refine` from mine (12 trials)")
    assert "# What stands below under Expect" in text
    assert "Run  sweep run folder/mine-r2.yaml" in text
    assert "# tried first: trial 0 of mine, the best of 12 complete ones, val_loss 1\nbaseline:" in text
    assert space.budget.epochs == 40
    assert space.baseline is not None
    assert space.baseline.parameters == {LAYERS: "64", DROPOUT: 0.2, RATE: 1e-3}


def test_a_second_round_says_so_once() -> None:
    text, _ = written(subject_of(ten(plateau="still improving")))
    subject = subject_of(ten(plateau="still improving"))
    again, space = written(Subject(replace(subject.frames, sweep=replace(subject.frames.sweep, space=text))))
    assert again.count("# Refined by") == again.count("# tried first") == again.count("baseline:") == 1
    assert space.budget.epochs == 40


def test_a_best_trial_that_is_no_longer_in_the_space_is_not_tried_first() -> None:
    found = Proposal((Change(LAYERS, Only("64-32"), "fixed", "why"),), (), "")
    _, space = written(subject_of(ten()), found)
    assert space.baseline is not None
    assert LAYERS not in space.baseline.parameters


def test_the_end_of_a_run_has_the_first_reason() -> None:
    reason = why_refine(subject_of(ten(plateau="still improving")))
    assert reason == "budget.epochs raised from 20 to 40"
    assert why_refine(subject_of(ten())) == ""
    assert why_refine(subject_of(ten(plateau="still improving"), "")) == ""


def test_what_was_set_beside_the_file_counts() -> None:
    sweep = replace(subject_of(ten()).frames.sweep, about={"overrides": '["budget.epochs=7"]'})
    space = space_of(sweep)
    assert space is not None
    assert space.budget.epochs == 7
    with pytest.raises(InputError, match="overrides"):
        space_of(replace(sweep, about={"overrides": '["budget'}))
    with pytest.raises(InputError, match="no space"):
        space_of(replace(sweep, space=""))
    assert space_of(replace(sweep, source="mine.py:space")) is None


def test_of_a_python_function_what_was_tried_is_the_range() -> None:
    rates = [10 ** (-4 + n / 6) for n in range(12)]
    rows = [
        trial(n, 2 - n / 12, {"rate": rate, "optimizer.adam.learning_rate": rate, "kind": "a" if n % 2 else "b"})
        for n, rate in enumerate(rates)
    ]
    subject = subject_of(rows, "", searched=("optimizer.adam.learning_rate", "rate", "kind"), source="mine.py:space")
    assert list(changes(subject)) == ["rate"]
    assert changes(subject)["rate"].says == "widened from 0.0001 .. 0.006813 to 0.0001 .. 0.02"


@pytest.mark.parametrize(
    "rows",
    [
        [trial(0, None, state="RUNNING", reason="", best_epoch=None, label="", plateau="")],
        [trial(0, 1.0, {RATE: 1e-3, DROPOUT: 0.2, LAYERS: "64"})],
        [trial(n, None, {RATE: 1e-3}, reason="diverged", best_epoch=None, label="diverged") for n in range(30)],
        [trial(n, None, state="FAILED", reason="crashed", best_epoch=None, label="") for n in range(30)],
        [trial(n, 1.0, {RATE: 1e-3, DROPOUT: 0.2, LAYERS: "64"}) for n in range(30)],
        [trial(n, float(n), phase="baseline") for n in range(30)],
    ],
    ids=["running", "one", "diverged", "failed", "alike", "baselines"],
)
@pytest.mark.parametrize("sampler", ["random", "tpe", "paired", "unheard of"])
def test_what_says_nothing_changes_nothing(rows: list[Row], sampler: str) -> None:
    assert changes(subject_of(rows, sampler=sampler)) == {}
