"""Ranges wider where the best lie at an end, narrower where a part is clearly worse, and left alone otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from sweeper.catalogue.declaration import Number
from sweeper.reporting.refining.edges import widened
from sweeper.reporting.refining.searched import Searched
from sweeper.reporting.story.subject import Subject
from sweeper.spaces.changes import Bounds
from sweeper.spaces.tree import Range
from tests.reporting.refining.sweeps import DROPOUT, RATE, SPACE, changes, subject_of, trial


def quantiles(n: int) -> np.ndarray:
    """Evenly spread, in an order that has nothing to do with it."""
    return (np.random.default_rng(1).permutation(n) + 0.5) / n


def drawn(n: int, value: object, **others: object) -> Subject:
    """A sweep of n random trials whose value is a function of the places of rate and dropout."""
    places = zip(quantiles(n), np.random.default_rng(2).permutation(quantiles(n)), strict=True)
    rows = [
        trial(number, value(rate, dropout), {RATE: 1e-4 * 100**rate, DROPOUT: dropout / 2})  # type: ignore[operator]
        for number, (rate, dropout) in enumerate(places)
    ]
    return subject_of(rows, **others)  # type: ignore[arg-type]


def test_values_that_rise_to_an_end_widen_it_alone() -> None:
    found = changes(drawn(12, lambda rate, dropout: 1 - rate + 0.001 * dropout))
    assert found[RATE].becomes == Bounds(1e-4, 0.03)
    assert "3 of the best 5 trials lie near that end" in found[RATE].reason
    assert DROPOUT not in found


def test_of_few_draws_it_is_enough_that_values_get_better_towards_an_end() -> None:
    rows = [
        trial(n, 1 - n / 10, {RATE: 1e-4 * 100 ** ((n + 0.5) / 10) * (0.75 if n == 9 else 1), DROPOUT: 0.2}) for n in range(10)
    ]
    found = changes(subject_of(rows))
    assert found[RATE].becomes == Bounds(1e-4, 0.03)
    assert found[RATE].reason == (
        "values get better towards its upper end, where the best of 10 trials is (Kendall's tau −1.00)"
    )


def test_the_lower_end_and_its_maximised_twin() -> None:
    lower = changes(drawn(12, lambda rate, dropout: 0.2 + rate / 2))
    twin = changes(drawn(12, lambda rate, dropout: 0.8 - rate / 2, maximize=True))
    assert lower[RATE].becomes == twin[RATE].becomes == Bounds(3e-5, 1e-2)
    assert lower[RATE].reason == twin[RATE].reason


@pytest.mark.parametrize("best", [0.3, 0.5, 0.7])
def test_an_optimum_inside_widens_nothing(best: float) -> None:
    found = changes(drawn(20, lambda rate, dropout: abs(rate - best)))
    assert not [change for change in found.values() if "widened" in change.says]


def test_without_an_effect_a_range_is_seldom_touched() -> None:
    """A range that does not matter is called too narrow in 5 % of sweeps, and further ways of looking come on top."""
    touched = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        rows = [
            trial(n, random.normal(), {RATE: 1e-4 * 100 ** random.random(), DROPOUT: random.random() / 2}) for n in range(30)
        ]
        touched += len({RATE, DROPOUT} & set(changes(subject_of(rows))))
    assert touched / 120 < 0.1


def learned(best: list[float]) -> Subject:
    """A sweep of tpe whose best trials have these rates; twenty others lie in the lower half."""
    rates = [*best, *(1e-4 * 10**place for place in quantiles(20))]
    rows = [trial(number, 0.1 + number / 100, {RATE: rate, DROPOUT: 0.2}) for number, rate in enumerate(rates)]
    return subject_of(rows, sampler="tpe")


def test_the_best_that_crowd_at_an_end_widen_it_where_the_sampler_learned() -> None:
    found = changes(learned([9e-3, 8e-3, 7e-3, 9.5e-3, 1e-3]))
    assert found[RATE].becomes == Bounds(1e-4, 0.03)
    assert found[RATE].reason == (
        "the best optimizer.adam.learning_rate, 0.009, lies in the top 2 % of its range (0.0001 to 0.01), and 4 of the best 5 "
        "trials lie near that end"
    )


@pytest.mark.parametrize("best", [[1e-3, 8e-3, 7e-3, 9.5e-3, 9e-3], [9e-3, 8e-3, 1e-3, 1e-3, 1e-3]])
def test_the_best_one_has_to_be_there_and_two_others(best: list[float]) -> None:
    assert RATE not in changes(learned(best))


def test_few_trials_say_nothing() -> None:
    assert changes(drawn(9, lambda rate, dropout: 1 - rate)) == {}


def test_pruned_and_diverged_trials_are_none_of_the_best() -> None:
    rows = [trial(n, None, {RATE: 9e-3, DROPOUT: 0.2}) for n in range(20)]
    rows += [trial(20 + n, 1.0 + n, {RATE: 1e-3, DROPOUT: 0.2}) for n in range(5)]
    assert RATE not in changes(subject_of(rows, sampler="tpe"))
    assert RATE not in changes(subject_of(rows[:20], sampler="tpe"))


def test_a_third_that_clearly_loses_is_cut_off() -> None:
    found = changes(drawn(30, lambda rate, dropout: (1.0 if rate < 1 / 3 else 0.1) + dropout / 10))
    assert found[RATE].becomes == Bounds(4e-4, 1e-2)
    assert "its lowest third lost against the highest (win probability 1.00, 10 against 10 trials, p 0.001 after Holm)" in (
        found[RATE].reason
    )


def test_a_difference_within_the_noise_cuts_nothing() -> None:
    subject = drawn(30, lambda rate, dropout: 0.1005 if rate < 1 / 3 else 0.1 + abs(rate - 0.6) / 1e4)
    assert RATE not in changes(subject)


def test_a_third_that_loses_is_held_against_all_pairs_of_thirds() -> None:
    """The best third was picked by the same values: of the two contests with it the lowest third's p is 0.038, of the three
    that could have come 0.057."""
    exceeding = [4, 6, 7, 8, 8.001, 9, 11, 12, 12.001, 12.002, 12.003, 12.004]  # so many values of the best third
    thirds = [[above - 0.5 for above in exceeding], list(range(12)), [place + 0.7 for place in range(12)]]
    assert mannwhitneyu(thirds[0], thirds[1]).pvalue == pytest.approx(0.019, abs=0.001)
    rows = [
        trial(12 * third + n, float(value), {RATE: 1e-4 * 100 ** ((third + 0.5) / 3), DROPOUT: 0.2})
        for third, values in enumerate(thirds)
        for n, value in enumerate(values)
    ]
    assert RATE not in changes(subject_of(rows))


def test_where_outcomes_were_looked_at_nothing_is_cut() -> None:
    subject = drawn(30, lambda rate, dropout: 1.0 if rate < 1 / 3 else 0.1 + abs(rate - 0.6), sampler="tpe")
    assert RATE not in changes(subject)


def test_a_range_that_is_wrong_at_both_ends_moves() -> None:
    found = changes(drawn(30, lambda rate, dropout: 2.0 - rate if rate < 1 / 3 else 1.0 - rate))
    assert found[RATE].becomes == Bounds(4e-4, 0.03)
    assert found[RATE].says == "moved from 0.0001 .. 0.01 to 0.0004 .. 0.03"
    assert "near that end; its lowest third lost" in found[RATE].reason


def test_of_a_paired_sweep_a_block_is_one_draw() -> None:
    """Four choices share each block's rate: that is no four draws. Five blocks in each third are."""
    space = (
        SPACE.replace("sampler: random", "sampler: paired")
        .replace("data: digits", "compare: optimizer\ndata: digits")
        .replace(
            "optimizer: {adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}}",
            "optimizer: {choice: [adam, sgd, nadam, adamw]}",
        )
    )
    for blocks, cut in ((12, False), (15, True)):
        rows = [
            trial(4 * block + place, (1.0 if dropout < 1 / 3 else 0.1 + abs(dropout - 0.6)) + (1000 + block) * place / 1e6,
                  {DROPOUT: dropout / 2, "optimizer": choice}, block=block, choice=choice, phase="paired")
            for block, dropout in enumerate(quantiles(blocks)) for place, choice in enumerate(("adam", "sgd", "nadam", "adamw"))
        ]  # fmt: skip
        assert (DROPOUT in changes(subject_of(rows, space, "paired"))) is cut


