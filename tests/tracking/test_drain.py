import time

import pytest

from sweeper.errors import StoreError
from sweeper.records import EpochRecord
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
        self.read_again: list[int] = []
        self.to_mirror = 0
        self.mirrored = 0

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

    def end_from_spools(self, trials) -> None:
        for trial in trials:
            self._fail()
            self.read_again.append(trial.number)
            self.ended.append(trial.number)

    def mirror_next(self) -> bool:
        self.to_mirror -= 1
        if self.to_mirror < 0:
            return False
        time.sleep(0.02)
        self.mirrored += 1
        return True


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(drain, "_TICK", 0.01)
    monkeypatch.setattr(drain, "_SHARE", 0.0)
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


def test_what_the_mirror_takes_counts_as_progress():
    stores = Stores()
    stores.to_mirror = 20
    told(stores, patience=0.1)
    assert stores.mirrored == 20


def test_of_very_many_ended_trials_the_records_are_read_again_when_their_turn_comes(monkeypatch):
    monkeypatch.setattr(drain, "_HELD", 5)
    stores = Stores(failures=3)
    one = Drain(stores, lambda text: None)
    state = SweepState(keep="val_loss")
    for number in range(40):
        for record in made.trial_records(number):
            state.add(record)
            if isinstance(record, EpochRecord):
                one.epoch(state.trial(number), record)
        one.ended(state.trial(number))
    assert sum(len(pending.epochs) for pending in list(one._pending.values())) <= 2 * 5 * 4
    one.close(10)
    assert sorted(set(stores.ended)) == list(range(40))
    assert len(stores.read_again) >= 30 - 5


def test_many_running_trials_are_told_of_less_often(monkeypatch):
    monkeypatch.setattr(drain, "_TICK", 0.02)
    monkeypatch.setattr(drain, "_SHARE", 100.0)
    stores = Stores()
    one = Drain(stores, lambda text: None)
    state = SweepState(record for number in range(2) for record in made.trial_records(number, ended=None))
    for trial in state.trials:
        one.epoch(trial, trial.epochs[0])
    time.sleep(0.3)
    assert stores.epochs_of == [(0, 0)]
    one.close(10)
    assert stores.epochs_of == [(0, 0), (1, 0)]


def test_whoever_is_in_a_hurry_does_not_wait_for_the_stores():
    """As after a second Ctrl-C: what is missing is said, not lost; `resume` brings it."""
    stores = Stores()
    stores.to_mirror = 1000  # twenty seconds
    one = Drain(stores, lambda text: None)
    asked = iter([False, False, True])
    assert one.close(60, lambda: next(asked, True)) is False
    assert stores.mirrored < 1000
    assert Drain(Stores(), lambda text: None).close(10) is True
