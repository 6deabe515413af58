"""Repeats and folds: every configuration is trained several times, and counts once."""

import json
import statistics
from dataclasses import replace

import pytest

from sweeper.records import Reason, State
from sweeper.search.plans import next_attempt, repeated
from sweeper.search.progress import RepeatEnded, Started, TrialEnded, TrialStarted
from sweeper.search.resume import resume_sweep
from sweeper.search.view import open_sweep
from sweeper.seeds import Seeds
from sweeper.tracking.replay import SweepState
from tests.search.inspecting import spooled
from tests.tracking import synthetic as made

THREE = ("budget.repeats=3",)


@pytest.fixture
def behave(monkeypatch):
    return lambda **trials: monkeypatch.setenv("FAKE_BEHAVIOUR", json.dumps(trials))


class Few:
    """Settings as far as repeats need them."""

    def __init__(self, folds: int = 1) -> None:
        self.seed, self.folds = 7, folds


def test_repeat_0_is_what_it_would_be_alone_and_the_others_have_seeds_of_their_own():
    first = replace(made.plan(5), seeds=Seeds.of(7, 5), rungs=(1, 3), lanes=4, attempt=2)
    plans = repeated(first, Few(), range(3))
    assert plans[0].seeds == first.seeds
    assert len({plan.seeds for plan in plans}) == 3
    assert [plan.seeds for plan in plans] == [Seeds.of(7, 5, repeat) for repeat in range(3)]
    assert [(plan.repeat, plan.fold, plan.rungs, plan.attempt, plan.lanes) for plan in plans] == [
        (repeat, 0, (), 1, 0) for repeat in range(3)
    ]


def test_folds_of_one_round_share_their_seeds_and_rounds_their_folds():
    plans = repeated(replace(made.plan(5), seeds=Seeds.of(7, 5)), Few(folds=3), range(6))
    assert [plan.fold for plan in plans] == [0, 1, 2, 0, 1, 2]
    assert [plan.seeds for plan in plans] == [Seeds.of(7, 5, 0)] * 3 + [Seeds.of(7, 5, 1)] * 3


def test_another_attempt_takes_the_lanes_of_the_last_one():
    """The first may have had more, for which there was no memory."""
    state = SweepState([made.asked(0), replace(made.start(0), lanes=16), replace(made.start(0, attempt=2), lanes=8)])
    assert (next_attempt(state.trial(0)).attempt, next_attempt(state.trial(0)).lanes) == (3, 8)


def test_in_a_block_repeats_share_seeds_across_the_choices():
    one, two = (repeated(replace(made.plan(number), block=1), Few(), range(3)) for number in (2, 3))
    assert [plan.seeds for plan in one] == [plan.seeds for plan in two] == [Seeds.of(7, 1, repeat) for repeat in range(3)]


@pytest.mark.parametrize("lanes", [1, 4])
def test_trials_are_counted_once_and_their_value_is_the_mean(sweep, home, lanes):
    summary, seen = sweep(overrides=THREE, lanes=lanes)
    assert summary.counts == {"complete": 6, "pruned": 0, "failed": 0, "diverged": 0}
    trials = spooled(home, "tiny").trials
    assert [(trial.number, trial.repeat) for trial in trials] == [
        (number, repeat) for number in range(6) for repeat in range(3)
    ]
    assert len({trial.plan.seeds for trial in trials}) == 18
    values = {number: [trial.outcome.value for trial in trials if trial.number == number] for number in range(6)}
    assert len(set(values[0])) == 3
    view = open_sweep(home)
    for trial in view.trials:
        assert trial.value == pytest.approx(statistics.mean(values[trial.number]))
        assert trial.spread == pytest.approx(statistics.stdev(values[trial.number]))
        assert [repeat.value for repeat in trial.repeats] == values[trial.number]
    assert summary.best.value == min(trial.value for trial in view.trials)
    kinds = [type(event) for event in seen]
    assert (kinds.count(TrialStarted), kinds.count(RepeatEnded), kinds.count(TrialEnded)) == (18, 18, 6)
    assert [event.repeats for event in seen if isinstance(event, Started)] == [3]


