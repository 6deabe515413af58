"""What pruners keep of the trials told, against the rules' definitions worked out anew from all curves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import Asked, EpochRecord, Objective, Outcome, Reason, Record, State, Verdict
from sweeper.search.asking import Asking
from sweeper.search.marks import Curve
from sweeper.search.pruning import Asha, Hyperband, Median, Told, make_pruner
from sweeper.tracking.replay import SweepState
from tests.tracking.synthetic import plan

EPOCHS = 12
AHEAD = 3
VALUE = st.one_of(st.floats(0, 10), st.sampled_from([1.0, 2.0, math.nan, math.inf]))
CURVE = st.lists(VALUE, min_size=1, max_size=EPOCHS)
CURVES = st.lists(CURVE, min_size=1, max_size=24)
PRUNERS = st.tuples(st.sampled_from(["asha", "hyperband", "median"]), st.booleans(), st.integers(0, 99))


def pruner_of(name: str, maximize: bool, seed: int) -> Any:
    start = {"startup": 2, "min_epochs": 2} if name == "median" else {"min_epochs": 1, "factor": 2}
    return make_pruner(name, start, EPOCHS, maximize, seed)


def trial(number: int, values: Sequence[float]) -> Told:
    state = State.COMPLETE if len(values) == EPOCHS else State.PRUNED
    return Told(number, state, dict(enumerate(values, start=1)))


def by_definition(pruner: Any, number: int, epoch: int, curve: Curve, seen: Sequence[Told]) -> Verdict:
    """The verdict from all curves."""
    if isinstance(pruner, Hyperband):
        seen = [one for one in seen if pruner.bracket(one.number) == pruner.bracket(number)]
    if isinstance(pruner, Median):
        seen = [one for one in seen if one.state is State.COMPLETE]
    values = [one.curve[epoch] for one in seen if not math.isnan(one.curve.get(epoch, math.nan))]
    if isinstance(pruner, Median):
        reached = [value for at, value in curve.items() if at <= epoch and not math.isnan(value)]
        if not reached or not values or len(seen) < pruner.startup:
            return Verdict.GO if reached else Verdict.STOP
        best, middle = (max if pruner.maximize else min)(reached), statistics.median(values)
        return Verdict.GO if best == middle or (best > middle) == pruner.maximize else Verdict.STOP
    if math.isnan(curve[epoch]):
        return Verdict.STOP
    ranked = sorted([*values, curve[epoch]], reverse=pruner.maximize)
    best = ranked[: max(len(ranked) // pruner.factor, 1)]
    return Verdict.GO if curve[epoch] in best else Verdict.STOP


@given(PRUNERS, CURVES, CURVE, st.data())
@settings(max_examples=100)
def test_verdicts_are_those_of_the_definition_for_any_number_of_told_trials(about, curves, values, data):
    pruner = pruner_of(*about)
    seen = [trial(number, one) for number, one in enumerate(curves)]
    for one in seen:
        pruner.tell(one)
    number, curve = len(seen), dict(enumerate(values, start=1))
    told = data.draw(st.integers(0, len(seen)))
    for epoch in curve.keys() & {*pruner.rungs(number)}:
        assert pruner.verdict(number, epoch, curve, told) is by_definition(pruner, number, epoch, curve, seen[:told])


@given(PRUNERS, CURVES, CURVE)
@settings(max_examples=60)
def test_later_trials_change_no_verdict(about, curves, values):
    pruner, curve = pruner_of(*about), dict(enumerate(values, start=1))
    number = len(curves)
    rungs = sorted(curve.keys() & {*pruner.rungs(number)})
    before = []
    for told, one in enumerate(curves):
        before.append([pruner.verdict(number, epoch, curve, told) for epoch in rungs])
        pruner.tell(trial(told, one))
    assert before == [[pruner.verdict(number, epoch, curve, told) for epoch in rungs] for told in range(number)]


class Unlearned:
    """Proposes nothing that matters here: all trials are known."""

    def ask(self, number: int) -> None:
        return None

    def know(self, trial: Any) -> None:
        pass

    def tell(self, ended: Any) -> None:
        pass


def records_of(told: Told) -> list[Record]:
    epochs = max(told.curve)
    complete = told.state is State.COMPLETE
    reason = Reason.FINISHED if complete else Reason.PRUNER
    found = [EpochRecord(told.number, epoch, {"val_loss": value}, {}, 1) for epoch, value in told.curve.items()]
    return [*found, Outcome(told.number, told.state, reason, 1.0, 1.0, epochs, epochs, {}, 1)]


def asking_over(state: SweepState, pruner: Any, trials: int) -> Asking:
    about: Any = SimpleNamespace(
        trials=trials, ahead=AHEAD, trainings=1, folds=1, objective=Objective("val_loss", pruner.maximize)
    )
    return Asking(about, Unlearned(), pruner, state)


@given(PRUNERS, CURVES, st.randoms(use_true_random=False), st.data())
@settings(max_examples=60)
def test_whatever_the_order_in_which_trials_end_and_after_a_resume_verdicts_are_those_of_the_definition(
    about, curves, random, data
):
    """Trials end in any order that the window allows; somewhere the sweep is cut, and goes on from what the records say."""
    seen = [trial(number, one) for number, one in enumerate(curves)]
    plans = [plan(number) for number in range(len(seen))]
    kept: list[Record] = [Asked(one, 1) for one in plans]
    state = SweepState(kept, keep="val_loss")
    pruner = pruner_of(*about)
    asking = asking_over(state, pruner, len(seen))
    cut, running = data.draw(st.integers(0, len(seen))), []
    for ended in range(len(seen)):
        if ended == cut:
            state, pruner = SweepState(kept, keep="val_loss"), pruner_of(*about)
            asking, running = asking_over(state, pruner, len(seen)), []
        for asked, _ in asking.more():
            running += [one.number for one in asked]
        number = running.pop(random.randrange(len(running)))
        one, told = seen[number], seen[: max(number - AHEAD + 1, 0)]
        for epoch in one.curve.keys() & {*pruner.rungs(number)}:
            verdict = pruner.verdict(number, epoch, one.curve, asking.told(number))
            assert verdict is by_definition(pruner, number, epoch, one.curve, told)
        for record in records_of(one):
            kept.append(record)
            state.add(record)


def test_asha_is_no_other_with_what_it_was_told():
    told = Asha(1, 3, 9, False)
    told.tell(trial(0, [1.0]))
    assert told == Asha(1, 3, 9, False)
