import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.records import Asked, Reason, State
from sweeper.tracking.combined import combine, configurations, wanted
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made

ENDS = {
    State.COMPLETE: Reason.FINISHED,
    State.PRUNED: Reason.DIVERGED,
    State.FAILED: Reason.ERROR,
}


def records(number: int, repeat: int, value: float | None, state: State | None = State.COMPLETE, rungs=(), **changes):
    """A repeat that was asked for, and its outcome where it has a state."""
    plan = replace(made.plan(number), repeat=repeat, rungs=rungs if repeat == 0 else ())
    found = [Asked(plan, 1000)]
    if state is not None:
        end = made.outcome(number, state=state, value=value)
        found.append(replace(end, **{"repeat": repeat, "reason": ENDS[state], "value": value, **changes}))
    return found


def combined(*repeats: list, of: int):
    trials = SweepState(record for repeat in repeats for record in repeat).trials
    return combine(trials, of)


@given(made.histories())
def test_where_nothing_is_repeated_a_configuration_is_its_trial(history):
    trials = SweepState(history).trials
    found = configurations(trials, 1)
    assert [one.trials for one in found] == [(trial,) for trial in trials]
    assert [one.outcome for one in found] == [trial.outcome for trial in trials]
    assert all(one.spread is None for one in found)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6))
def test_the_value_is_the_mean_over_the_repeats_and_the_spread_is_kept(values):
    found = combined(*(records(0, repeat, value) for repeat, value in enumerate(values)), of=len(values))
    assert found.outcome.value == pytest.approx(sum(values) / len(values), abs=1e-9)
    assert found.spread == pytest.approx(statistics.variance(values) ** 0.5, abs=1e-6)
    assert (found.number, found.outcome.state, found.outcome.repeat) == (0, State.COMPLETE, 0)


@given(st.lists(st.sampled_from(list(ENDS)), min_size=2, max_size=5))
def test_one_fault_fails_a_configuration_and_else_one_divergence_is_its_result(states):
    found = combined(
        *(records(0, at, None if state is State.FAILED else 0.5, state) for at, state in enumerate(states)), of=len(states)
    )
    worst = next(state for state in (State.FAILED, State.PRUNED, State.COMPLETE) if state in states)
    assert (found.outcome.state, found.outcome.reason) == (worst, ENDS[worst])
    assert (found.outcome.value is None) == (worst is State.FAILED)


def test_a_configuration_has_not_ended_before_all_its_repeats_have():
    assert combined(records(0, 0, 0.5), of=2).outcome is None
    assert combined(records(0, 0, 0.5), records(0, 1, None, None), of=2).outcome is None
    assert combined(records(0, 0, None, None), records(0, 1, 0.5), of=2).outcome is None
    assert combined(records(0, 0, 0.5), records(0, 1, 0.7), of=2).outcome.value == pytest.approx(0.6)


def test_one_that_is_judged_has_ended_where_its_first_repeat_was_dropped():
    pruned = records(0, 0, 0.5, State.PRUNED, (1,), reason=Reason.PRUNER)
    assert combined(pruned, of=3).outcome == SweepState(pruned).trial(0).outcome
    assert combined(records(0, 0, 0.5, State.PRUNED), of=3).outcome is None
    assert combined(records(0, 0, 0.5, rungs=(1,)), of=3).outcome is None


def test_how_many_trainings_are_wanted_is_known_from_the_first():
    def first(*args, **kwargs):
        return SweepState(records(0, 0, *args, **kwargs)).trial(0)

    assert wanted(first(None, None, rungs=(1,)), 3) == 3
    assert wanted(first(0.5, rungs=(1,)), 3) == 3
    assert wanted(first(0.5, State.PRUNED, rungs=(1,)), 3) == 1
    assert wanted(first(None, State.FAILED, rungs=(1,)), 3) == 1
    assert wanted(first(None, State.FAILED), 3) == 3


def test_what_else_is_told_of_several_repeats():
    found = combined(
        records(0, 0, 0.5, best_epoch=7, epochs=9, seconds={"train": 1.0, "compile": 2.0}, metrics={"a": 1.0, "b": 1.0}),
        records(0, 1, 0.5, best_epoch=3, epochs=5, seconds={"train": 2.0}, metrics={"a": 3.0}, time=9000),
        records(0, 2, 0.5, best_epoch=2, epochs=5, seconds={"train": 4.0}, metrics={"a": 5.0}),
        records(0, 3, 0.5, best_epoch=9, epochs=9, seconds={}, metrics={"a": 7.0}),
        of=4,
    ).outcome
    assert (found.best_epoch, found.epochs, found.time) == (3, 9, 9000)
    assert found.seconds == {"train": 7.0, "compile": 2.0}
    assert found.metrics == {"a": 4.0}


def test_of_several_faults_the_first_one_speaks():
    found = combined(
        records(0, 0, 0.5),
        records(0, 1, None, State.FAILED, message="first", worker="w1"),
        records(0, 2, None, State.FAILED, message="second"),
        of=3,
    ).outcome
    assert (found.message, found.worker, found.value) == ("first", "w1", None)


def test_configurations_keep_the_order_of_numbers():
    state = SweepState([*records(1, 1, 0.1), *records(0, 0, 0.2), *records(1, 0, 0.3), *records(0, 1, 0.4)])
    found = configurations(state.trials, 2)
    assert [(one.number, len(one.trials)) for one in found] == [(0, 2), (1, 2)]
    assert [one.first.repeat for one in found] == [0, 0]
