"""Sweeps side by side: what they share, what may be compared of them, and what differs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sweeper.records import Objective
from sweeper.reporting.frames import SweepFrames, read_frames
from sweeper.reporting.side_by_side.contests import contests, why_not
from sweeper.reporting.side_by_side.parameters import differing
from sweeper.reporting.side_by_side.sections import sections_of
from sweeper.reporting.side_by_side.several import Several
from sweeper.reporting.side_by_side.written import compared_json, compared_text, write_compared
from sweeper.reporting.statistics.verdict import BETTER
from sweeper.reporting.story.blocks import Chart
from tests.reporting.synthetic import Planted, Trial, plant

Known = dict[str, SweepFrames]
TAGS = {"sweeper.sampler": "random", "sweeper.design": "", "sweeper.searched": "rate", "sweeper.seed": "1"}


def trial(number: int, floor: float, rate: float, **more: object) -> Trial:
    values = [floor + 0.5 / epoch for epoch in range(1, 13)]
    return Trial(number, {"rate": rate, "width": 8}, {"val_loss": values}, phase="random", **more)


def drawn(name: str, floors: Sequence[float], **tags: str) -> Planted:
    """A sweep of independent draws whose trials end at `floors` (plus 1/24)."""
    place = sum(map(ord, name))
    trials = [trial(number, floor, 0.001 * (place + number)) for number, floor in enumerate(floors)]
    return Planted(name, trials, {**TAGS, **{f"sweeper.{key}": value for key, value in tags.items()}}, {"budget.epochs": 12})


def spread(start: float, n: int = 12) -> list[float]:
    return [start + 0.01 * number for number in range(n)]


@pytest.fixture(scope="module")
def known(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SweepFrames]:
    """Sweeps that are read once: `a`, `b` worse by 0.06, `c` far worse."""
    folder = tmp_path_factory.mktemp("beside")
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    for name, start, seed in (("a", 0.3, "1"), ("b", 0.36, "2"), ("c", 0.9, "3")):
        plant(uri, drawn(name, spread(start), seed=seed), folder)
    return {name: read_frames(name, uri) for name in "abc"}


@pytest.fixture
def several(fresh: str, tmp_path: Path) -> Callable[..., Several]:
    """Sweeps that are written for one test."""

    def planted(*sweeps: Planted) -> Several:
        for sweep in sweeps:
            plant(fresh, sweep, tmp_path)
        return Several.of([read_frames(sweep.name, fresh) for sweep in sweeps])

    return planted


def changed(frames: SweepFrames, **changes: object) -> SweepFrames:
    """The same trials under a parent run that says something else."""
    return replace(frames, sweep=replace(frames.sweep, **changes))


def frames_of(found: Several) -> list[SweepFrames]:
    return [subject.frames for subject in found.subjects]


def test_two_independent_sweeps_are_compared_over_their_trials(known: Known):
    floors = np.array(spread(0.3)), np.array(spread(0.36))
    [row] = contests(Several.of([known["a"], known["b"]])).to_dict("records")
    u = stats.mannwhitneyu(floors[1], floors[0])
    assert (row["a"], row["b"], row["n_a"], row["n_b"], row["why"]) == ("a", "b", 12, 12, "")
    assert row["wins"] == pytest.approx(u.statistic / 144) and row["p"] == pytest.approx(u.pvalue)
    assert row["shift"] == pytest.approx(0.06)
    assert row["shift_low"] <= 0.06 <= row["shift_high"] and row["wins_low"] < row["wins"] < row["wins_high"]


def test_one_that_is_better_is_called_so_whichever_comes_first(known: Known):
    for pair in ("ac", "ca"):
        [row] = contests(Several.of([known[name] for name in pair])).to_dict("records")
        assert (row["a"], row["verdict"], row["wins"]) == ("a", BETTER, 1.0)
    assert "a did clearly better than c" in compared_text([known["c"], known["a"]], 400)


def test_three_sweeps_are_corrected_for_three_comparisons(known: Known):
    rows = contests(Several.of([*known.values()]))
    assert len(rows) == 3 and (rows["p_holm"] >= rows["p"]).all() and (rows["p_holm"] > rows["p"]).any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objective": Objective("val_accuracy", True)}, "do not seek the same"),
        ({"objective": Objective("val_loss", True)}, "do not seek the same"),
        ({"data": {"name": "digits", "digest": "aaaa"}}, "their data differ"),
        ({"data": {"name": "other"}}, "their data differ"),
        ({"data": {"name": "digits"}}, "not recorded"),
        ({"sampler": "tpe"}, "of b the sampler looked at outcomes"),
        ({"sampler": "paired"}, "of b the trials were drawn in blocks"),
        ({"sampler": "grid"}, "of b the trials are a grid"),
        ({"sampler": "mine"}, "of b how the trials were drawn is not known"),
        ({"status": "RUNNING"}, "of b trials are still to come"),
    ],
)
def test_what_may_not_be_compared_is_not(known: Known, changes: dict[str, object], words: str):
    pair = [known["a"], changed(known["b"], **changes)]
    assert words in why_not(Several.of(pair), 0, 1)
    told = compared_text(pair, 400)
    assert "No sweep is called better" in told and words in told and "win probability" not in told


def test_pruned_trials_and_equal_draws_forbid_it_too(known: Known):
    trials = known["b"].trials.copy()
    trials.loc[3, ["state", "reason"]] = "PRUNED", "pruner"
    rates = known["a"].trials["params.rate"]
    again = replace(changed(known["c"], seed="1"), trials=known["c"].trials.assign(**{"params.rate": rates}))
    found = Several.of([known["a"], replace(known["b"], trials=trials), again])
    assert "pruned" in why_not(found, 0, 1)
    assert "same trials from the same seed" in why_not(found, 0, 2)


def test_values_on_other_data_are_not_ranked(known: Known):
    pair = [known["a"], changed(known["b"], data={"name": "other", "digest": "aaaa"})]
    told = compared_text(pair, 400)
    assert "The best validation loss" not in told and "No value of one is held against a value of another" in told
    assert Several.of(pair).target is None


def test_the_common_target_is_the_median_of_all_bests(known: Known):
    found = Several.of([known["a"], known["b"]])
    bests = np.array([*spread(0.3), *spread(0.36)]) + 0.5 / 12
    assert found.target == pytest.approx(np.median(bests))
    a, b = found.reached(0), found.reached(1)
    assert int(a.notna().sum() + b.notna().sum()) == 12
    expected = [next(t for t in range(1, 13) if floor + 0.5 / t <= found.target + 1e-12) for floor in spread(0.3)[:3]]
    assert a.iloc[:3].tolist() == expected


def test_a_target_that_all_name_is_taken(known: Known):
    named = [changed(known[name], about={"target": "0.5"}) for name in "ab"]
    assert Several.of(named).target == 0.5


def test_curves_that_count_other_things_are_not_timed(known: Known):
    pair = [known["a"], changed(known["b"], about={"unit": "step"})]
    assert Several.of(pair).target is None and "do not count the same" in compared_text(pair, 400)


def test_shared_choices_have_their_medians(known: Known):
    def chosen(frames: SweepFrames, choices: Sequence[str]) -> SweepFrames:
        kinds = [choices[place % len(choices)] for place in range(len(frames.trials))]
        trials = frames.trials.assign(choice=kinds, **{"params.kind": kinds})
        return replace(changed(frames, compare=("kind",)), trials=trials)

    found = Several.of([chosen(known["a"], ("x", "y")), chosen(known["b"], ("y", "z"))])
    assert found.common_choices == ["y"]
    [section] = [section for section in sections_of(found) if section.key == "choices"]
    assert [cell.text for cell in section.blocks[0].rows[0]] == ["y", "0.402", "0.452"]


def test_only_what_differs_is_listed(known: Known):
    other = replace(known["b"], trials=known["b"].trials.assign(**{"params.depth": 3}))
    found = Several.of([known["a"], changed(other, fixed={"budget.epochs": "24", "clip": "1.0"})])
    assert differing(found) == ["rate", "depth", "budget.epochs", "clip"]


def test_all_of_it_as_json_and_as_a_page(known: Known, tmp_path: Path):
    wild = "<script>alert(1)</script>"
    pair = [known["a"], changed(known["b"], name=wild)]
    told = json.loads(json.dumps(compared_json(pair)))
    assert [one["sweep"] for one in told["sweeps"]] == ["a", wild]
    assert told["sweeps"][0]["best"] == {"trial": 0, "value": pytest.approx(0.3 + 0.5 / 12)}
    assert told["same_objective"] and told["same_data"] and told["comparisons"][0]["n_a"] == 12
    page = write_compared(pair, tmp_path / "out")
    text = page.read_text()
    assert "Sweeps compared" in text and "<script>alert" not in text and "trials.csv" not in text
    assert (tmp_path / "out" / "report.md").is_file()
    first = page.read_bytes()
    assert write_compared(pair, tmp_path / "out").read_bytes() == first


def test_sweeps_without_a_complete_trial_are_told(several: Callable[..., Several], known: Known):
    failed = Planted("lost", [trial(0, 0.3, 0.1, state="FAILED", reason="error")], TAGS)
    found = several(Planted("none", [], TAGS), failed)
    told = compared_text([known["a"], *frames_of(found)], 400)
    assert "no trials of both" in told and "0 of 1" in told


def test_each_pair_is_judged_by_itself(known: Known):
    other = changed(known["c"], objective=Objective("val_accuracy", True), data={"name": "own", "digest": "bbbb"})
    found = Several.of([other, known["a"], known["b"]])
    assert [why_not(found, *pair) for pair in ((0, 1), (0, 2), (1, 2))] == ["they do not seek the same"] * 2 + [""]
    told = compared_text([other, known["a"], known["b"]], 2000)
    assert "They do not all seek the same: c maximizes val_accuracy; a and b minimize val_loss." in told
    assert "They do not all have the same data: c own (bbbb); a and b digits" in told
    assert "Took: from the first trial to the end, without starting up" in told
    assert "The best validation loss, lowest first: a 0.342 (trial 0, of 12), b 0.402 (trial 0, of 12)." in told
    assert "Shift of validation loss" in told and "No sweep is called better" not in told
    [pair] = [row for row in compared_json(frames_of(found))["comparisons"] if not row["why"]]
    assert (pair["a"], pair["b"]) == ("a", "b")
    assert pair["wins"] == compared_json([known["a"], known["b"]])["comparisons"][0]["wins"]


def test_data_that_one_of_three_does_not_record_leave_the_others_comparable(known: Known):
    found = Several.of([known["a"], known["b"], changed(known["c"], data={"name": "digits"})])
    assert [why_not(found, *pair) for pair in ((0, 1), (0, 2))] == ["", "whether they had the same data is not recorded"]
    assert "only those that are known to have the same are set against each other" in found.unlike[0]


def test_of_three_of_which_two_are_comparable_these_have_common_figures(known: Known):
    """The two keep the colours that they have beside the third."""
    other = changed(known["c"], objective=Objective("val_accuracy", True), data={"name": "own", "digest": "bbbb"})
    sections = {section.key: section for section in sections_of(Several.of([other, known["a"], known["b"]]))}
    [values] = [block for block in sections["sweeps"].blocks if isinstance(block, Chart)]
    assert {mark.colour for mark in values.marks} == {1, 2} and [text for _, text in values.y.ticks] == ["a", "b"]
    alone = {section.key: section for section in sections_of(Several.of([known["a"], known["b"]]))}
    both = alone["speed"].sentences[0].replace("target is", "target of a and b is")
    assert sections["speed"].sentences == (both, *alone["speed"].sentences[1:])
    assert [type(block) for block in sections["speed"].blocks] == [type(block) for block in alone["speed"].blocks]


def test_two_parts_have_figures_of_their_own(known: Known):
    """a and b seek the loss; the other two, which are made of c, another metric."""
    more = [changed(known["c"], name=name, objective=Objective("val_other", False), data={"name": "own"}) for name in "cd"]
    sections = {section.key: section for section in sections_of(Several.of([known["a"], known["b"], *more]))}
    keys = [block.key for section in sections.values() for block in section.blocks if isinstance(block, Chart)]
    assert keys[:2] == ["values", "values-2"] and len(keys) == len(set(keys))
