"""What the report says beside the effects of a crossed question, and how it is weakened by that; frames made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.verdict import NO_DIFFERENCE
from sweeper.reporting.story.compared.choices import told_pairs
from sweeper.reporting.story.subject import Subject
from tests.reporting.refining.sweeps import subject_of, trial

INITIALIZERS, ACTIVATIONS = ("he", "glorot"), ("relu", "tanh")
COMPARED = ("initializer", "activation")
RATE = "optimizer.adam.learning_rate"
BLOCKS = 12

Cells = Mapping[tuple[str, str], float]


def subject(
    gains: Cells,
    noise: float = 0.001,
    labels: Mapping[tuple[str, str], str] = {},
    diverged: Mapping[tuple[str, str], range] = {},
    rates: Sequence[float] = (1e-3,) * BLOCKS,
) -> Subject:
    """A trial in each block for each combination, better by the combination's gain; `labels` and the blocks that `diverged` by
    combination, `rates` by block."""
    random, rows = np.random.default_rng(4), []
    for number, (block, cell) in enumerate(product(range(BLOCKS), product(INITIALIZERS, ACTIVATIONS))):
        value = 0.5 + 0.01 * block - gains.get(cell, 0.0) + 0.002 * random.normal()
        params = {"initializer": cell[0], "activation": cell[1], RATE: rates[block]}
        about = {"choice": " · ".join(cell), "block": block, "noise": noise, "phase": "paired"}
        if block in diverged.get(cell, ()):
            rows.append(trial(number, None, params, **{**about, "reason": "diverged"}))
        else:
            rows.append(trial(number, value, params, **{**about, "label": labels.get(cell, "healthy")}))
    ranges = {RATE: Range(1e-4, 1e-2, True)}
    return subject_of(rows, "", "paired", compare=COMPARED, searched=(*COMPARED, RATE), ranges=ranges)


def sentence(of: Subject, *words: str) -> str:
    [found] = [said for said, _ in told_pairs(of) if all(word in said for word in words)]
    return found


HE = {("he", other): 0.06 for other in ACTIVATIONS}
TURNED = {("he", "relu"): 0.06, ("glorot", "tanh"): 0.06}


def test_nothing_is_said_beside_an_effect_that_nothing_speaks_against() -> None:
    said = sentence(subject(HE), "he did")
    assert said.startswith("Averaged over the activations, he did clearly better than glorot: ")
    assert said.endswith("p below 0.001.")


def test_an_average_carries_the_curve_of_the_worse_levels_best_trial_and_is_weakened() -> None:
    labels = {("glorot", other): "overfits" for other in ACTIVATIONS} | {("he", other): "unstable" for other in ACTIVATIONS}
    said = sentence(subject(HE, labels=labels), "Averaged over the activations")
    assert "he did better than glorot: " in said
    assert "The best trial of glorot (" in said and said.endswith("overfits: with regularization it may do better.")


def test_an_average_carries_the_divergence_of_one_level() -> None:
    both = {("glorot", other): range(6) for other in ACTIVATIONS}
    said = sentence(subject(HE, diverged=both), "Averaged over the activations")
    assert "he did better than glorot: " in said
    assert "Diverged: 0 of 24 with he and 12 of 24 with glorot; a trial that diverged counts as worse than any other." in said


def test_an_average_carries_the_end_of_the_range() -> None:
    """The best trials of either initializer are those of the first blocks, which lie at the range's lower end."""
    rates = [1.02e-4, 1.03e-4, 1.04e-4, 1.05e-4, 1.06e-4, *([1e-3] * 7)]
    said = sentence(subject(HE, rates=rates), "Averaged over the activations")
    assert "he did better than glorot: " in said
    assert f"The best {RATE} of glorot, 0.000102, lies" in said and said.endswith("a wider one may do better.")


def test_what_depends_is_weakened_by_what_held_one_of_its_sides_back() -> None:
    plain, held = subject(TURNED), subject(TURNED, labels={("he", "tanh"): "still improving"})
    before, after = (sentence(one, "he against glorot") for one in (plain, held))
    assert "what the initializer does depends on" in before and "glorot turns around" in before
    assert "With tanh glorot did clearly better (" in before and "With tanh glorot did better (" in after
    assert "what the initializer does probably depends on" in after and "glorot probably turns around" in after
    assert "The best trial of he · tanh (" in after and "The best trial" not in before


def test_what_depends_carries_the_divergence_at_one_level() -> None:
    said = sentence(subject(TURNED, diverged={("he", "tanh"): range(6)}), "against", "initializer does")
    assert "Diverged: 0 of 12 with glorot · tanh and 6 of 12 with he · tanh;" in said
    assert "probably depends" in said


def test_where_an_average_hides_an_interaction_it_says_so() -> None:
    found = sentence(subject(TURNED), "Averaged over the initializers")
    assert found.endswith("It is not the same with every initializer.")
    assert "not the same" not in sentence(subject(HE), "Averaged over the initializers")


def test_a_dependence_beyond_noise_is_told_as_one() -> None:
    told = sentence(subject({**HE, ("he", "relu"): 0.1}), "he against glorot")
    assert "he against glorot: what the initializer does depends on the activation." in told and "turns around" not in told


def test_a_dependence_that_may_lie_within_noise_is_told_as_that() -> None:
    """What is there, not surely beyond the noise of a training, takes no average's place."""
    told = [said for said, _ in told_pairs(subject({**HE, ("he", "relu"): 0.1}, noise=0.04))]
    small = (
        "What the initializer does depends on the activation, but not surely by more than the noise of a training: he against"
    )
    assert sum(said.startswith(small) for said in told) == 1
    assert sum(said.startswith("Averaged over the activations, he did clearly better than glorot") for said in told) == 1
    assert not any(": what the" in said or "not the same" in said for said in told)


def test_an_order_that_turns_within_noise_is_no_advice() -> None:
    """Either is better with one activation, by no more than the noise of a training; their difference lies beyond it."""
    told = sentence(subject({("he", "relu"): 0.03, ("glorot", "tanh"): 0.03}, noise=0.04), "he against glorot")
    assert "he against glorot: what the initializer does depends on the activation." in told and "turns around" not in told


def test_divergence_on_one_side_keeps_an_interaction_from_being_none() -> None:
    [(said, row)] = [one for one in told_pairs(subject({}, noise=1.0)) if one[1]["against"]]
    assert row["verdict"] == NO_DIFFERENCE and said.startswith("What the initializer does is the same with every activation")
    [(_, row)] = [one for one in told_pairs(subject({}, noise=1.0, diverged={("he", "relu"): range(3)})) if one[1]["against"]]
    assert math.isfinite(row["shift"]) and row["verdict"] != NO_DIFFERENCE
