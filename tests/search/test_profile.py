"""The seconds of each process sum to its wall clock, and what lies within something else is counted once."""

from __future__ import annotations

import time

import pytest

from sweeper.records import Outcome, Reason, State
from sweeper.search.profile import Clock
from sweeper.tracking.replay import TrialState


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, set by hand."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_what_lies_within_is_counted_once(at: list[float]) -> None:
    clock = Clock(90.0)
    clock.started()
    with clock.of("wait"):
        at[0] += 5
        with clock.of("handle"):
            at[0] += 1
            with clock.of("ask"):
                at[0] += 2
        at[0] += 3
    at[0] += 4
    [parent] = clock.spent([], 1.5)
    assert parent.seconds == {"start": 10.0, "wait": 8.0, "handle": 1.0, "ask": 2.0, "end": 4.0}
    assert parent.total == at[0] - 90.0
    assert parent.beside == {"mlflow and optuna": 1.5}


def test_a_workers_seconds_are_its_trials_and_what_it_told(at: list[float]) -> None:
    clock = Clock(100.0)
    clock.launched("w0")
    at[0] += 10
    clock.hear("w0", {"import": 3.0, "load": 0.5, "spool": 0.25, "idle": 0.5})
    clock.gone("w0")
    clock.launched("w0")  # another process in its place
    at[0] += 6
    clock.hear("w0", {"import": 1.0, "idle": 0.5})
    clock.hear("w0", {"import": 2.0, "idle": 1.0})  # tells sums, not what has come since
    clock.gone("w0")
    ended = Outcome(
        0, State.COMPLETE, Reason.FINISHED, 0.5, 0.5, 1, 1, {"compile": 1.0, "train": 4.0, "evaluate": 0.5}, 0, worker="w0"
    )
    _, worker = clock.spent([TrialState(0, outcome=ended)], 0.0)
    told = {"import": 5.0, "load": 0.5, "spool": 0.25, "idle": 1.5}
    trial = {"compile": 1.0, "train": 4.0, "evaluate": 0.5, "probe": 0.0}
    assert {what: worker.seconds[what] for what in (*told, *trial)} == {**told, **trial}
    assert worker.total == 16.0
