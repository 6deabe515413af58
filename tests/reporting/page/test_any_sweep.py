"""A report is written whatever the sweep looks like, and says what cannot be said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.reporting import SweepFrames, section_text, write_report
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from tests.reporting.page.cases import CASES
from tests.reporting.page.inert import assert_inert, every_section
from tests.reporting.synthetic import Planted, Trial, compared, searched

Read = Callable[[Planted], SweepFrames]


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("case", CASES)
def test_whatever_the_sweep_a_report_is_written(case_of: Callable[[str], SweepFrames], tmp_path: Path, case: str):
    frames = case_of(case)
    report = write_report(frames, tmp_path / "out")
    page = report.index.read_text()
    assert_inert(page)
    text = page + report.markdown.read_text() + every_section(frames, 80)
    assert not re.search(
        r"\bnan\b|\binf\b|None|<NA>|NaT", re.sub(r"<svg.*?</svg>|<script>.*?</script>|not a number", "", text, flags=re.DOTALL)
    ), case


@pytest.mark.parametrize(
    ("case", "section", "words"),
    [
        ("one trial", "summary", "nothing can be compared"),
        ("no trial", "summary", "No trial of this sweep has been started"),
        ("one running", "summary", "No trial is complete (1 running)"),
        ("all diverged", "summary", "All 3 trials diverged"),
        ("all failed", "convergence", "no trial has ended"),
        ("diverged at once", "convergence", "no trial has a finite val_loss"),
        ("no training curve", "overfitting", "The gap of the best trial is not known: no training value there"),
        ("no validation part", "summary", "3 trials ran to the end, but none logged a finite val_loss"),
        ("no validation part", "overfitting", "No complete trial logged val_loss over its epochs"),
        ("no validation part", "convergence", "no trial has a finite val_loss"),
        ("some running", "run", "3 of 5 trials ran to their end"),
        ("maximized", "summary", "has the highest validation accuracy of 4 complete trials"),
        ("repeats", "summary", "0.500 ± 0, the mean of 2 seeds and their standard deviation"),
        ("repeats", "run", "3 of 3 trials ran to their end, none was lost. Each was trained with 2 seeds (6 trainings)"),
    ],
)
def test_what_cannot_be_said_is_said(case_of: Callable[[str], SweepFrames], case: str, section: str, words: str):
    assert words in " ".join(section_text(case_of(case), section, 300).split())


def test_what_was_searched_is_what_the_sweep_says_also_of_a_single_trial(read: Read):
    once = searched(trials=1)
    params = {**once.trials[0].params, "optimizer.adam.amsgrad": "false"}
    named = {**once.tags, "sweeper.searched": "optimizer.adam.learning_rate, regularization.dropout"}
    one = replace(once, trials=[replace(once.trials[0], params=params)], tags=named)
    assert Subject(read(one)).searched == ["optimizer.adam.learning_rate", "regularization.dropout"]


def test_a_baseline_that_was_pruned_has_no_value(read: Read):
    sweep = searched(trials=4)
    first = replace(sweep.trials[0], state="PRUNED", reason="pruner")
    frames = read(replace(sweep, trials=[first, *sweep.trials[1:]]))
    [shown] = [number for number in tell(Subject(frames), ()).numbers if number.label == "baseline"]
    assert (shown.value, shown.note) == ("–", "trial 0, which did not complete")


def test_the_gain_over_the_baseline_and_what_failed(plain: SweepFrames):
    text = " ".join(section_text(plain, "summary", 200).split())
    base, best = plain.trials.loc[0, "value"], plain.trials.loc[plain.trials["state"] == "COMPLETE", "value"].min()
    assert f"below the baseline, trial 0, which reached {base:.3f}" in text
    assert f"{base - best:.3f} (" in text
    assert "trial 21 (out_of_memory)" in section_text(plain, "run", 200)


def test_the_median_of_the_table_is_the_epoch_by_which_half_are_there(read: Read):
    quick, slow = {"val_loss": [0.4, 0.3, 0.1]}, {"val_loss": [0.9, 0.8, 0.7]}
    frames = read(Planted("s", [Trial(n, {}, quick if n < 2 else slow) for n in range(4)]))
    text = section_text(frames, "convergence", 200)
    assert "Half of the trials were there by epoch 1." in text
    assert re.search(r"0\.400 50\u00a0% of trials +2/4 \[15, 85\] % +1 +2 +", text)
    assert re.search(r"0\.100 25\u00a0% of trials +2/4 \[15, 85\] % +3 +3 +", text)


@pytest.mark.usefixtures("undrawn")
def test_independent_draws_are_reported(read: Read, tmp_path: Path):
    """A random sweep whose choices differ in speed too: every section and every finding has something to say of it."""
    sweep = compared(blocks=14)
    drawn = [replace(trial, block=None, phase="random") for trial in sweep.trials]
    frames = read(replace(sweep, trials=drawn, tags={**sweep.tags, "sweeper.sampler": "random", "sweeper.design": ""}))
    assert write_report(frames, tmp_path / "out").findings
    assert " against 1" in section_text(frames, "convergence", 200)