def test_one_that_fails_fails_the_configuration_and_one_that_diverges_is_its_result(sweep, home, behave):
    behave(**{"1.2": "error", "2.1": "diverge"})
    summary, _ = sweep(overrides=THREE)
    assert summary.counts == {"complete": 4, "pruned": 0, "failed": 1, "diverged": 1}
    view = open_sweep(home)
    assert (view.trial(1).state, view.trial(1).message) == (State.FAILED, "model.py:3: ValueError: no")
    assert (view.trial(2).state, view.trial(2).reason) == (State.PRUNED, Reason.DIVERGED)
    assert [repeat.state for repeat in view.trial(1).repeats] == [State.COMPLETE, State.COMPLETE, State.FAILED]


def test_only_the_first_repeat_is_judged_and_the_others_follow_where_it_completes(sweep, home):
    summary, seen = sweep(sampler="tpe", pruner="asha", trials=16, epochs=6, overrides=THREE, workers=2)
    trials = spooled(home, "tiny").trials
    firsts = {trial.number: trial for trial in trials if trial.repeat == 0}
    assert {trial.outcome.state for trial in firsts.values()} == {State.COMPLETE, State.PRUNED}
    for number, first in firsts.items():
        others = [trial for trial in trials if trial.number == number and trial.repeat]
        assert len(others) == (2 if first.outcome.state is State.COMPLETE else 0)
        assert all(trial.plan.rungs == () and trial.outcome.state is State.COMPLETE for trial in others)
    assert summary.counts["pruned"] == sum(trial.outcome.state is State.PRUNED for trial in firsts.values())
    assert sum(summary.counts.values()) == 16
    order = [(type(event).__name__, event.plan.number, event.plan.repeat) for event in seen if hasattr(event, "plan")]
    for number, first in firsts.items():
        if first.outcome.state is State.COMPLETE:
            assert order.index(("RepeatEnded", number, 0)) < order.index(("TrialStarted", number, 1))


def test_the_same_seed_gives_the_same_sweep_with_repeats(sweep, home):
    asked = {"sampler": "tpe", "pruner": "asha", "trials": 14, "workers": 2, "epochs": 6, "lanes": 2, "overrides": THREE}
    sweep(**asked, name="a")
    sweep(**asked, name="b")
    first, second = (
        [(t.number, t.repeat, t.plan.parameters, t.outcome.state, t.outcome.value) for t in spooled(home, name).trials]
        for name in "ab"
    )
    assert first == second


def test_more_trials_of_a_sweep_with_repeats(sweep, home):
    sweep(overrides=THREE)
    summary = resume_sweep(home, None, 2, lambda event: None, "tests.executors.fake_workers:main")
    assert sum(summary.counts.values()) == 8
    assert len(spooled(home, "tiny").trials) == 24


def test_what_an_earlier_run_left_of_a_configuration_is_finished(sweep, home, monkeypatch):
    """As after a crash: repeat 0 of trial 3 has ended, repeat 1 was asked for, repeat 2 was not; trial 4 has not begun."""
    from sweeper.tracking.home import Home
    from sweeper.tracking.spool import SpoolWriter, read_spool

    sweep(overrides=THREE)
    folder = Home(home).sweep("tiny")
    records = [record for file in sorted(folder.spool.iterdir()) for record in read_spool(file).records]
    for file in folder.spool.iterdir():
        file.unlink()

    def kept(record) -> bool:
        plan = getattr(record, "plan", record)
        identity = (plan.number if record is not plan else record.trial, plan.repeat)
        return identity < (3, 1) or (identity == (3, 1) and record is not plan)

    with SpoolWriter(folder.spool / "parent.jsonl") as spool:
        spool.append_all([record for record in records if kept(record)])
    whole = {(t.number, t.repeat): t.outcome.value for t in _state(records).trials}
    summary = resume_sweep(home, None, 0, lambda event: None, "tests.executors.fake_workers:main")
    assert summary.counts["complete"] == 6
    trials = spooled(home, "tiny").trials
    assert {(t.number, t.repeat): t.outcome.value for t in trials} == whole
    assert {(t.number, t.repeat) for t in trials if t.attempt == 2} == {(3, 1)}


def _state(records):
    from sweeper.tracking.replay import SweepState

    return SweepState(records)
