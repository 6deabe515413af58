"""The choice or the fit: gaps at equal training by hand, and what the section says of sweeps whose truth is known."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from sweeper.reporting import SweepFrames, read_sweep, section_text
from sweeper.reporting.columns import described
from sweeper.reporting.statistics.agreement import tau_of
from sweeper.reporting.statistics.gaps import (
    BY_ITSELF,
    BY_TRAINING,
    FITS_LESS,
    NOT_DIFFERENT,
    OPEN,
    GapPair,
    gap_pairs,
    is_covered,
)
from sweeper.reporting.story.blocks import Chart, Line, Table
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.generalization.fit import fit, fit_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial, plant

BLOCKS = 10
EPOCHS = 24


def grown(random: np.random.Generator, pace: float, opening: float) -> tuple[np.ndarray, np.ndarray]:
    """Training falls from 0.9 at `pace`; the gap opens by `opening` for each tenth that training has fallen."""
    training = 0.9 * np.exp(-pace * np.arange(EPOCHS + 1))
    return training, training + opening * (0.9 - training) / 0.1 + 0.001 * random.standard_normal(EPOCHS + 1)


def judged(kinds: Mapping[str, tuple[float, float]], maximize: bool = False, name: str = "gaps") -> Planted:
    """A paired sweep of choices with a pace and an opening each, in errors between 0 and 0.9."""
    random, trials = np.random.default_rng(2), []
    for block in range(BLOCKS):
        for choice, (pace, opening) in kinds.items():
            training, validation = grown(random, pace * random.uniform(0.9, 1.1), opening * random.uniform(0.95, 1.05))
            key = "accuracy" if maximize else "loss"
            made = {f"train_eval_{key}": training, f"val_{key}": validation}
            curves = {metric: list(1 - values if maximize else values) for metric, values in made.items()}
            number = len(trials)
            trials.append(Trial(number, {"method": choice}, curves, block=block, maximize=maximize, objective=f"val_{key}"))
    tags = {
        "sweeper.compare": "method",
        "sweeper.objective": "val_accuracy" if maximize else "val_loss",
        "sweeper.direction": "maximize" if maximize else "minimize",
        "sweeper.data.chance.loss": "2.3",
        "sweeper.data.chance.accuracy": "0.1",
    }
    return Planted(name, trials, tags)


KINDS = {"first": (0.3, 0.02), "none": (0.3, 0.02), "slow": (0.06, 0.02), "good": (0.3, 0.01)}
"""`slow` opens the same gap and trains less, `good` opens half of it."""


@pytest.fixture(scope="module")
def twins(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, SweepFrames]:
    """The sweep, and its twin that is maximized."""
    folder = tmp_path_factory.mktemp("gaps")
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    for maximize in (False, True):
        plant(uri, judged(KINDS, maximize, f"gaps-{maximize}"), folder)
    return {maximize: read_sweep(f"gaps-{maximize}", uri) for maximize in (False, True)}


@pytest.mark.parametrize("maximize", [False, True])
def test_what_trained_less_is_told_from_what_narrows_the_gap(twins: dict[bool, SweepFrames], maximize: bool) -> None:
    subject = Subject(twins[maximize])
    pairs = {pair.smaller: pair for pair in subject.gaps}
    assert {name: pairs[name].verdict for name in ("slow", "good")} == {"slow": FITS_LESS, "good": BY_ITSELF}
    assert {pair.larger for pair in pairs.values() if pair.verdict != NOT_DIFFERENT} == {"none"}, "they stand against it"
    slow = pairs["slow"].matched
    assert slow is not None and slow.shift_low < 0 < slow.shift_high
    itself, less, alike, *_ = fit_sentences(subject)
    assert itself.startswith(
        "At the end the gap of good is 0.088 [0.084, 0.092] smaller than that of none (10 pairs, p 0.006). At"
    )
    assert itself.endswith(": good narrows the gap by itself.")
    level = "training accuracy 0.780" if maximize else "training loss 0.220"
    assert less == (
        "At the end the gap of slow is 0.042 [0.034, 0.049] smaller than that of none (10 pairs, p 0.006). "
        f"At {level} the gaps agree (difference −0.00059 [−0.0089, 0.0064], 8 pairs, p 0.84): slow merely fits the "
        "training part less."
    )
    assert alike == "At the end the gap of first does not surely differ from that of none."


def test_the_level_and_the_gaps_at_it_are_by_hand(twins: dict[bool, SweepFrames]) -> None:
    """Four of five of all trainings reach it: of the slow quarter a few."""
    frames = twins[False]
    least = frames.epochs[frames.epochs["metric"] == "train_eval_loss"].groupby("trial")["value"].min().sort_values()
    level = least.iloc[math.ceil(0.8 * len(least)) - 1]
    assert frames.trials["matched_level"].dropna().unique().tolist() == [pytest.approx(level)]
    reached = frames.trials["gap_matched"].notna()
    assert int(reached.sum()) == math.ceil(0.8 * len(least)) and reached[frames.trials["choice"] != "slow"].all()
    expected = 0.02 * (0.9 - level) / 0.1
    assert frames.trials.loc[frames.trials["choice"] == "none", "gap_matched"].median() == pytest.approx(expected, rel=0.05)


def sides(gap: list[float], matched: list[float], training: list[float]) -> GapPair:
    """A choice with these values against one with 1, 1 and 0 in each of eight blocks, give or take; all come to a training
    value of 0.5, except where `matched` is missing: these have no curves."""
    wobble = np.linspace(-0.01, 0.01, 8)
    frames, points = [], []
    for place, (choice, values) in enumerate({"b": ([1.0] * 8, [1.0] * 8, [0.0] * 8), "a": (gap, matched, training)}.items()):
        ends, at, trained = (np.asarray(of) + wobble * (1 + place) for of in values)
        numbers = np.arange(8) + 8 * place
        frames.append(
            pd.DataFrame({"number": numbers, "choice": choice, "block": range(8), "gap_end": ends, "training": trained})
        )
        points += [
            (n, 0, epoch, y, x)
            for n, g in zip(numbers, at, strict=True)
            if g == g
            for epoch, (x, y) in enumerate([(2, 2), (0.5, 0.5 + g)])
        ]
    trials = pd.concat(frames, ignore_index=True).assign(phase="paired", reason="finished", state="COMPLETE")
    curves = pd.DataFrame(points, columns=["trial", "repeat", "epoch", "validation", "training"])
    [pair] = gap_pairs(trials, ["b", "a"], trials["training"], curves, math.nan, "paired", 0)
    assert pair.end.shift >= 0
    return pair


def test_verdicts() -> None:
    half, full, more = [0.5] * 8, [1.0] * 8, [0.3] * 8
    assert sides(half, full, more).verdict == FITS_LESS
    assert sides(half, full, [0.0] * 8).verdict == BY_TRAINING
    assert sides(half, half, more).verdict == BY_ITSELF
    assert sides(full, half, more).verdict == NOT_DIFFERENT
    assert sides(half, [math.nan] * 8, more).matched is None and sides(half, [math.nan] * 8, more).verdict == OPEN
    some = sides(half, [1.0] * 5 + [math.nan] * 3, more)
    assert some.verdict == OPEN and not is_covered(some.end, some.matched), "five of eight pairs do not speak for all"
    assert sides(half, [0.8] * 8, more).verdict == FITS_LESS, "most of the difference is gone"
    other = sides([1.5] * 8, full, [-0.3] * 8)
    assert (other.smaller, other.verdict) == ("b", FITS_LESS), "seen from the other side"
    assert sides(half, [1.6] * 8, more).verdict == OPEN, "larger at equal training"


def test_equal_training_is_what_four_of_five_of_either_reach() -> None:
    pair = sides([0.5] * 8, [1.0] * 8, [0.3] * 8)
    assert pair.level == 0.5 and [len(gaps) for gaps in pair.gaps] == [8, 8]
    assert pair.gaps[0].median() == pytest.approx(1.0, abs=0.02)


def test_an_adaptive_sweep_is_not_set_against_itself(twins: dict[bool, SweepFrames]) -> None:
    frames = twins[False]
    adaptive = Subject(replace(frames, sweep=replace(frames.sweep, sampler="tpe")))
    assert fit_sentences(adaptive)[0].startswith("The gaps of the choices are not set against each other: the sampler looked")


def test_fit_and_generalization_rank_alike_or_the_other_way(twins: dict[bool, SweepFrames]) -> None:
    random = np.random.default_rng(0)
    a, b = (pd.Series(random.random(30)).round(1) for _ in range(2))
    assert tau_of(a, b) == pytest.approx(kendalltau(a, b).statistic)
    assert math.isnan(tau_of(a, pd.Series(1.0, index=a.index)))
    missing = a.mask(a.index < 5)
    assert tau_of(missing, b) == pytest.approx(kendalltau(a[5:], b[5:]).statistic)
    said = [sentence for sentence in fit_sentences(Subject(twins[False])) if "Kendall" in sentence]
    twin = [sentence for sentence in fit_sentences(Subject(twins[True])) if "Kendall" in sentence]
    assert said == twin and said[0].startswith("Training values at the end and best validation values rank 40 complete trials")


def test_a_loss_that_overfits_alone_brings_the_advice(twins: dict[bool, SweepFrames]) -> None:
    frames = twins[False]
    runs = frames.runs.assign(overconfident=pd.array([True, False, False, False] * BLOCKS, dtype="boolean"))
    told = fit_sentences(Subject(replace(frames, runs=runs)))[-1]
    assert told == (
        "In 10 of 40 (25\u00a0% [14, 40]) trainings the loss overfits while accuracy does not get worse: 10 of 10 with first. "
        "They are over-confident: consider label smoothing, or early stopping on the loss."
    )


def test_the_phase_plot_runs_to_the_right(twins: dict[bool, SweepFrames]) -> None:
    for maximize, frames in twins.items():
        section = fit(Subject(frames))
        assert section is not None
        chart, table = section.blocks
        assert isinstance(chart, Chart) and isinstance(table, Table)
        assert (chart.x.low > chart.x.high) == (not maximize)
        lines = {mark.name: mark for mark in chart.marks if isinstance(mark, Line) and mark.name}
        assert lines.keys() == KINDS.keys()
        assert all((line.x[-1] > line.x[0]) == maximize for line in lines.values())
        assert [row[2].extra for row in table.rows if row[0].text == "none"] == ["10 of 10"]


def test_without_training_curves_there_is_nothing_to_say(twins: dict[bool, SweepFrames], plain: SweepFrames) -> None:
    frames = twins[False]
    bare = frames.trials.assign(gap_end=math.nan, gap_matched=math.nan, matched_level=math.nan)
    assert fit(Subject(replace(frames, trials=bare))) is None and fit_sentences(Subject(replace(frames, trials=bare))) == []
    assert "nothing to say" in section_text(replace(frames, trials=bare), "fit")
    section = fit(Subject(plain))
    assert section is not None and not any("gap of" in sentence for sentence in section.sentences), "nothing is compared"


def test_findings_carry_the_verdicts(twins: dict[bool, SweepFrames]) -> None:
    told = [finding for finding in findings(Subject(twins[False])) if finding.section == "fit"]
    assert told and told[0].evidence["gaps"]["slow / none"] == FITS_LESS


def test_columns_are_described(twins: dict[bool, SweepFrames]) -> None:
    steady, prechelt = ("late_sd", "train_increase", "init_check"), ("train_progress", "pq", "up_strips")
    for column in (*steady, *prechelt, "memorization", "overconfident", "matched_level", "gap_matched"):
        assert column in twins[False].trials, column
        assert described("trials", column) and described("runs", column)
