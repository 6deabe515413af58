"""Edges, gaps and checks: by hand, by chance, and as the section says them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.reporting import SweepFrames
from sweeper.reporting.reading.ranges import Range, range_for, ranges_of
from sweeper.reporting.statistics.coverage import bare, crowd, edge
from sweeper.reporting.statistics.predictors import shared_name
from sweeper.reporting.story.blocks import Points
from sweeper.reporting.story.compared.choices import told_pairs
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.searched.axes import axis_plots
from sweeper.reporting.story.searched.checks import FINE, LOOK, UNKNOWN, Check, checks
from sweeper.reporting.story.searched.edges import crowded
from sweeper.reporting.story.searched.trust import trust, trust_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.refining.sweeps import subject_of, trial
from tests.reporting.synthetic import Planted, Trial, compared, searched

Read = Callable[[Planted], SweepFrames]
RATE = Range(1e-4, 1e-1, log=True)


def test_ranges_are_read_as_they_were_written_and_nothing_else_is() -> None:
    text = json.dumps({"rate": [1e-4, 0.1, "log"], "depth": [1, 4, 1], "dropout": [0, 0.5]})
    assert ranges_of(text) == {"rate": RATE, "depth": Range(1, 4, step=1), "dropout": Range(0, 0.5)}
    for wrong in ("", "{", "[]", "3", '{"a": 3}', '{"a": [1]}', '{"a": ["x", 2]}', '{"a": [2, 1]}', '{"a": [0, 1, "log"]}'):
        assert ranges_of(wrong) == {}, wrong


def test_a_range_that_trials_lie_outside_of_is_not_believed() -> None:
    values = pd.Series([1e-4, 0.3])
    assert range_for("rate", values, {"rate": RATE}) == Range(1e-4, 0.3, log=True, declared=False)
    assert range_for("rate", pd.Series([1e-3, 0.05]), {"rate": RATE}) == RATE
    assert range_for("rate", pd.Series(["a", "b"]), {}) is None
    assert range_for("depth", pd.Series([1, 2, 3], dtype="Int64"), {}) == Range(1, 3, step=1, declared=False)


@given(st.floats(0, 1))
def test_places_and_values_are_each_others_inverse(place: float) -> None:
    for span in (RATE, Range(-2, 5)):
        assert span.places(np.array([span.at(place)]))[0] == pytest.approx(place, abs=1e-9)


def test_an_edge_needs_the_best_trials_to_crowd() -> None:
    near = np.array([0.097, 0.08, 0.06, 0.001, 0.002])
    found = edge(RATE, near)
    assert found is not None
    assert (found.upper, found.near, found.of, found.value) == (True, 3, 5, 0.097)
    assert found.beyond == pytest.approx(1 - math.log(0.097 / 1e-4) / math.log(1000))
    assert edge(RATE, np.array([0.097, 0.08, 0.003, 0.001, 0.002])) is None, "two of five are no crowd"
    assert edge(RATE, near[:4]) is None and edge(replace(RATE, declared=False), near) is None
    low = edge(Range(1.0, 2.0), np.array([1.01, 1.02, 1.03, 1.9, 1.8]))
    assert low is not None and not low.upper
    assert edge(Range(0.0, 1.0), np.array([0.01, 0.02, 0.03, 0.9, 0.8])) is None, "nothing lies below none at all"


def test_of_a_few_values_the_last_one_is_the_end() -> None:
    assert edge(Range(1, 6, step=1), np.array([6.0, 6, 6, 2, 1])) is not None
    assert edge(Range(1, 6, step=1), np.array([5.0, 6, 6, 6, 6])) is None
    assert edge(Range(1, 4, step=1), np.array([4.0, 4, 4, 4, 4])) is None, "half of four values are ends"


def test_a_parameter_that_does_not_matter_is_seldom_at_an_edge() -> None:
    draws = np.random.default_rng(0).random((4000, 5))
    share = sum(edge(Range(-1.0, 0.0), draw - 1) is not None for draw in draws) / 4000
    assert share == pytest.approx(0.2 * (1 - 0.75**4 - 4 * 0.25 * 0.75**3), abs=0.01)


def test_more_ranges_need_a_denser_crowd() -> None:
    """By chance three of five crowd in 5.2 % of the parameters, four in 1.0 %, all in 0.08 %."""
    assert [crowd(ranges) for ranges in (1, 2, 3, 14, 15)] == [3, 3, 4, 4, 5]
    near = np.array([0.097, 0.08, 0.06, 0.001, 0.002])
    assert edge(RATE, near, 3) is not None and edge(RATE, near, 4) is None


def test_the_longest_stretch_without_a_trial() -> None:
    share, low, high = bare(RATE, np.array([1e-4, 1e-3, 0.1]))
    assert (share, low, high) == pytest.approx((2 / 3, 1e-3, 0.1))
    assert bare(Range(0, 10), np.array([5.0]))[0] == 0.5


def test_names_that_answer_to_each_other_are_drawn_together() -> None:
    names = ["optimizer", "optimizer.adam.learning_rate", "optimizer.sgd.learning_rate", "model.mlp.layers"]
    assert [shared_name(name, names) for name in names] == [
        "optimizer", "optimizer.*.learning_rate", "optimizer.*.learning_rate", "model.mlp.layers",
    ]  # fmt: skip


def drawn(rates: list[float], ends: tuple[float, float] = (1e-4, 1e-1), **tags: str) -> Planted:
    """Trials whose loss falls with their learning rate."""
    trials = []
    for number, rate in enumerate(rates):
        floor = 0.5 - 0.1 * math.log10(rate / ends[0])
        curves = {"val_loss": [1.0 + floor, floor], "train_eval_loss": [1.0, floor]}
        trials.append(Trial(number, {"optimizer.adam.learning_rate": rate}, curves, phase="random"))
    ranges = json.dumps({"optimizer.adam.learning_rate": [*ends, "log"]})
    return Planted("drawn", trials, {"sweeper.ranges": ranges, "sweeper.sampler": "random", **tags})


def test_a_rate_at_the_edge_is_named_with_what_to_do(read: Read) -> None:
    subject = Subject(read(drawn([10 ** (-4 + 3 * place / 19) for place in range(20)])))
    section = trust(subject)
    assert section is not None
    assert (
        "The best optimizer.adam.learning_rate, 0.1, lies at the top of its range (0.0001 to 0.1), and 5 of the best 5 trials "
        "lie near that end: widen it before concluding."
    ) in section.sentences
    assert section.sentences[0] == "1 of 6 checks found something to look at; 1 could not be made."
    assert [cell.text for cell in section.blocks[0].rows[0]][1:3] == ["look", "upper end, 0.1"]  # type: ignore[union-attr]


def test_each_choice_has_edges_of_its_own(read: Read) -> None:
    sweep = compared(blocks=12, kinds=("sgd", "adam"))
    ends = {"optimizer.sgd.learning_rate": [1e-2, 1.0, "log"], "optimizer.adam.learning_rate": [1e-4, 1e-1, "log"]}
    subject = Subject(read(replace(sweep, tags={**sweep.tags, "sweeper.ranges": json.dumps(ends)})))
    assert {(one.parameter, one.choice) for one in crowded(subject)} <= {(name, name.split(".")[1]) for name in ends}
    [grid] = axis_plots(subject)
    assert [chart.x.label for chart in grid.charts] == ["optimizer.*.learning_rate"]
    crosses = [mark for mark in grid.charts[0].marks if isinstance(mark, Points) and mark.mark == "cross"]
    assert sum(len(mark.x) for mark in crosses) == int((subject.trials["reason"] == "diverged").sum()) > 0


def test_pruned_trials_and_few_trials_are_looked_at(plain: SweepFrames) -> None:
    found = {check.what: check for check in checks(Subject(plain))}
    assert found["Best trials inside the ranges"].found == "ranges not recorded"
    assert found["Trials per searched parameter"].status == LOOK
    assert found["Baseline beaten"].found.startswith("place ")
    section = trust(Subject(plain))
    assert section is not None and "found something to look at" in section.sentences[0]


def test_much_divergence_and_pruning_is_said(read: Read) -> None:
    sweep = searched(trials=12)
    trials = [
        replace(trial, state="PRUNED", reason="diverged", curves={"val_loss": [2.0, math.nan]}) if trial.number < 6 else trial
        for trial in sweep.trials
    ]
    found = {check.what: check for check in checks(Subject(read(replace(sweep, trials=trials))))}
    assert (found["Diverged"].status, found["Diverged"].found) == (LOOK, "6 of 12")
    assert "6 of 12 trials diverged" in found["Diverged"].sentence


def test_many_trials_are_drawn_as_a_sample_that_has_the_best(read: Read) -> None:
    subject = Subject(read(drawn([1e-3 * 1.001**place for place in range(60)])))
    whole = subject.frames.trials
    many = pd.concat([whole.assign(number=whole["number"] + 60 * copy) for copy in range(30)], ignore_index=True)
    large = Subject(replace(subject.frames, trials=many))
    [grid] = axis_plots(large)
    assert sum(len(mark.x) for mark in grid.charts[0].marks if isinstance(mark, Points)) == 1000
    assert "A sample of 1800." in grid.caption.trials
    assert grid == axis_plots(large)[0]


def test_a_check_that_could_not_be_made_is_not_counted_as_one_that_found_nothing() -> None:
    fine, unknown = Check("a", "b", "c", FINE), Check("a", "b", "c", UNKNOWN)
    look = Check("a", "b", "c", LOOK, "Look at it.")
    assert trust_sentences([fine, fine]) == ["2 checks found nothing that speaks against the sweep."]
    assert trust_sentences([fine, unknown]) == ["1 check found nothing that speaks against the sweep; 1 could not be made."]
    assert trust_sentences([fine, unknown, look]) == [
        "1 of 2 checks found something to look at; 1 could not be made.",
        "Look at it.",
    ]


def test_a_claim_against_a_choice_that_was_held_back_is_weaker(read: Read) -> None:
    """sgd ends worse in every block, and its best trials lie at the end of its range."""
    made = []
    for block in range(14):
        for place, kind in enumerate(("adam", "sgd")):
            quantile = (block + 0.5) / 14
            rate = 10 ** (-3 + 2 * quantile)
            floor = 0.1 + 0.01 * (block % 3) if kind == "adam" else 0.9 - 0.3 * quantile
            curves = {"val_loss": [2.0] * 5 + [floor] * 15, "train_eval_loss": [2.0] * 5 + [floor] * 15}
            params = {"optimizer": kind, f"optimizer.{kind}.learning_rate": f"{rate:.6g}"}
            made.append(Trial(2 * block + place, params, curves, block=block))
    ranges = {f"optimizer.{kind}.learning_rate": [1e-3, 0.1, "log"] for kind in ("adam", "sgd")}
    sweep = Planted("held", made, {"sweeper.compare": "optimizer"})
    sure = Subject(read(sweep))
    weak = Subject(read(replace(sweep, name="weak", tags={**sweep.tags, "sweeper.ranges": json.dumps(ranges)})))
    [(said, row)], [(less, _)] = told_pairs(sure), told_pairs(weak)
    assert (row["a"], row["verdict"]) == ("adam", "better")
    assert said.startswith("adam did clearly better than sgd: ")
    assert less.startswith("adam did better than sgd: ")
    assert "The best optimizer.sgd.learning_rate of sgd, 0.0848, lies in the top 4\u00a0% of its range" in less
    assert less.endswith(": a wider one may do better.")
    assert {finding.section for finding in findings(weak)} >= {"choices", "trust", "budget", "importance", "winner"}


def test_whether_choices_were_tried_alike_may_not_be_known() -> None:
    """A sweep of unknown design says that it is not known, and not that they were not."""
    rows = [trial(number, 0.1 * number, {"optimizer": "ab"[number % 2]}, choice="ab"[number % 2]) for number in range(8)]
    subject = subject_of(rows, "", "someone", compare=("optimizer",), searched=("optimizer",))
    [check] = [one for one in checks(subject) if one.what == "Choices tried alike"]
    assert (check.status, check.found) == (LOOK, "not known")
    assert check.sentence.endswith("are no fair comparison by themselves: how the trials were drawn is not known.")
