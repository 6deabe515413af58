import time

import pytest

from sweeper.errors import StoreError
from sweeper.tracking import drain
from sweeper.tracking.drain import Drain
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made


class Stores:
    """Takes what a projector takes; fails as often as it is told to, for one reason or the other."""

    def __init__(self, failures: int = 0, bug: bool = False) -> None:
        self.failures, self.bug = failures, bug
        self.epochs_of: list[tuple[int, int]] = []
        self.ended: list[int] = []

    def _fail(self) -> None:
        if self.bug:
            raise ZeroDivisionError
        if self.failures:
            self.failures -= 1
            raise StoreError("the store is away")

    def begin(self, trial) -> None:
        self._fail()

    def epochs(self, trial, records) -> None:
        self._fail()
        self.epochs_of += [(record.trial, record.epoch) for record in records]

    def end(self, trial, records) -> None:
        self.epochs(trial, records)
        self.ended.append(trial.number)

    def mirror(self, trials) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(drain, "_TICK", 0.01)
    monkeypatch.setattr(drain, "_FIRST_WAIT", 0.01)


def told(stores: Stores, patience: float = 10) -> list[str]:
    complaints: list[str] = []
    made_drain = Drain(stores, complaints.append)
    state = SweepState()
    for number in range(3):
        for record in made.trial_records(number):
            state.add(record)
        trial = state.trial(number)
        made_drain.began(trial)
        for epoch in trial.epochs.values():
            made_drain.epoch(trial, epoch)
            time.sleep(0.005)
        made_drain.ended(trial)
    made_drain.close(patience)
    return complaints


def test_everything_arrives_once_and_in_order():
    stores = Stores()
    assert told(stores) == []
    assert stores.epochs_of == [(trial, epoch) for trial in range(3) for epoch in range(4)]
    assert stores.ended == [0, 1, 2]


def test_a_store_that_is_away_for_a_while_loses_nothing_and_is_told_of_twice():
    stores = Stores(failures=3)
    first, second = told(stores)
    assert "the store is away. Training goes on" in first
    assert "answer again" in second
    assert sorted(stores.epochs_of) == [(trial, epoch) for trial in range(3) for epoch in range(4)]
    assert sorted(stores.ended) == [0, 1, 2]


def test_a_store_that_stays_away_ends_the_waiting():
    with pytest.raises(StoreError, match="the store is away"):
        told(Stores(failures=10**6), patience=0.2)


def test_a_fault_of_our_own_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        told(Stores(bug=True))


def test_of_an_unfinished_trial_what_an_earlier_run_stored_is_brought_along():
    stores = Stores()
    one = Drain(stores, lambda text: None)
    one.know(SweepState(made.trial_records(0, epochs=2, ended=None)).trials)
    one.close(10)
    assert stores.epochs_of == [(0, 0), (0, 1), (0, 2)]
