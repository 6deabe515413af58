import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.records import EpochRecord, Reason, State
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made


def snapshot(state: SweepState):
    return [(trial.number, trial.plan, trial.epochs, trial.outcome, trial.starts) for trial in state.trials]


@given(made.histories(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records, random):
    shuffled = list(records)
    random.shuffle(shuffled)
    assert snapshot(SweepState(shuffled)) == snapshot(SweepState(records))


@given(made.histories())
def test_records_that_come_twice_change_nothing(records):
    state = SweepState(records)
    before = snapshot(state)
    assert not any(state.add(record) for record in records)
    assert snapshot(state) == before


def test_the_first_of_two_records_stays_and_the_second_is_compared():
    state = SweepState([made.asked(0), made.epoch(0, 1, 1), made.asked(0, 2)])
    assert not state.add(made.epoch(0, 1, 2))
    assert state.trial(0).differing == set()
    assert not state.add(made.epoch(0, 1, 3, value=9.0))
    assert state.trial(0).differing == {1}
    assert state.trial(0).epochs[1] == made.epoch(0, 1, 1)
    assert state.trial(0).attempt == 2


def test_a_value_that_is_no_number_equals_itself():
    state = SweepState([made.epoch(0, 1, 1, math.nan), made.epoch(0, 1, 2, math.nan)])
    assert state.trial(0).differing == set()


def test_a_trial_without_a_finite_value_is_never_complete():
    for value in (math.nan, math.inf, None):
        state = SweepState([made.asked(0), made.outcome(0, value=value)])
        found = state.trial(0).outcome
        assert (found.state, found.reason) == (State.PRUNED, Reason.DIVERGED)


def test_a_trial_that_was_never_asked_for_is_not_among_the_trials():
    assert SweepState([made.epoch(5, 1)]).trials == []


def test_a_curve_is_in_the_order_of_epochs():
    state = SweepState([made.asked(0), made.epoch(0, 3), made.epoch(0, 1)])
    assert list(state.trial(0).curve("val_loss")) == [1, 3]
    assert state.trial(0).curve("nothing") == {}


def ended(state: SweepState):
    """What a state that keeps curves alone still has to know."""
    return [
        (trial.number, trial.plan, trial.curve("val_loss"), trial.outcome, trial.starts, trial.attempt, trial.differing)
        for trial in state.trials
    ]


@given(made.histories(), st.randoms(use_true_random=False))
def test_a_state_that_keeps_curves_alone_says_the_same_of_them_in_any_order(records, random):
    whole, slim = SweepState(), SweepState(keep="val_loss")
    random.shuffle(records)
    for record in records:
        assert slim.add(record) == whole.add(record)
    assert ended(slim) == ended(whole)
    for trial in slim.trials:
        assert (trial.kept is None) == (trial.outcome is None)
        assert trial.epochs == (whole.trial(trial.number).epochs if trial.outcome is None else {})


def test_a_kept_curve_tells_a_missing_value_from_one_that_is_no_number():
    records = [EpochRecord(0, 0, {}, {}, 1), made.epoch(0, 1, value=math.nan), made.epoch(0, 2, value=0.5)]
    state = SweepState([made.asked(0), *records, made.outcome(0)], keep="val_loss")
    assert list(state.trial(0).curve("val_loss")) == [1, 2]
    assert math.isnan(state.trial(0).curve("val_loss")[1])
    with pytest.raises(AssertionError, match="val_loss is kept, not that of val_accuracy"):
        state.trial(0).curve("val_accuracy")


def test_what_a_retry_computed_differently_is_noticed_after_the_end_too():
    state = SweepState([made.asked(0), made.epoch(0, 1, 2), made.outcome(0, 2)], keep="val_loss")
    assert not state.add(made.epoch(0, 1, 1, value=9.0))
    assert state.trial(0).differing == {1}
    assert state.trial(0).curve("val_loss") == {1: 9.0}
