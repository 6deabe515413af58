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


def carried_out(state: SweepState, optuna: list, mlflow: list):
    """What the stores hold after the actions."""
    for action in reconcile(state, optuna, mlflow):
        match action:
            case Discard(run_id=run):
                mlflow = [child for child in mlflow if child.run_id != run]
            case Project(trial=(number, repeat)):
                ended = state.trial(number).outcome.state
                mlflow = [child for child in mlflow if child.trial != number]
                mlflow.append(ChildRun(f"new{number}", number, repeat, STATUS[ended], ended.value, 5))
            case Interrupt(trial=(number, _)):
                mlflow = [
                    replace(child, status="KILLED", state=INTERRUPTED) if child.trial == number else child for child in mlflow
                ]
            case Mirror(trial=(number, _)):
                assert number == len(optuna)
                optuna = [*optuna, MirroredTrial(number, "COMPLETE", 0.25)]
    return optuna, mlflow


@st.composite
def crashes(draw):
    state = SweepState(draw(made.histories()))
    ended = mirrored_until(state.trials)
    optuna = [MirroredTrial(number, "COMPLETE", 0.25) for number in range(draw(st.integers(0, ended)))]
    runs = draw(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from(["RUNNING", "FINISHED", "KILLED", "FAILED"]),
                st.sampled_from(["RUNNING", "PRUNED", INTERRUPTED]),
            ),
            max_size=8,
        )
    )
    return state, optuna, [ChildRun(f"r{n}", trial, 0, status, word, n) for n, (trial, status, word) in enumerate(runs)]


@given(crashes())
def test_after_the_actions_nothing_is_left_to_do(crash):
    state, optuna, mlflow = crash
    optuna, mlflow = carried_out(state, optuna, mlflow)
    assert not changes(reconcile(state, optuna, mlflow))


@given(crashes())
def test_afterwards_every_ended_trial_has_one_run_with_its_state_and_nothing_runs(crash):
    state, optuna, mlflow = crash
    optuna, mlflow = carried_out(state, optuna, mlflow)
    assert len({child.trial for child in mlflow}) == len(mlflow)
    assert all(child.status != "RUNNING" for child in mlflow)
    by_trial = {child.trial: child for child in mlflow}
    for trial in state.trials:
        if trial.outcome is not None:
            assert by_trial[trial.number].status == STATUS[trial.outcome.state]
    assert [trial.number for trial in optuna] == list(range(mirrored_until(state.trials)))


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
