"""Trials side by side: each computes what it would compute with any other neighbours, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sweeper.records import EpochRecord, Objective, Outcome, Reason, State, TrialPlan
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import DeviceData
from sweeper.training.lanes import Lanes
from sweeper.training.passes import Pass
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.trial import Trial, epoch_learning_rates

from .conftest import FAMILIES, TRAIN, configuration, plan

METRICS = ("accuracy", "calibration_error")
LOSS = Objective("val_loss", maximize=False, metrics=METRICS)
LANES = 4


@pytest.fixture(scope="module")
def program(build: Any, family: str) -> ResidentProgram:
    """One with lanes, dropout and a penalty."""
    program: ResidentProgram = build(settings(family), METRICS, LANES)
    return program


def settings(family: str, learning_rate: float = 0.01, dropout: float = 0.2) -> dict[str, Any]:
    regularization = {"dropout": dropout, "l2": 1e-4}
    return configuration({"adam": {"learning_rate": learning_rate}}, FAMILIES[family], regularization)


def trained(program: ResidentProgram, plans: Sequence[TrialPlan]) -> tuple[dict[int, list[EpochRecord]], list[Outcome]]:
    """The records of each trial, and the outcomes in the order in which they came; a plan takes the first lane that is free."""
    lanes, waiting = Lanes(program), list(plans)
    records: dict[int, list[EpochRecord]] = {}
    outcomes: list[Outcome] = []
    while waiting or lanes.running:
        while waiting and lanes.free:
            lanes.place(Trial(waiting.pop(0), LOSS, TRAIN, 0.0))
        for record in [*lanes.begin(), *lanes.round()]:
            records.setdefault(record.trial, []).append(record)
        outcomes += lanes.finish()
    return records, outcomes


def curves(records: Sequence[EpochRecord]) -> list[dict[str, float]]:
    return [dict(record.metrics) for record in records]


def test_a_trial_is_the_same_whatever_its_neighbours_do(program: ResidentProgram, family: str) -> None:
    one = plan(settings(family), 3, number=9)
    quiet = [plan(settings(family, 0.003, 0.4), 3, number) for number in range(LANES - 1)]
    wild = [
        plan(settings(family, 1e25), 3, 0),  # diverges
        plan(settings(family), 1, 1),  # ends early, and its lane is taken by the last
        plan(settings(family, 0.02), 2, 2),
        plan(settings(family, 0.005), 2, 3),
    ]
    alone, _ = trained(program, [one])
    first, _ = trained(program, [one, *quiet])
    second, outcomes = trained(program, [one, *wild])
    assert len(alone[9]) == 4
    assert curves(alone[9]) == curves(first[9]) == curves(second[9])
    assert outcomes[0].reason is Reason.DIVERGED
    assert {outcome.trial for outcome in outcomes} == {0, 1, 2, 3, 9}
    assert [outcome.state for outcome in outcomes].count(State.COMPLETE) == 4


def test_a_trial_is_the_same_wherever_it_lies(program: ResidentProgram, family: str, backend: Backend) -> None:
    """Where the back end promises it; TensorFlow rounds sums and the ends of arrays otherwise, so there up to rounding."""
    one = plan(settings(family, 0.001), 1, number=9)
    others = [plan(settings(family, 0.003), 1, number) for number in range(LANES - 1)]
    (first, _), (last, _) = trained(program, [one, *others]), trained(program, [*others, one])
    if backend.same_bits_in_any_lane:
        assert curves(first[9]) == curves(last[9])
    for here, there in zip(curves(first[9]), curves(last[9]), strict=True):
        assert here == pytest.approx(there, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("family", ["mlp"], indirect=True)
def test_the_best_epochs_weights_are_the_lanes_own(program: ResidentProgram, family: str) -> None:
    """Lanes whose best epochs differ are tested with different weights: those of a training of that length in the same lane."""
    kinds = [settings(family, 0.003), settings(family, 0.15, 0.0)]
    _, outcomes = trained(program, [plan(kind, 4, number) for number, kind in enumerate(kinds)])
    for outcome in outcomes:
        assert outcome.best_epoch is not None
        lengths = [outcome.best_epoch if number == outcome.trial else 4 for number in range(2)]
        _, again = trained(program, [plan(kinds[number], length, number) for number, length in enumerate(lengths)])
        [shorter] = [other for other in again if other.trial == outcome.trial]
        assert (shorter.value, shorter.metrics) == (outcome.value, outcome.metrics)


def test_an_epoch_in_a_lane_is_that_of_the_trial_alone(program: ResidentProgram, build: Any, family: str) -> None:
    """Up to rounding, which training amplifies: no bound could be given for a whole trial."""
    trial = plan(settings(family, 0.0003), 1, 5)
    alone = build(trial.configuration, METRICS, 1)
    order, rates = Pass.of(trial, 1).order(TRAIN), epoch_learning_rates(trial, TRAIN, 1)
    one, [measured] = alone.epoch(alone.put(None, 0, alone.start(trial)), [order], [rates], 32)
    filled = program.put(None, 0, program.start(plan(settings(family, 0.01), 1, 3)))
    filled = program.put(filled, 2, program.start(trial))
    many, in_lanes = program.epoch(filled, [order] * LANES, [rates] * LANES, 32)
    assert in_lanes[2] == pytest.approx(measured, abs=1e-5)
    for a, b in zip(one.state["weights"], many.state["weights"], strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b)[2], atol=1e-5)


def test_folds_lie_side_by_side(build: Any, backend: Backend, info: Any, digits: tuple[np.ndarray, np.ndarray]) -> None:
    """A fold in a lane trains on its own rows: as in a program over data in which these rows are the first and only fold."""
    x, y = digits
    rows = np.arange(120, dtype="int32")
    index = tuple(
        {
            "train": np.setdiff1d(rows, part).astype("int32"),
            "train_eval": np.setdiff1d(rows, part)[:40].astype("int32"),
            "val": part,
        }
        for part in (rows[:40], rows[40:80], rows[80:])
    )
    both = DeviceData(backend.array(x[:120]), backend.array(y[:120]), index)
    one = DeviceData(both.x, both.y, (index[2],))
    family = "mlp"
    trial = plan(settings(family), 2, 7)
    values = []
    for data, fold in ((both, 2), (one, 0)):
        lanes = Lanes(build(settings(family), METRICS, 2, data))
        lanes.place(Trial(plan(settings(family), 2, 7, fold=fold), LOSS, 80, 0.0))
        if data is both:
            lanes.place(Trial(plan(settings(family), 2, 8, fold=1), LOSS, 80, 0.0))
        lanes.begin()
        lanes.round()
        lanes.round()
        values.append(next(outcome.value for outcome in lanes.finish() if outcome.trial == trial.number))
    assert values[0] == values[1]
