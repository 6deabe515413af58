"""The methods paragraph: every word holds for the sweep it is about, and nothing is cited that was not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sweeper.reporting import SweepFrames
from sweeper.reporting.story.account.cited import used
from sweeper.reporting.story.account.method import method
from sweeper.reporting.story.account.works import TWEEDIE, WILSON
from sweeper.reporting.story.blocks import Facts, Table
from sweeper.reporting.story.subject import Subject
from tests.reporting.refining.sweeps import SPACE, subject_of, trial
from tests.reporting.synthetic import Planted, searched


def paragraph(frames: SweepFrames) -> str:
    section = method(Subject(frames))
    assert section is not None
    return " ".join(section.sentences)


def facts(frames: SweepFrames) -> list[dict[str, str]]:
    section = method(Subject(frames))
    assert section is not None
    return [dict(block.rows) for block in section.blocks if isinstance(block, Facts)]


def test_a_paired_comparison(optimizers: SweepFrames) -> None:
    said = paragraph(optimizers)
    assert "The data set digits (digest 5f0c83) was split into 1,077 training, 360 validation and 360 test rows." in said
    assert "18 configurations were tried in 6 blocks: in each, every one of 3 choices of optimizer was trained once" in said
    assert "(seed 7)" in said
    assert "17 of 18 configurations completed and 1 diverged and count as worse than any other." in said
    assert "Wilcoxon's test (1945)" in said
    assert "corrected for 3 comparisons (Holm 1979)" in said
    assert "Keras 3.15.0" in said
    assert "pruner" not in said
    assert "Parzen" not in said


def test_a_plain_search(plain: SweepFrames) -> None:
    said = paragraph(plain)
    assert "23 configurations were tried, proposed by a tree-structured Parzen estimator (Bergstra et al. 2011)" in said
    assert "after 9 that were drawn at random" in said
    assert "before these the baseline was trained" in said
    assert "the pruner asha (Li et al. 2020) stopped" in said
    assert "Wilcoxon" not in said
    assert "Holm" not in said


@pytest.mark.parametrize("frames", ["optimizers", "plain", "folds"])
def test_what_is_cited_is_listed_and_nothing_else(request: pytest.FixtureRequest, frames: str) -> None:
    found: SweepFrames = request.getfixturevalue(frames)
    said, works = paragraph(found), facts(found)[0]
    for key in works:
        name, year = key.split()
        assert name in said
        assert year in said


@pytest.mark.parametrize(
    ("rung", "names"),
    [
        ("blocks", {"Hodges", "Wilson", "Wilcoxon", "Pratt"}),
        ("independent draws", {"Hodges", "Vargha", "Mann", "Efron"}),
        ("startup trials", {"Hodges", "Vargha", "Mann", "Efron"}),
        ("matched pairs", {"Gower", "Abadie", "Wilcoxon"}),
        ("standardisation", {"Robinson", "Chernozhukov"}),
    ],
)
def test_what_a_comparison_stands_on_is_what_is_cited(optimizers: SweepFrames, rung: str, names: set[str]) -> None:
    subject = Subject(optimizers)
    subject.__dict__["pairs"] = subject.pairs.assign(rung=rung)
    rest = {WILSON, TWEEDIE}  # of shares, and of the leader
    works = {work for one in used(subject) for work in one.works if one.sentence} - rest
    cited = {work.partition(",")[0] for work in works}
    every = {"Hodges", "Wilson", "Wilcoxon", "Pratt", "Vargha", "Mann", "Efron", "Gower", "Abadie", "Robinson", "Chernozhukov"}
    assert cited & every == names - {"Wilson"}


def test_what_curves_are_read_by_is_cited(optimizers: SweepFrames) -> None:
    said, works = paragraph(optimizers), facts(optimizers)[0]
    assert {"Wilson 1927", "Hampel 1974", "Gasser 1986", "Spearman 1904", "Kendall 1945", "Fieller 1957", "Efron 2011"} <= {
        *works
    }
    assert "Shares of trials have the interval of Wilson (1927)" in said
    assert "Glorot" not in said, "no layers were looked at"


def test_what_was_not_read_off_curves_is_not_cited() -> None:
    said = paragraph(subject_of([trial(n, 1.0 + n) for n in range(3)]).frames)
    assert not any(name in said for name in ("Spearman", "Kendall", "Jiang", "Glorot", "learning rates"))
    still = paragraph(subject_of([trial(n, 1.0 + n, noise=None) for n in range(3)]).frames)
    assert "Hampel" in said and "Efron" in said
    assert "Hampel" not in still and "Efron" not in still


def test_repeats_and_folds(folds: SweepFrames) -> None:
    said = paragraph(folds)
    assert "was cross-validated in 3 folds" in said
    assert "Trainings had 20 epochs at most with 2 seeds x 3 folds each; early stopping ended 1 of 48 before." in said
    assert "the mean over 2 seeds x 3 folds" in said
    assert "failed and are left out" in said


def test_of_another_programs_curves_nothing_is_said_that_is_not_known(read: Callable[[Planted], SweepFrames]) -> None:
    frames = read(searched(trials=12))
    frames = replace(frames, sweep=replace(frames.sweep, about={"imported": "curves.csv"}, sampler="", pruner=""))
    said = paragraph(frames)
    assert "made by another program" in said
    assert "penalty" not in said
    assert "Trainings had" not in said
    assert not any("To do it again" in rows for rows in facts(frames))


def test_the_command_is_the_one_that_was_typed() -> None:
    rows = [trial(n, 1.0 + n) for n in range(3)]
    about = {"overrides": '["budget.trials=9", "optimizer={choice: [adam, sgd]}"]', "workers": "2", "backend": "tensorflow"}
    last = facts(subject_of(rows, about=about, source="my space.yaml").frames)[-1]
    assert last["To do it again"] == (
        "sweep run 'my space.yaml' --set budget.trials=9 --set 'optimizer={choice: [adam, sgd]}' --seed 3 --workers 2 "
        "--backend tensorflow"
    )
    assert len(last["Space, SHA-256"]) == 64
    assert "To do it again" not in facts(subject_of(rows).frames)[-1]


def test_what_was_done_to_the_data_comes_from_the_space() -> None:
    rows = [trial(n, 1.0 + n) for n in range(3)]
    assert "Inputs were standardized" in paragraph(subject_of(rows).frames)
    plain = SPACE.replace("data: digits", "data: {digits: {standardize: false, label_noise: 0.3, train_rows: 500}}")
    said = paragraph(subject_of(rows, plain).frames)
    assert "standardized" not in said
    assert "The classes of a share of 0.3 of the training rows were drawn at random; 500 training rows were kept." in said


def test_ranges_that_were_declared_and_those_that_only_the_trials_tell() -> None:
    rows = [trial(n, 1.0 + n, {"optimizer.adam.learning_rate": 1e-3 * (n + 1)}) for n in range(3)]
    assert "optimizer.adam.learning_rate from 0.0001 to 0.01 (logarithmic)" in paragraph(subject_of(rows).frames)
    assert "optimizer.adam.learning_rate (values from 0.001 to 0.003)" in paragraph(subject_of(rows, ranges={}).frames)


def test_the_constants_are_those_of_the_rules(optimizers: SweepFrames, plain: SweepFrames) -> None:
    for frames, name in ((optimizers, "level"), (plain, "rise that is overfitting")):
        section = method(Subject(frames))
        assert section is not None
        [table] = [block for block in section.blocks if isinstance(block, Table)]
        assert name in {row[0].text for row in table.rows}


def test_without_trials_there_is_no_method(read: Callable[[Planted], SweepFrames]) -> None:
    assert method(Subject(read(Planted("none", [])))) is None


def test_means_to_a_target_are_cited_with_what_is_otherwise_here(optimizers: SweepFrames, plain: SweepFrames) -> None:
    """In `plain` the pruner stopped trials, in `optimizers` none."""
    assert "restricted means (Royston and Parmar 2013)" in paragraph(optimizers)
    assert "Aalen" not in paragraph(optimizers) and "Royston 2013" in facts(optimizers)[0]
    assert "where trials stopped early there are two: one as if they had never come" in paragraph(plain)
    assert {"Royston 2013", "Aalen 1978"} <= facts(plain)[0].keys()
