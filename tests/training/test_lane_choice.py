"""The search for the number of lanes, on epochs whose cost is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sweeper.training.lane_choice import GAIN, SHARE, LaneChoice


def settle(choice: LaneChoice, round_seconds: Callable[[int], float], compile_seconds: float, trials: int, epochs: int) -> None:
    """Trains so many trials as a worker does, with all lanes full."""
    known = {1}
    choice.compiled(1, compile_seconds)
    left = trials
    while left > 0:
        lanes = choice.lanes
        for _ in range(epochs):
            choice.round(lanes, lanes, round_seconds(lanes))
        left -= lanes
        if choice.reconsider(max(left, 0) * epochs) and choice.lanes not in known:
            known.add(choice.lanes)
            choice.compiled(choice.lanes, compile_seconds)


def test_it_doubles_while_a_trials_epoch_gets_cheaper_and_goes_back_one_step() -> None:
    """A round costs the same up to 8 lanes and then as much as its lanes: 8 is best."""
    choice = LaneChoice(0)
    settle(choice, lambda lanes: 0.1 * max(1, lanes / 8), 0.01, trials=400, epochs=20)
    assert choice.lanes == 8
    assert choice.why == "16 lanes are not faster than 8"


def test_where_lanes_give_nothing_one_stays() -> None:
    choice = LaneChoice(0)
    settle(choice, lambda lanes: 0.1 * lanes, 0.01, trials=50, epochs=20)
    assert choice.lanes == 1
    assert choice.why == "2 lanes are not faster than 1"


@pytest.mark.parametrize("compile_seconds", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("trials", [10, 100, 1000])
def test_looking_never_costs_more_than_its_share(compile_seconds: float, trials: int) -> None:
    choice = LaneChoice(0)
    settle(choice, lambda lanes: 0.05 * lanes**0.3, compile_seconds, trials, epochs=20)
    tried = [lanes for lanes in choice._costs if lanes > 1]
    alone = 0.05 * 20 * trials
    assert len(tried) * compile_seconds <= SHARE * alone


def test_idle_lanes_say_nothing_of_full_ones() -> None:
    choice = LaneChoice(0)
    for _ in range(10):
        choice.round(1, 1, 1.0)
    assert choice.reconsider(1e6)
    for _ in range(10):
        choice.round(2, 1, 5.0)
    assert not choice.reconsider(1e6)
    for _ in range(3):
        choice.round(2, 2, 2.0 * GAIN)
    assert choice.reconsider(1e6)
    assert choice.lanes == 4


def test_what_was_asked_for_is_what_there_is_unless_the_back_end_cannot() -> None:
    assert LaneChoice(8).lanes == 8
    assert not LaneChoice(8).reconsider(1e9)
    assert LaneChoice(8, one_lane="it cannot").lanes == 1
    assert LaneChoice(8, not_tried="it does not pay").lanes == 8
    assert (LaneChoice(0, not_tried="it does not pay").lanes, LaneChoice(0, not_tried="it does not pay").why) == (
        1,
        "it does not pay",
    )


def test_memory_that_does_not_suffice_halves_for_good() -> None:
    choice = LaneChoice(16)
    for _ in range(3):  # as often as plans come to it: they failed in one and the same number of lanes
        choice.halve(16)
    assert (choice.lanes, choice.why) == (8, "no memory for more lanes")
    assert not choice.reconsider(1e9)


def test_a_choice_is_measured_by_full_rounds() -> None:
    choice = LaneChoice(0)
    choice.round(1, 1, 1.0)
    assert choice.told == (1, "", False)
    choice.round(1, 1, 1.0)
    choice.round(1, 1, 1.0)
    assert choice.told == (1, "", True)
    assert choice.reconsider(1e6)
    assert choice.told == (2, "", False)
    assert LaneChoice(8).measured
