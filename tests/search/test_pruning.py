"""The rules against Optuna's own pruners, one trial after the other, where both see the same."""

import math
import warnings

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import State, Verdict
from sweeper.search.pruning import Asha, Hyperband, Median, Threshold, Told, make_pruner

EPOCHS = 20
CURVES = st.lists(
    st.lists(st.one_of(st.floats(0, 10), st.sampled_from([1.0, 2.0, math.nan])), min_size=EPOCHS, max_size=EPOCHS),
    min_size=1,
    max_size=12,
)


def stops(pruner, curves) -> list[int]:
    """The epoch after which each trial was stopped; EPOCHS if it was not."""
    found = []
    for number, values in enumerate(curves):
        rungs = pruner.rungs(number)
        curve: dict[int, float] = {}
        for epoch, value in enumerate(values, start=1):
            curve[epoch] = value
            if epoch in rungs and pruner.verdict(number, epoch, curve, number) is Verdict.STOP:
                break
        complete = max(curve) == EPOCHS
        pruner.tell(Told(number, State.COMPLETE if complete else State.PRUNED, dict(curve)))
        found.append(max(curve))
    return found


def optuna_stops(pruner, curves, maximize: bool, rungs) -> list[int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(
            direction="maximize" if maximize else "minimize", pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=0)
        )
        found = []
        for values in curves:
            trial = study.ask()
            last = 0
            for epoch, value in enumerate(values, start=1):
                last = epoch
                trial.report(value, epoch)
                if epoch in rungs and trial.should_prune():
                    break
            complete = last == EPOCHS
            study.tell(trial, 1.0 if complete else None, state=None if complete else optuna.trial.TrialState.PRUNED)
            found.append(last)
    return found


@given(CURVES, st.booleans())
@settings(max_examples=60)
def test_asha_is_optuna_s(curves, maximize):
    ours = Asha(2, 3, EPOCHS, maximize)
    theirs = optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=3)
    assert ours.rungs(0) == (2, 6, 18)
    assert stops(ours, curves) == optuna_stops(theirs, curves, maximize, (2, 6, 18))


@given(CURVES, st.booleans())
@settings(max_examples=60)
def test_median_is_optuna_s(curves, maximize):
    ours = Median(2, 4, EPOCHS, maximize)
    theirs = optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=4)
    # Optuna looks at nothing before two trials are complete, not even at what is NaN throughout.
    curves = [[1.0, *values[1:]] for values in curves]
    assert stops(ours, curves) == optuna_stops(theirs, curves, maximize, ours.rungs(0))


@given(CURVES)
@settings(max_examples=30)
def test_threshold_is_optuna_s(curves):
    ours = Threshold(None, 5.0, 3, EPOCHS)
    theirs = optuna.pruners.ThresholdPruner(upper=5.0, n_warmup_steps=3)
    assert stops(ours, curves) == optuna_stops(theirs, curves, False, ours.rungs(0))


def test_hyperband_has_brackets_with_later_first_rungs_and_the_paper_s_shares():
    pruner = Hyperband(1, 3, 27, False, seed=4)
    brackets = [pruner.bracket(number) for number in range(2000)]
    shares = [brackets.count(bracket) / 2000 for bracket in range(4)]
    tickets = [27, 12, 6, 4]
    assert shares == pytest.approx([ticket / sum(tickets) for ticket in tickets], abs=0.04)
    for number in range(10):
        assert pruner.rungs(number) == tuple(3**k for k in range(brackets[number], 3))


def test_a_trial_of_hyperband_is_set_against_its_bracket_alone():
    pruner = Hyperband(1, 3, 9, False, seed=0)
    first = [number for number in range(50) if pruner.bracket(number) == 0]
    other = next(number for number in range(50) if pruner.bracket(number) == 1)
    better = dict.fromkeys(range(10), 0.1)
    pruner.tell(Told(other, State.COMPLETE, better))
    pruner.tell(Told(first[1], State.COMPLETE, better))
    assert pruner.verdict(first[0], 1, {1: 0.5}, told=1) is Verdict.GO
    assert pruner.verdict(first[0], 1, {1: 0.5}, told=2) is Verdict.STOP


@pytest.mark.parametrize("pruner", [Asha(1, 3, 9, False), Median(0, 1, 9, False), Threshold(None, None, 1, 9)])
def test_what_is_no_number_never_goes_on(pruner):
    assert pruner.verdict(0, 1, {1: math.nan}, 0) is Verdict.STOP


def test_the_state_before_training_is_no_value_that_a_trial_has_reached():
    pruner = Median(1, 1, 9, False)
    pruner.tell(Told(0, State.COMPLETE, dict.fromkeys(range(10), 2.5)))
    assert pruner.verdict(1, 1, {0: 2.3, 1: 3.0}, 1) is Verdict.STOP


def test_a_verdict_cannot_look_at_trials_that_were_not_told():
    with pytest.raises(IndexError):
        Asha(1, 3, 9, False).verdict(0, 1, {1: 0.5}, 1)


def test_pruners_by_name():
    assert make_pruner(None, {}, 9, False, 0) is None
    assert make_pruner("none", {}, 9, False, 0) is None
    assert make_pruner("asha", {"min_epochs": 1, "factor": 2}, 9, True, 0) == Asha(1, 2, 9, True)
    with pytest.raises(ValueError, match="no pruner is called 'x'"):
        make_pruner("x", {}, 9, False, 0)
