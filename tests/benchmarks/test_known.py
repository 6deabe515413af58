"""The experiments whose results are known ask for what their spaces have, and what does not hold is told."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.known import Experiment, experiments, wrong
from sweeper.reporting.metrics.labels import LABELS
from sweeper.reporting.statistics.speed_verdict import SPEED_VERDICTS
from sweeper.reporting.statistics.verdict import VERDICTS
from sweeper.spaces import design, read_space

KNOWN = Experiment(
    "t",
    "t",
    "t",
    verdicts={"a > b": ["better"]},
    speed={"a > b": ["faster"]},
    labels={"b": "overfits"},
    never={"a": "overfits"},
)
SURE = pd.DataFrame({"a": ["a"], "b": ["b"], "verdict": ["better"]})
QUICK = SURE.assign(verdict="faster")
LABELLED = pd.DataFrame({"choice": ["a", "a", "b", "b", "b"], "label": ["gap", "gap", "overfits", "overfits", "gap"]})


@pytest.mark.parametrize("experiment", experiments(), ids=lambda experiment: experiment.name)
def test_an_experiment_names_choices_and_words_that_exist(experiment: Experiment) -> None:
    space = read_space(experiment.space, experiment.set)
    named = {choice for pair in (*experiment.verdicts, *experiment.speed) for choice in pair.split(" > ")}
    named |= {*experiment.labels, *experiment.never} - {"all"}
    drawing = design(space, "paired" if space.compare else "random", 0)
    drawn = [drawing.parameters(number) or {} for number in range(12)]
    values = {"none" if one[path] is None else str(one[path]) for one in drawn for path in space.compare}
    assert named <= values
    assert {word for words in experiment.verdicts.values() for word in words} <= {*VERDICTS}
    assert {word for words in experiment.speed.values() for word in words} <= {*SPEED_VERDICTS}
    assert {*experiment.labels.values(), *experiment.never.values()} <= {*LABELS}


def test_what_holds_is_not_told() -> None:
    assert list(wrong(KNOWN, SURE, QUICK, LABELLED)) == []


@pytest.mark.parametrize(
    ("pairs", "speed", "labels", "told"),
    [
        (SURE.assign(verdict="undecided"), QUICK, LABELLED, "a > b: undecided; right is better"),
        (SURE.rename(columns={"a": "b", "b": "a"}), QUICK, LABELLED, "a > b: b: better; right is better"),
        (SURE.iloc[:0], QUICK, LABELLED, "a > b: not compared; right is better"),
        (SURE, SURE.assign(verdict="faster, but worse"), LABELLED, "a > b: faster, but worse; right is faster"),
        (SURE, QUICK, LABELLED.iloc[[0, 1, 2, 4]], "b: 50% of 2 are called overfits; right is more than half"),
        (SURE, QUICK, LABELLED.assign(choice=["a"] * 3 + ["b"] * 2).iloc[[2, 3]], "a: 1 are called overfits; right is none"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_told(pairs: pd.DataFrame, speed: pd.DataFrame, labels: pd.DataFrame, told: str) -> None:
    assert list(wrong(KNOWN, pairs, speed, labels)) == [told]
