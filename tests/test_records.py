import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.records import (
    Asked,
    DataInfo,
    EpochRecord,
    Objective,
    Outcome,
    Reason,
    Start,
    State,
    Task,
    TrialPlan,
    WorkerSettings,
    record_from_json,
)
from sweeper.seeds import Seeds

FINITE = st.floats(allow_nan=False)
VALUES = st.one_of(st.booleans(), st.integers(), FINITE, st.text(), st.none())
NAMES = st.text(min_size=1, max_size=20)
PLANS = st.builds(
    TrialPlan,
    number=st.integers(0, 10**6),
    parameters=st.dictionaries(NAMES, VALUES),
    configuration=st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES)),
    seeds=st.builds(Seeds, st.integers(0), st.integers(0), st.integers(0)),
    epochs=st.integers(1, 100),
    rungs=st.lists(st.integers(1, 99)).map(tuple),
    phase=st.text(),
    block=st.one_of(st.none(), st.integers(0)),
)
METRICS = st.dictionaries(NAMES, FINITE)
RECORDS = st.one_of(
    st.builds(Asked, plan=PLANS, time=st.integers(0)),
    st.builds(EpochRecord, st.integers(0), st.integers(0), METRICS, METRICS, st.integers(0)),
    st.builds(Start, st.integers(0), st.text(), st.booleans(), st.text(), st.text(), st.integers(0)),
    st.builds(
        Outcome,
        trial=st.integers(0),
        state=st.sampled_from(State),
        reason=st.sampled_from(Reason),
        value=st.one_of(st.none(), FINITE),
        last=st.one_of(st.none(), FINITE),
        best_epoch=st.one_of(st.none(), st.integers(0)),
        epochs=st.integers(0),
        seconds=METRICS,
        time=st.integers(0),
        metrics=METRICS,
        message=st.text(),
    ),
)


@given(RECORDS)
def test_a_record_is_one_line_and_comes_back_equal(record):
    text = record.to_json()
    assert "\n" not in text
    assert record_from_json(text) == record


@given(PLANS)
def test_a_plan_comes_back_equal(plan):
    assert TrialPlan.from_json(plan.to_json()) == plan


def test_what_is_not_finite_survives():
    record = EpochRecord(0, 1, {"a": math.nan, "b": math.inf}, {}, 1)
    found = record_from_json(record.to_json())
    assert math.isnan(found.metrics["a"])
    assert found.metrics["b"] == math.inf


@pytest.mark.parametrize("text", ["{}", '{"kind": "other"}', "nonsense"])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError):
        record_from_json(text)


def test_settings_come_back_equal():
    data = DataInfo("d", Task.REGRESSION, (4, 2), 3, {"train": 10}, "x", "/f", class_names=("a",), features=("b", "c"))
    settings = WorkerSettings("s", "w0", "/spool", data, Objective("val_loss", True, ("accuracy",)), "/code", "gpu:0", 2)
    assert WorkerSettings.from_json(settings.to_json()) == settings


def test_better_is_strict_and_anything_beats_what_is_no_number():
    least, most = Objective("val_loss", False), Objective("val_accuracy", True)
    assert least.better(1.0, 2.0)
    assert most.better(2.0, 1.0)
    assert not least.better(1.0, 1.0)
    assert least.better(9.0, math.nan)
    assert not least.better(math.nan, 9.0)
    assert not most.better(math.inf, 0.0)
