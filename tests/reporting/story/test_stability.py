"""Stability: the range of good learning rates on made-up floors, and what the section says, with counts and intervals."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sweeper.reporting import SweepFrames, read_sweep, section_text
from sweeper.reporting.statistics.rates import Rates, rates_of, too_few
from sweeper.reporting.story.blocks import Chart, Points, Table
from sweeper.reporting.story.dynamics.rates import arms, rate_sentences
from sweeper.reporting.story.dynamics.stability import stability, stability_sentences
from sweeper.reporting.story.dynamics.stability_table import diverged_counts
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.shares import share_words
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial, plant

RATES = 10 ** np.linspace(-4, 0, 36)


def floor(rates: np.ndarray, best: float, width: float, apart: float = math.inf) -> np.ndarray:
    """A flat floor of `width` decades around `best`, steep walls beside it, divergence from `apart` on."""
    off = np.maximum(np.abs(np.log10(rates / best)) - width / 2, 0)
    return np.where(rates >= apart, math.inf, 0.1 + off)


def found(y: np.ndarray, tolerance: float = 0.005, rates: np.ndarray = RATES) -> Rates:
    rates_found = rates_of(rates, y, tolerance, float(rates.min()), float(rates.max()))
    assert rates_found is not None
    return rates_found


@pytest.mark.parametrize("width", [0.5, 1.0, 2.0])
def test_the_width_is_that_of_the_floor_to_a_step(width: float) -> None:
    one = found(floor(RATES, 10**-2, width))
    assert one.width == pytest.approx(width, abs=2 * one.step) and one.step == 0.4
    assert one.good_low < one.best < one.good_high
    assert (one.edge, one.open_low, one.open_high, one.apart, one.diverged) == ("", False, False, math.inf, 0)


def test_training_comes_apart_at_the_first_step_of_which_half_diverged() -> None:
    one = found(floor(RATES, 10**-3, 0.5, apart=10**-1.2))
    assert one.apart == RATES[RATES >= 10**-1.2].min()
    assert one.margin == pytest.approx(math.log10(one.apart / one.best))
    assert one.diverged == int((RATES >= 10**-1.2).sum())
    once = floor(RATES, 10**-3, 0.5)
    once[30] = math.inf
    assert found(once).apart == math.inf, "one of three is not half"
    below = floor(RATES, 10**-1, 0.5)
    below[:6] = math.inf
    assert found(below).apart == math.inf, "what diverged below the best rate says nothing of larger ones"


@pytest.mark.parametrize(("best", "edge"), [(10**-0.2, "high"), (10**-3.9, "low"), (10**-2, "")])
def test_a_best_rate_at_the_end_of_the_range_is_said(best: float, edge: str) -> None:
    one = found(floor(RATES, best, 0.0))
    assert one.edge == edge
    assert one.open_high == (edge == "high") and one.open_low == (edge == "low")


def test_a_step_that_diverged_by_half_is_not_good_however_good_the_rest() -> None:
    y = floor(RATES, 10**-2, 4.0)
    y[[20, 21]] = math.inf
    one = found(y)
    assert one.good_high < RATES[20] < 10 ** (math.log10(one.good_high) + one.step)
    assert one.apart == math.inf, "of the trials from there on few diverged"
    y[20:] = math.inf
    assert found(y).apart == RATES[20]


def test_eight_rates_over_a_decade_and_a_half_are_needed() -> None:
    assert too_few(RATES[:7], 0.01, 1.0) and too_few(np.repeat(RATES[:7], 5), 0.01, 1.0) and too_few(RATES, 0.1, 3.0)
    assert not too_few(RATES[:8], 0.1, 3.17)
    assert rates_of(RATES[:5], np.ones(5), 0.1, 1e-4, 1.0) is None
    assert rates_of(RATES, np.full(36, math.inf), 0.1, 1e-4, 1.0) is None
    assert rates_of(RATES[:0], np.ones(0), 0.1, 1e-4, 1.0) is None


def test_the_scale_of_the_loss_changes_nothing() -> None:
    random = np.random.default_rng(0)
    y = floor(RATES, 10**-2, 1.0, 10**-0.5) + 0.01 * random.random(36)
    assert found(1000 * y, 5.0) == found(y, 0.005)


# The section -----------------------------------------------------------------------------------------------------------------


def swept(maximize: bool) -> Planted:
    """A careful choice whose floor is wide, and a wild one of which what is above 0.03 diverges; 18 blocks."""
    rates, trials = 10 ** np.linspace(-4, -0.4, 18), []
    random = np.random.default_rng(5)
    key = "accuracy" if maximize else "loss"
    for block, rate in enumerate(rates):
        for place, choice in enumerate(("careful", "wild")):
            best = floor(np.array([rate]), 10**-2, 2.0 if choice == "careful" else 0.6)[0]
            val = best + 0.5 * np.exp(-np.arange(1, 16) / 2) + 0.002 * random.standard_normal(15)
            train = 0.5 * np.exp(-np.arange(1, 16) / 3)
            if choice == "wild" and block in (3, 4):
                train[8] += 1.0
            if choice == "wild" and block == 0:
                train = train[::-1]
            curves = {f"val_{key}": val, f"train_eval_{key}": train}
            curves = {name: list(1 - values if maximize else values) for name, values in curves.items()}
            state, reason = "COMPLETE", "finished"
            if choice == "wild" and rate > 0.03:
                state, reason = "PRUNED", "diverged"
                curves = {name: [*values[:3], math.nan] for name, values in curves.items()}
            params = {"norm": choice, "optimizer.sgd.learning_rate": f"{rate:.6g}"}
            number = 2 * block + place
            trial = Trial(number, params, curves, state, reason, block=block, maximize=maximize, objective=f"val_{key}")
            trials.append(trial)
    tags = {
        "sweeper.compare": "norm",
        "sweeper.searched": "norm, optimizer.sgd.learning_rate",
        "sweeper.sampler": "paired",
        "sweeper.objective": f"val_{key}",
        "sweeper.direction": "maximize" if maximize else "minimize",
        "sweeper.data.chance.loss": "2.302585",
        "sweeper.data.chance.accuracy": "0.1",
    }
    return Planted("rates", trials, tags)


@pytest.fixture(scope="module")
def twins(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, SweepFrames]:
    """The sweep, and its twin that is maximized."""
    folder = tmp_path_factory.mktemp("rates")
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    for maximize in (False, True):
        plant(uri, replace(swept(maximize), name=f"rates-{maximize}"), folder)
    return {maximize: read_sweep(f"rates-{maximize}", uri) for maximize in (False, True)}


@pytest.mark.parametrize("maximize", [False, True])
def test_what_is_said_of_two_choices_and_of_their_mirrored_twins(twins: dict[bool, SweepFrames], maximize: bool) -> None:
    subject = Subject(twins[maximize])
    assert diverged_counts(subject) == {"careful": (0, 18), "wild": (6, 18)}
    said = stability_sentences(subject)
    assert said[0] == "Diverged: 6 of 18 (33\u00a0% [16, 56]) with wild and 0 of 18 (0\u00a0% [0, 18]) with careful."
    assert said[1] == (
        "Training jumped up and came back within five evaluations in 2 of 30 (7\u00a0% [2, 21]) of the trials that did not "
        "diverge; jumps: 2 with wild."
    )
    assert said[2].startswith(f"At the end {subject.metric} still jitters by 0.00")
    assert said[3].startswith(
        "Training got worse by training in 1 of 30 (3\u00a0% [1, 17]) of the trials that did not diverge: 1 with wild."
    )
    careful, wild = (arm.found for arm in arms(subject))
    assert careful is not None and wild is not None
    assert careful.width == pytest.approx(2.0, abs=2 * careful.step) and wild.width == pytest.approx(0.6, abs=wild.step)
    assert (careful.apart, wild.edge) == (math.inf, "") and 0.03 < wild.apart < 0.06
    first, second = rate_sentences(subject, arms(subject))
    assert first.startswith("careful: the best learning rate is near ") and "are about as good (2.4 decades)" in first
    assert first.endswith("none diverged up to the largest, 0.40.")
    assert "wild: the best learning rate is near" in second and "half or more diverged" in second


def test_the_section_has_a_figure_with_crosses_and_tables(twins: dict[bool, SweepFrames]) -> None:
    subject = Subject(twins[False])
    section = stability(subject)
    assert section is not None
    chart, table, rates = section.blocks
    assert isinstance(chart, Chart) and isinstance(table, Table) and isinstance(rates, Table)
    points = [mark for mark in chart.marks if isinstance(mark, Points)]
    assert [(mark.mark, len(mark.x)) for mark in points] == [("dot", 18), ("dot", 12), ("cross", 6)]
    assert set(points[2].y) == {chart.y.high}
    assert points[2].says[0].startswith("trial ") and points[2].says[0].endswith("diverged")
    assert [row[1].text for row in table.rows] == ["0 of 18", "6 of 18"]
    twin = stability(Subject(twins[True]))
    assert twin is not None and isinstance(twin.blocks[0], Chart)
    assert {height for mark in twin.blocks[0].marks if mark.mark == "cross" for height in mark.y} == {twin.blocks[0].y.low}


def test_an_adaptive_sampler_says_nothing_about_rates(twins: dict[bool, SweepFrames]) -> None:
    frames = twins[False]
    subject = Subject(replace(frames, sweep=replace(frames.sweep, sampler="tpe")))
    assert rate_sentences(subject, arms(subject)) == [
        "The sampler chose learning rates by how trials did, so they do not show how wide the good range is."
    ]


def test_findings_carry_the_widths(twins: dict[bool, SweepFrames]) -> None:
    told = [finding for finding in findings(Subject(twins[False])) if finding.section == "stability"]
    assert len(told) == 6
    assert told[0].evidence["wild"] == {"diverged": 6, "ended": 18}
    assert {"best", "lr_width", "lr_edge"} == told[0].evidence["learning rates, careful"].keys()


def test_a_plain_search_is_one_row(plain: SweepFrames) -> None:
    section = stability(Subject(plain))
    assert section is not None and section.sentences[0] == "No trial diverged: 0 of 23 (0\u00a0% [0, 14])."
    assert "The sampler chose learning rates" in section_text(plain, "stability").replace("\n", " ")


def test_before_training_the_loss_is_set_against_guessing(twins: dict[bool, SweepFrames]) -> None:
    frames = twins[False]
    assert not any("guessing" in sentence for sentence in stability_sentences(Subject(frames))), "it was not logged"
    runs = frames.runs.assign(init_check=[1.0, 50.0] * 18)
    said = stability_sentences(Subject(replace(frames, runs=runs)))[-1]
    assert said.startswith(
        "Before training the loss is more than 20\u00a0% off that of guessing, 2.30, in 18 of 36 (50\u00a0% [34, 66]) of the "
        "trials (50\u00a0% in the median): 18 with wild."
    )
    said = stability_sentences(Subject(replace(frames, runs=runs.assign(init_check=3.0))))[-1]
    assert said == "Before training the loss is that of guessing, 2.30, up to 3\u00a0% (36 trainings)."


def test_trainings_of_one_configuration_have_no_interval_as_if_they_were_apart(folds: SweepFrames) -> None:
    subject = Subject(folds)
    assert share_words(3, 12) == "3 of 12 (25\u00a0% [9, 53])" and share_words(3, 12, False) == "3 of 12"
    runs = folds.runs.assign(spikes=folds.runs["spikes"].where(folds.runs["trial"] > 3, 1))
    told = next(sentence for sentence in stability_sentences(Subject(replace(folds, runs=runs))) if "jumped" in sentence)
    assert subject.repeated and "[" not in told and " of 46 of the trainings" in told
