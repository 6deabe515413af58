"""The stores are dictionaries here, so that a crash can be made at every one of their calls."""

import contextlib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.errors import StoreError
from sweeper.records import DataInfo, EpochRecord, Objective, State, Task
from sweeper.tracking.combined import configurations
from sweeper.tracking.layout import INTERRUPTED, STATUS, SweepFacts, epoch_rows, outcome_rows, together_rows
from sweeper.tracking.reconcile import changes, mirrored_until, reconcile
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made
from tests.tracking.fake_stores import Failing, FakeMirror, FakeMlflow, mend, projector

DATA = DataInfo("points", Task.CLASSIFICATION, (4,), 3, {"train": 8}, "d", "")
FACTS = SweepFacts("tiny", "id", "", Objective("val_loss", False), DATA, "tiny.yaml", "0", "me", "", 0)
SEEDS = replace(FACTS, repeats=3)
LAYERS = {"layers/dense/dead": 0.5}


def bring(one, state, trials=None) -> None:
    """What the drain does with trials that end within a tick, one after the other."""
    for trial in trials or state.trials:
        if trial.outcome is not None:
            one.end(trial, [trial.epochs[epoch] for epoch in sorted(trial.epochs)])
        else:
            one.epochs(trial, [trial.epochs[epoch] for epoch in sorted(trial.epochs)])
        while one.mirror_next():
            pass


def check(state, mlflow, mirror, facts) -> None:
    """Each record is there once, each ended trial has one run, whole configurations are told as what they are together."""
    by_trial = Counter((run.tags["sweeper.trial"], run.tags["sweeper.repeat"]) for run in mlflow.runs.values())
    assert set(by_trial.values()) <= {1}
    runs = {(int(run.tags["sweeper.trial"]), int(run.tags["sweeper.repeat"])): run for run in mlflow.runs.values()}
    for found in configurations(state.trials, facts.repeats):
        for trial in found.trials:
            if trial.outcome is None:
                continue
            run = runs[trial.identity]
            assert (run.status, run.tags["sweeper.state"]) == (STATUS[trial.outcome.state], trial.outcome.state.value)
            assert (run.ended, run.params, run.data) == (trial.outcome.time, {"units": "8"}, {"d"})
            rows = [row for record in trial.epochs.values() for row in epoch_rows(record)] + outcome_rows(trial.outcome)
            assert run.rows == {*rows, *(together_rows(found, trial) if found.outcome is not None else ())}
    whole = mirrored_until(state, facts.repeats)
    assert [found.number for found in mirror.found] == list(range(whole))
    wanted = configurations(state.trials, facts.repeats)[:whole]
    assert [found.outcome for found in mirror.found] == [found.outcome for found in wanted]
    assert [found.spread for found in mirror.found] == [found.spread for found in wanted]


@given(made.histories(repeats=3), st.randoms(use_true_random=False), st.sampled_from([1, 2, 3]))
def test_in_whatever_order_repeats_end_the_stores_show_them_and_what_they_come_to(records, random, repeats):
    records = [record for record in records if getattr(record, "plan", record).repeat < repeats]
    state, mlflow, mirror, facts = SweepState(records), FakeMlflow(), FakeMirror(), replace(FACTS, repeats=repeats)
    trials = state.trials
    random.shuffle(trials)
    bring(projector(state, mlflow, mirror, facts), state, trials)
    check(state, mlflow, mirror, facts)


@settings(max_examples=200)
@given(made.histories(repeats=3), st.integers(1, 40), st.integers(1, 30), st.booleans(), st.data())
def test_after_a_crash_at_any_call_and_another_while_mending_the_stores_are_whole(records, first, second, late, data):
    known = SweepState(records[: data.draw(st.integers(0, len(records)))])
    mlflow, mirror = FakeMlflow(), FakeMirror()
    mlflow.guard = mirror.guard = Failing(first, late)
    with contextlib.suppress(StoreError):
        bring(projector(known, mlflow, mirror, SEEDS), known)
    state = SweepState(records)
    mlflow.guard = mirror.guard = Failing(second, late)
    with contextlib.suppress(StoreError):
        mend(state, mlflow, mirror, SEEDS)
    mlflow.guard = mirror.guard = Failing()
    mend(state, mlflow, mirror, SEEDS)
    check(state, mlflow, mirror, SEEDS)
    assert all(run.status != "RUNNING" for run in mlflow.runs.values())
    assert not changes(reconcile(state, mirror.trials(), mlflow.children(), SEEDS.repeats))
    calls = mlflow.guard.calls
    mend(state, mlflow, mirror, SEEDS)
    assert mlflow.guard.calls == calls


