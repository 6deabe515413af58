from dataclasses import replace

from sweeper.search.lanes import Choice
from sweeper.search.programs import LaneUse, Programs, count_programs
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made


def state(*starts: tuple[int, str, float, int]) -> SweepState:
    """A start for each number, structure, seconds of compiling (0: found compiled) and lanes."""
    found = SweepState()
    for number, structure, seconds, lanes in starts:
        start = replace(made.start(number), structure=structure, compiled=seconds > 0, compile_seconds=seconds, lanes=lanes)
        found.add(made.asked(number))
        found.add(start)
    return found


def test_programs_seconds_and_what_was_found_compiled_are_counted():
    trials = state((0, "a", 1.5, 1), (1, "a", 0.0, 1), (2, "b", 2.0, 1), (3, "a", 0.25, 1)).trials
    assert count_programs(trials, {}) == Programs(2, 3, 3.75, 1, (LaneUse(1, 2, ""),))
    assert count_programs([], {}) == Programs(0, 0, 0.0, 0, ())


def test_further_attempts_count_as_well():
    found = state((0, "a", 1.0, 1))
    found.add(replace(made.start(0, 2), structure="a", compiled=True, compile_seconds=2.0))
    assert count_programs(found.trials, {}) == Programs(1, 2, 3.0, 0, (LaneUse(1, 1, ""),))


def test_lanes_are_what_a_worker_chose_and_else_what_most_trials_had():
    trials = state((0, "a", 1.0, 1), (1, "a", 1.0, 4), (2, "a", 0.0, 4), (3, "b", 1.0, 1), (4, "c", 1.0, 1)).trials
    choices = {"b": Choice(8, "16 lanes are not faster than 8"), "never tried": Choice(2, "")}
    uses = count_programs(trials, choices).lanes
    assert uses == (LaneUse(1, 1, ""), LaneUse(4, 1, ""), LaneUse(8, 1, "16 lanes are not faster than 8"))
    assert str(uses[2]) == "8 lanes for 1 structure (16 lanes are not faster than 8)"
    assert str(LaneUse(1, 3, "")) == "1 lane for 3 structures"
