"""Reconciling is pure, so stores are dictionaries here: what a crash leaves is made up, mended, and looked at again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sweeper.tracking.layout import INTERRUPTED, STATUS
from sweeper.tracking.reconcile import (
    ChildRun,
    Complain,
    Discard,
    Interrupt,
    Mirror,
    MirroredTrial,
    Project,
    changes,
    mirrored_until,
    reconcile,
)
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made

REPEATS = 3


def carried_out(state: SweepState, optuna: list, mlflow: list):
    """What the stores hold after the actions."""
    for action in reconcile(state, optuna, mlflow, REPEATS):
        match action:
            case Discard(run_id=run):
                mlflow = [child for child in mlflow if child.run_id != run]
            case Project(trial=(number, repeat)):
                ended = state.trial(number, repeat).outcome.state
                mlflow = [child for child in mlflow if (child.trial, child.repeat) != (number, repeat)]
                mlflow.append(ChildRun(f"new{number}.{repeat}", number, repeat, STATUS[ended], ended.value, 5))
            case Interrupt(trial=identity):
                mlflow = [
                    replace(child, status="KILLED", state=INTERRUPTED) if (child.trial, child.repeat) == identity else child
                    for child in mlflow
                ]
            case Mirror(number=number):
                assert number == len(optuna)
                optuna = [*optuna, MirroredTrial(number, "COMPLETE", 0.25)]
    return optuna, mlflow


@st.composite
def crashes(draw):
    state = SweepState(draw(made.histories(REPEATS)))
    ended = mirrored_until(state, REPEATS)
    optuna = [MirroredTrial(number, "COMPLETE", 0.25) for number in range(draw(st.integers(0, ended)))]
    runs = draw(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.integers(0, REPEATS - 1),
                st.sampled_from(["RUNNING", "FINISHED", "KILLED", "FAILED"]),
                st.sampled_from(["RUNNING", "PRUNED", INTERRUPTED]),
            ),
            max_size=8,
        )
    )
    return state, optuna, [ChildRun(f"r{n}", *identity, status, word, n) for n, (*identity, status, word) in enumerate(runs)]


@given(crashes())
def test_after_the_actions_nothing_is_left_to_do(crash):
    state, optuna, mlflow = crash
    optuna, mlflow = carried_out(state, optuna, mlflow)
    assert not changes(reconcile(state, optuna, mlflow, REPEATS))


@given(crashes())
def test_afterwards_every_ended_trial_has_one_run_with_its_state_and_nothing_runs(crash):
    state, optuna, mlflow = crash
    optuna, mlflow = carried_out(state, optuna, mlflow)
    by_trial = {(child.trial, child.repeat): child for child in mlflow}
    assert len(by_trial) == len(mlflow)
    assert all(child.status != "RUNNING" for child in mlflow)
    for trial in state.trials:
        if trial.outcome is not None:
            assert by_trial[trial.identity].status == STATUS[trial.outcome.state]
    assert [trial.number for trial in optuna] == list(range(mirrored_until(state, REPEATS)))


def test_a_configuration_is_mirrored_when_the_last_of_its_repeats_has_ended():
    records = made.trial_records(0) + made.trial_records(0, repeat=1)
    assert mirrored_until(SweepState(records[:-1]), 2) == 0
    assert mirrored_until(SweepState(records), 2) == 1
    assert mirrored_until(SweepState(records), 3) == 0
    assert Mirror(0) in reconcile(SweepState(records), [], [], 2)


def test_of_two_runs_of_a_trial_the_first_is_kept():
    state = SweepState(made.trial_records(0))
    runs = [ChildRun("a", 0, 0, "RUNNING", "RUNNING", 1), ChildRun("b", 0, 0, "FINISHED", "COMPLETE", 2)]
    actions = reconcile(state, [], runs)
    assert Discard("b") in actions
    assert Project((0, 0)) in actions


def test_a_mirror_ahead_of_the_spool_is_told():
    [complaint] = reconcile(SweepState(), [MirroredTrial(0, "COMPLETE", 1.0)], [])
    assert isinstance(complaint, Complain)
    assert "1 trials" in complaint.text
