"""How early a ranking holds, and what follows for the length of trainings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.reporting import SweepFrames
from sweeper.reporting.statistics.agreement import agreement, agrees_from, interval
from sweeper.reporting.story.blocks import Bar, Chart
from sweeper.reporting.story.searched.budget import budget, length_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial, compared

Read = Callable[[Planted], SweepFrames]


def progress(values: np.ndarray) -> pd.DataFrame:
    """Best so far [trials, epochs] as a long frame."""
    trials, epochs = values.shape
    return pd.DataFrame(
        {
            "trial": np.repeat(range(trials), epochs),
            "epoch": np.tile(range(1, epochs + 1), trials),
            "validation": values.ravel(),
        }
    )


def test_the_ranking_agrees_with_itself_and_not_with_its_mirror() -> None:
    end = pd.Series(np.arange(10.0))
    found = agreement(progress(np.column_stack([-np.arange(10.0), np.arange(10.0)])), end, 0)
    assert found["tau"].tolist() == pytest.approx([-1.0, 1.0])
    assert found["n"].tolist() == [10, 10]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 5), min_size=8, max_size=12), st.randoms(use_true_random=False))
def test_tau_is_the_count_of_pairs_over_ties(early: list[int], random: object) -> None:
    """Kendall's tau-b by all pairs."""
    late = [value * 1.0 for value in range(len(early))]
    random.shuffle(late)  # type: ignore[attr-defined]
    found = agreement(progress(np.array(early, dtype="float64")[:, np.newaxis]), pd.Series(late), 0)
    signs = [(np.sign(early[i] - early[j]), np.sign(late[i] - late[j])) for i, j in combinations(range(len(early)), 2)]
    apart = math.sqrt(sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs))
    expected = sum(a * b for a, b in signs) / apart if apart else math.nan
    assert found["tau"].iloc[0] == pytest.approx(expected, nan_ok=True)


def test_a_trial_that_ended_early_keeps_its_best_and_few_trials_say_nothing() -> None:
    values = progress(np.column_stack([np.arange(8.0), np.arange(8.0) / 2]))
    short = values[~((values["trial"] == 3) & (values["epoch"] == 2))]
    assert agreement(short, pd.Series(np.arange(8.0)), 0)["n"].tolist() == [8, 8]
    assert not len(agreement(values[values["trial"] < 7], pd.Series(np.arange(8.0)), 0))


def test_the_interval_is_fiellers() -> None:
    low, high = interval(0.5, 27)
    assert (math.atanh(high) - math.atanh(low)) / 2 == pytest.approx(1.959964 * math.sqrt(0.437 / 23))
    assert all(math.isnan(end) for end in interval(math.nan, 20))


def test_the_interval_covers_what_is_true() -> None:
    """Of normal pairs with correlation r, tau is 2 / pi asin r."""
    random, missed, true = np.random.default_rng(1), 0, 2 / math.pi * math.asin(0.8)
    for _ in range(300):
        x = random.normal(size=40)
        y = 0.8 * x + 0.6 * random.normal(size=40)
        found = agreement(progress(x[:, np.newaxis]), pd.Series(y), 0).iloc[0]
        missed += not found["low"] <= true <= found["high"]
    assert missed <= 0.05 * 300 + 3 * math.sqrt(300 * 0.05 * 0.95)


def test_a_ranking_has_to_hold_from_there_on() -> None:
    def first(*taus: float) -> float | None:
        row = agrees_from(pd.DataFrame({"epoch": range(1, len(taus) + 1), "tau": taus}))
        return None if row is None else float(row["epoch"])

    assert first(0.2, 0.9, 0.7, 0.8, 0.9, 1.0) == 4
    assert first(0.9, 0.9, 1.0) == 1
    assert first(0.1, 0.2, 1.0) is None, "the last epoch is the end itself"
    assert first(math.nan, 0.9, 1.0) == 2


def trained(best: Sequence[int], epochs: int = 20) -> Planted:
    """Trials whose curves fall to their best epoch and rise from there; each ends a little higher than the one before."""
    trials = []
    for number, at in enumerate(best):
        curve = [1 + 0.1 * abs(epoch - at) + 0.01 * number for epoch in range(1, epochs + 1)]
        trials.append(
            Trial(number, {"model.mlp.layers": number}, {"val_loss": curve, "train_eval_loss": curve}, phase="random")
        )
    return Planted("trained", trials, {"sweeper.sampler": "random"})


@pytest.mark.parametrize(
    ("best", "said"),
    [
        ([20] * 9 + [10], "9 of 10 (90 % [60, 98]) of the complete trials the best epoch lies in the last quarter, and 9 were"),
        (
            [5] * 9 + [3],
            "9 of 10 (90 % [60, 98]) of the complete trials the best epoch lies in the last quarter; evaluated so few",
        ),
        ([1] * 6 + [12] * 4, "6 of 10 (60 % [31, 83]) of the complete trials the best epoch lies in the first tenth"),
        ([8] * 10, "Nine of ten complete trials had their best epoch by epoch 8 of 20: shorter trainings"),
        ([16] * 5 + [14] * 5, "The length fits: the best epoch lies in the last quarter in 5 of 10 complete trials"),
    ],
)
def test_the_length_of_trainings_is_judged(read: Read, best: list[int], said: str) -> None:
    [sentence] = length_sentences(Subject(read(trained(best, epochs=5 if max(best) == 5 else 20))))
    assert said in sentence.replace("\u00a0", " ")


def test_the_section_has_its_figures_and_counts(read: Read) -> None:
    subject = Subject(read(trained([8, 9, 10, 11, 12, 13, 14, 15, 16, 20])))
    section = budget(subject)
    assert section is not None
    bars, ranking, _ = section.blocks
    assert isinstance(bars, Chart) and isinstance(ranking, Chart)
    assert sum(mark.height for mark in bars.marks if isinstance(mark, Bar)) == 10
    assert "36\u00a0% of the epochs of complete trials came after their best one; stopping early" in section.sentences[1]
    assert "complete trials as the end does (Kendall's tau" in section.sentences[2]


def test_choices_have_a_row_each_and_too_few_trials_no_section(read: Read) -> None:
    section = budget(Subject(read(compared(blocks=3))))
    assert section is not None
    assert [row[0].text for row in section.blocks[-1].rows] == ["sgd", "rmsprop", "adam"]  # type: ignore[union-attr]
    assert "it takes 8 complete trials" in section.sentences[-1] or "ranks" in section.sentences[-1]
    assert budget(Subject(read(trained([3])))) is None
