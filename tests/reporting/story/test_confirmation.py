"""What is said of a sweep whose best configurations were trained again: the luck that is gone, and a test of these alone."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sweeper.records import Objective
from sweeper.reporting import read_sweep, write_report
from sweeper.reporting.metrics.orientation import orientation_of
from sweeper.reporting.reading.confirmation import Chosen, Confirmation, chosen_of
from sweeper.reporting.statistics.again import contests, optimism, seeds_of, trained_again
from sweeper.reporting.statistics.rerun import noise_of
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE, NOT_ENOUGH
from sweeper.reporting.story.compared.confirmation import confirmation
from sweeper.reporting.story.searched.noise import noise_sentences
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from tests.reporting.synthetic import Planted, Trial, plant

LOSS = orientation_of(Objective("val_loss", False))
ACCURACY = orientation_of(Objective("val_accuracy", True))


def made(values: Sequence[Sequence[float]], chosen: Sequence[float] = (), folds: int = 1) -> Confirmation:
    """A confirmation of so many configurations, each with the values of its repeats; infinity is a divergence, NaN a fault."""
    rows = []
    for trial, own in enumerate(values):
        for repeat, value in enumerate(own):
            state = "FAILED" if math.isnan(value) else "PRUNED" if math.isinf(value) else "COMPLETE"
            reason = {"FAILED": "error", "PRUNED": "diverged", "COMPLETE": "finished"}[state]
            rows.append((trial, repeat, repeat % folds, state, reason, value if math.isfinite(value) else math.nan))
    runs = pd.DataFrame(rows, columns=["trial", "repeat", "fold", "state", "reason", "value"])
    numbers = tuple(10 + trial for trial in range(len(values)))
    known = Chosen("first", "id", (), numbers, tuple(chosen) or (0.1,) * len(values))
    return Confirmation(SimpleNamespace(folds=folds, number=3, name="first-confirm"), known, runs)


def test_means_and_intervals_by_hand() -> None:
    again = trained_again(made([[0.1, 0.2, 0.3], [0.4]], [0.05, 0.5]), LOSS)
    first = again.iloc[0]
    assert (first["trial"], first["chosen"], first["seeds"]) == (10, 0.05, 3)
    assert (first["mean"], first["sd"]) == (pytest.approx(0.2), pytest.approx(0.1))
    low, high = stats.t.interval(0.95, 2, 0.2, 0.1 / math.sqrt(3))
    assert (first["low"], first["high"]) == (pytest.approx(low), pytest.approx(high))
    assert again.iloc[1]["mean"] == 0.4 and math.isnan(again.iloc[1]["low"])
    assert optimism(again)[0] == pytest.approx((0.15 - 0.1) / 2)


def test_of_folds_a_seed_is_their_mean_and_one_that_lacks_a_fold_is_left_out() -> None:
    found = made([[0.1, 0.3, 0.2, 0.6, 0.5, math.nan]], folds=2)
    assert [list(own) for own in seeds_of(found, LOSS)] == [pytest.approx([0.2, 0.4])]


def test_a_divergence_is_worse_than_any_value_and_no_part_of_a_mean() -> None:
    again = trained_again(made([[0.1, 0.2, math.inf]]), LOSS).iloc[0]
    assert (again["seeds"], again["diverged"], again["mean"]) == (3, 1, pytest.approx(0.15))


@given(st.lists(st.floats(0.1, 0.9), min_size=2, max_size=6))
def test_a_metric_to_be_maximized_is_the_mirror(values: list[float]) -> None:
    losses = trained_again(made([values], [0.3]), LOSS).iloc[0]
    mirrored = trained_again(made([[1 - value for value in values]], [0.7]), ACCURACY).iloc[0]
    for name in ("chosen", "mean", "low", "high", "sd"):
        assert mirrored[name] == pytest.approx(losses[name])


def test_the_first_one_is_set_against_each_other_one() -> None:
    random = np.random.default_rng(0)
    values = [list(mean + 0.01 * random.normal(size=8)) for mean in (0.20, 0.40, 0.20)]
    rows = contests(made(values), LOSS, 0.02).set_index("b")
    assert rows.loc["11", ["a", "verdict"]].tolist() == ["10", BETTER]
    other = rows.drop("11").iloc[0]
    assert other["verdict"] == NO_DIFFERENCE and set(rows["rung"]) == {"fresh seeds"}
    assert rows.loc["11", "p"] == pytest.approx(stats.mannwhitneyu(values[0], values[1]).pvalue)
    assert rows.loc["11", "p_holm"] == pytest.approx(min(1, 2 * rows.loc["11", "p"]))
    assert set(contests(made([own[:4] for own in values]), LOSS, 0.02)["verdict"]) == {NOT_ENOUGH}


def test_without_a_difference_hardly_any_is_called() -> None:
    """The first of four was chosen before any seed was drawn: at most 5 in 100, and 9 of 100 once in 40 times."""
    random, called = np.random.default_rng(1), 0
    for _ in range(100):
        rows = contests(made(random.normal(size=(4, 6)).tolist()), LOSS, math.nan)
        called += bool((rows["verdict"] == BETTER).any())
    assert called <= 9


def test_the_luck_of_the_best_of_many_is_measured() -> None:
    """Of 20 equal configurations the best one lies 1.87 deviations below; so much is gone with fresh seeds."""
    random, found = np.random.default_rng(2), []
    for _ in range(200):
        values = random.normal(size=20)
        found.append(optimism(trained_again(made([random.normal(size=5).tolist()], [values.min()]), LOSS))[0])
    assert np.mean(found) == pytest.approx(1.87, abs=0.15)


def test_what_cannot_be_read_confirms_nothing() -> None:
    tags = {"confirms": "first", "confirms.trials": "1, 2", "confirms.values": "0.1, 0.2"}
    assert chosen_of(SimpleNamespace(about=tags)).trials == (1, 2)
    for broken in (
        {"confirms.trials": "1"},
        {"confirms.values": "0.1, x"},
        {"confirms.values": "0.1, inf"},
        {"confirms.trials": ""},
    ):
        assert chosen_of(SimpleNamespace(about={**tags, **broken})) is None
    assert chosen_of(SimpleNamespace(about={})) is None


def run_of(number: int, repeat: int, value: float, kind: str, phase: str) -> Trial:
    curves = {"val_loss": [0.9, value], "train_eval_loss": [0.8, 0.1]}
    return Trial(
        number, {"optimizer": kind, "optimizer.adam.learning_rate": 0.001 * (number + 1)}, curves, repeat=repeat, phase=phase
    )


@pytest.fixture
def both(fresh: str, tmp_path: Path) -> str:
    """A store with a sweep of two optimizers, and the best of each trained again with eight seeds."""
    random = np.random.default_rng(3)
    kinds = ("adam", "sgd")
    trials = [run_of(number, 0, 0.3 + 0.02 * number, kinds[number % 2], "tpe") for number in range(10)]
    tags = {"sweeper.compare": "optimizer", "sweeper.sampler": "tpe", "sweeper.id": "abc"}
    plant(fresh, Planted("first", trials, tags), tmp_path)
    seeds = [
        run_of(place, repeat, mean + 0.01 * random.normal(), kinds[place], "confirm")
        for place, mean in enumerate((0.35, 0.5))
        for repeat in range(8)
    ]
    confirms = {
        "sweeper.sampler": "confirm", "sweeper.design": "confirm", "sweeper.repeats": "8",
        "sweeper.confirms": "first", "sweeper.confirms.id": "abc", "sweeper.confirms.compare": "optimizer",
        "sweeper.confirms.trials": "0, 1", "sweeper.confirms.values": "0.3, 0.32",
    }  # fmt: skip
    plant(fresh, Planted("first-confirm", seeds, confirms), tmp_path)
    return fresh


@pytest.mark.parametrize("name", ["first", "first-confirm"])
def test_both_reports_say_what_became_of_the_best(both: str, name: str) -> None:
    told = confirmation(Subject(read_sweep(name, both)))
    assert told is not None
    text = " ".join(told.sentences)
    assert "first-confirm trained 2 configurations of first again (the best of each choice), with 8 fresh seeds each." in text
    assert "Trial 0 (adam), the best when they were chosen, had validation loss 0.300 then; with fresh seeds it has 0.3" in text
    assert "2 of 2 came out worse than when they were chosen, on average by 0.1" in text
    assert "Trial 0 (adam) did better than trial 1 (sgd): validation loss 0.1" in text and "8 against 8 seeds" in text
    assert "it compares them, not the choices in general" in told.sentences[-1]
    assert told.blocks[0].caption.trials == "16 trainings with fresh seeds of 2 configurations."
    [first, second] = told.blocks[1].rows
    assert (first[4].text, second[4].text) == ("–", "worse")


def test_the_noise_of_a_training_comes_from_the_confirmation(both: str) -> None:
    frames = read_sweep("first", both)
    noise = noise_of(frames)
    assert (noise.source, noise.n) == ("confirmation", 2) and 0.005 < noise.sd < 0.02
    assert "in first-confirm that differ in their seed alone" in noise_sentences(Subject(frames))[0]
    assert noise_of(read_sweep("first-confirm", both)).source == "repeats"


@pytest.mark.usefixtures("undrawn")
def test_a_confirmation_is_no_search(both: str, tmp_path: Path) -> None:
    frames = read_sweep("first-confirm", both)
    keys = [section.key for section in tell(Subject(frames), ()).sections]
    assert "confirmation" in keys and not {"choices", "trust"} & {*keys}
    write_report(frames, tmp_path / "report")
    found = json.loads((tmp_path / "report" / "findings.json").read_text())["findings"]
    assert found[0]["section"] == "confirmation"


def test_what_is_undecided_is_said_once(fresh: str, tmp_path: Path) -> None:
    """Differences as large as the noise, and intervals that hold 0 and more than the noise."""
    apart = (0.0, 0.004, 0.005)
    noise = (-0.012, 0.009, -0.004, 0.012, 0.002, -0.01, 0.006, -0.003)
    seeds = [
        run_of(place, repeat, 0.3 + apart[place] + noise[(repeat + 3 * place) % 8], "adam", "confirm")
        for place in range(3)
        for repeat in range(8)
    ]
    tags = {
        "sweeper.sampler": "confirm", "sweeper.repeats": "8", "sweeper.confirms": "first", "sweeper.confirms.id": "abc",
        "sweeper.confirms.trials": "4, 7, 9", "sweeper.confirms.values": "0.28, 0.285, 0.29",
    }  # fmt: skip
    plant(fresh, Planted("again", seeds, tags), tmp_path)
    again = confirmation(Subject(read_sweep("again", fresh)))
    assert again is not None
    said = "Undecided between trial 4 and each of trial 7 and trial 9: the table has the differences with their intervals."
    assert [text for text in again.sentences if text.startswith("Undecided")] == [said]


def test_a_sweep_that_nobody_confirmed_has_no_such_section(optimizers) -> None:
    assert confirmation(Subject(optimizers)) is None and optimizers.confirmation is None