ANY, SHARE = Number(), Number(low=0.0, high=1.0, open_high=True)
RATES, COUNT = Number(low=0.0, open_low=True), Number(integer=True, low=1)


@pytest.mark.parametrize(
    ("range_", "limits", "upper", "bounds"),
    [
        (Range("float", 1e-3, 1e-1, log=True), RATES, True, Bounds(1e-3, 0.3)),
        (Range("float", 1e-3, 1e-1, log=True), RATES, False, Bounds(3e-4, 1e-1)),
        (Range("float", 1e-8, 1.0, log=True), RATES, True, Bounds(1e-8, 10.0)),
        (Range("float", 0.0, 0.5), SHARE, True, Bounds(0.0, 0.75)),
        (Range("float", 0.0, 0.5), SHARE, False, None),
        (Range("float", 0.1, 0.5), SHARE, False, Bounds(0.0, 0.5)),
        (Range("float", 0.8, 0.99), SHARE, True, Bounds(0.8, 0.997)),
        (Range("float", 0.01, 0.5), RATES, False, Bounds(0.003, 0.5)),
        (Range("float", 0.0, 1.0, step=0.25), ANY, True, Bounds(0.0, 1.5)),
        (Range("float", 0.25, 0.75, step=0.25), Number(low=0.0, high=1.0), True, Bounds(0.25, 1.0)),
        (Range("int", 1, 4), COUNT, True, Bounds(1, 6)),
        (Range("int", 1, 4), COUNT, False, None),
        (Range("int", 16, 256, log=True), COUNT, True, Bounds(16, 800)),
        (Range("int", 16, 256, log=True), COUNT, False, Bounds(5, 256)),
        (Range("int", 32, 128, step=32), COUNT, True, Bounds(32, 192)),
        (Range("int", 32, 128, step=32), COUNT, False, None),
        (Range("float", 2.0, 8.0), ANY, False, Bounds(0.7, 8.0)),
        (Range("float", -1.0, 1.0), ANY, False, Bounds(-2.0, 1.0)),
    ],
)
def test_how_far_an_end_moves(range_: Range, limits: Number, upper: bool, bounds: Bounds | None) -> None:
    found = widened(Searched("x", ("x",), range_, limits), upper)
    assert found == bounds
    if found is not None:
        assert all(limits.holds(int(end) if limits.integer else end) for end in (found.low, found.high))