@settings(max_examples=100)
@given(made.histories(repeats=3), st.integers(1, 60), st.booleans())
def test_a_store_that_fails_at_any_call_and_is_asked_again_has_everything_once(records, fails, late):
    """Also where it has done what it was asked for (`late`), and only the answer was lost."""
    state, mlflow, mirror = SweepState(records), FakeMlflow(), FakeMirror()
    mlflow.guard = mirror.guard = Failing(fails, late)
    one = projector(state, mlflow, mirror, SEEDS)
    for trial in state.trials:
        for _ in range(2):
            with contextlib.suppress(StoreError):
                bring(one, state, [trial])
                break
        while one.mirror_next():
            pass
    check(state, mlflow, mirror, SEEDS)


def test_a_repeat_that_was_left_is_finished_and_what_all_come_to_stands_on_the_earlier_ones_too():
    records = made.trial_records(0, value=0.25) + made.trial_records(0, ended=None, repeat=1)
    state, mlflow, mirror, facts = SweepState(records), FakeMlflow(), FakeMirror(), replace(FACTS, repeats=2)
    bring(projector(state, mlflow, mirror, facts), state)
    one, _ = mend(state, mlflow, mirror, facts)
    assert [run.tags["sweeper.state"] for run in mlflow.runs.values()] == ["COMPLETE", INTERRUPTED]
    assert not mirror.found
    for record in made.trial_records(0, attempt=2, repeat=1, value=0.75):
        state.add(record)
    bring(one, state, [state.trial(0, 1)])
    for run in mlflow.runs.values():
        together = {row.key: row.value for row in run.rows if row.key in ("objective_mean", "objective_spread")}
        assert together == {"objective_mean": 0.5, "objective_spread": pytest.approx(0.125**0.5)}
    assert [(found.outcome.value, len(found.trials)) for found in mirror.found] == [(0.5, 2)]


def test_a_configuration_that_was_judged_and_dropped_is_one_run_without_a_mean():
    state, mlflow, mirror = SweepState(made.trial_records(0, ended=State.PRUNED, rungs=(1,))), FakeMlflow(), FakeMirror()
    bring(projector(state, mlflow, mirror, SEEDS), state)
    [run] = mlflow.runs.values()
    assert "objective_mean" not in {row.key for row in run.rows}
    assert len(mirror.found) == 1


def test_a_trial_that_ended_before_a_lower_number_began_waits_for_it_in_the_mirror():
    state = SweepState(record for number in range(3) for record in made.trial_records(number))
    mlflow, mirror = FakeMlflow(), FakeMirror()
    one = projector(state, mlflow, mirror, FACTS)
    bring(one, state, [state.trial(0), state.trial(2)])
    assert [found.number for found in mirror.found] == [0]
    bring(one, state, [state.trial(1)])
    assert [found.number for found in mirror.found] == [0, 1, 2]


def test_a_short_trial_costs_four_calls_and_one_more_for_its_layers():
    state, mlflow = SweepState(made.trial_records(0) + made.trial_records(1)), FakeMlflow()
    one = projector(state, mlflow, FakeMirror(), FACTS)
    bring(one, state, [state.trial(0)])
    assert mlflow.guard.calls == 4
    state.add(EpochRecord(1, 4, LAYERS, {}, 5))
    bring(one, state, [state.trial(1)])
    assert mlflow.guard.calls == 4 + 5


def test_layers_are_one_table_however_often_a_trial_is_told_of():
    state, mlflow = SweepState([made.asked(0), made.start(0), made.outcome(0)], keep="val_loss"), FakeMlflow()
    one, trial = projector(state, mlflow, FakeMirror(), FACTS), state.trial(0)
    for epoch in (2, 0):
        one.epochs(trial, [EpochRecord(0, epoch, {"val_loss": 1.0, **LAYERS}, {}, epoch)])
    one.end(trial, [EpochRecord(0, 3, LAYERS, {}, 3)])
    assert mlflow.runs["run0"].tables["layers.json"]["data"] == [[epoch, "dense", "dead", 0.5] for epoch in (0, 2, 3)]


def test_what_is_in_both_stores_is_forgotten():
    state = SweepState(record for number in range(20) for record in made.trial_records(number))
    one = projector(state, FakeMlflow(), FakeMirror(), FACTS)
    bring(one, state)
    assert one._descriptions.forgotten == list(range(20))
    assert not (one._runs or one._ended or one._open or one._layers)


def test_each_run_of_a_cross_validation_names_the_data_of_its_fold():
    folds = tuple(replace(DATA, digest=f"d{fold}") for fold in range(2))
    facts = replace(FACTS, repeats=2, data=replace(DATA, folds=folds))
    state, mlflow = SweepState(made.trial_records(0) + made.trial_records(0, repeat=1)), FakeMlflow()
    trial = state.trial(0, 1)
    trial.plan = replace(trial.plan, fold=1)
    bring(projector(state, mlflow, FakeMirror(), facts), state)
    assert [(run.data, run.tags["sweeper.fold"]) for run in mlflow.runs.values()] == [({"d0"}, "0"), ({"d1"}, "1")]
