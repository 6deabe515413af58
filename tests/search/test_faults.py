import errno
import json
import signal
from dataclasses import replace

import pytest

from sweeper.errors import StoreError, SweepError
from sweeper.executors.executor import Launch
from sweeper.executors.local import LocalExecutor
from sweeper.records import Reason, State
from sweeper.search import faults
from sweeper.search.progress import Note
from sweeper.search.resume import resume_sweep
from sweeper.search.view import open_sweep
from sweeper.tracking import drain
from sweeper.tracking.home import Home, Status
from sweeper.tracking.replay import SweepState
from tests.search.conftest import ENTRY
from tests.search.inspecting import check, runs, spooled
from tests.tracking import synthetic as made


@pytest.fixture
def behave(monkeypatch):
    return lambda **trials: monkeypatch.setenv(
        "FAKE_BEHAVIOUR", json.dumps({number.removeprefix("t"): how for number, how in trials.items()})
    )


def test_a_worker_that_is_killed_is_replaced_and_its_trial_tried_again(sweep, home, behave):
    behave(t1="kill")
    summary, seen = sweep()
    assert summary.counts["complete"] == 6
    trial = spooled(home, "tiny").trials[1]
    assert (trial.attempt, trial.outcome.attempt, trial.epochs[1].attempt, trial.epochs[4].attempt) == (2, 2, 1, 2)
    assert trial.differing == set()
    assert any(isinstance(event, Note) and "trial 1 is tried again" in event.text for event in seen)
    assert runs(home, "trial")[1].data.tags["sweeper.attempt"] == "2"
    check(home, "tiny")


def test_what_a_worker_had_finished_before_it_died_stays_finished(sweep, home, behave, monkeypatch):
    monkeypatch.setattr(drain, "_TICK", 0.01)
    monkeypatch.setenv("FAKE_SECONDS", "0.1")
    behave(t3="kill")
    summary, _ = sweep()
    assert summary.programs.compiled == 3
    check(home, "tiny")


def test_without_room_for_another_worker_the_sweep_stops_and_goes_on_later(sweep, home, behave, monkeypatch):
    start = LocalExecutor.start

    def full(executor: LocalExecutor, launch: Launch) -> None:
        if launch.log.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        start(executor, launch)

    behave(t1="kill")
    with monkeypatch.context() as patch, pytest.raises(StoreError, match=r"cannot start worker w0 .*No space left"):
        patch.setattr(LocalExecutor, "start", full)
        sweep()
    assert Home.at(home).sweep("tiny").status() is Status.UNFINISHED
    assert resume_sweep(home, None, 0, lambda event: None, ENTRY).counts["complete"] == 6
    check(home, "tiny")


def test_a_trial_that_kills_two_workers_has_failed_and_the_sweep_goes_on(sweep, home, behave):
    behave(t1="kill_always", t3="exit")
    summary, _ = sweep()
    assert summary.counts == {"complete": 4, "pruned": 0, "failed": 2, "diverged": 0}
    assert summary.exit_code == 1
    killed, left = (spooled(home, "tiny").trials[number].outcome for number in (1, 3))
    assert (killed.state, killed.reason) == (State.FAILED, Reason.CRASHED)
    assert "SIGKILL" in killed.message
    assert "ended by itself with status 0" in left.message
    check(home, "tiny")


def test_errors_and_divergence_end_with_their_reason(sweep, home, behave):
    behave(t1="error", t2="diverge")
    summary, _ = sweep(sampler="tpe")
    assert summary.counts == {"complete": 4, "pruned": 0, "failed": 1, "diverged": 1}
    assert summary.exit_code == 1
    check(home, "tiny")
    diverged = runs(home, "trial")[2]
    assert (diverged.info.status, diverged.data.tags["sweeper.reason"]) == ("KILLED", "diverged")
    assert open_sweep(home).trial(1).message == "model.py:3: ValueError: no"


def test_divergence_alone_is_no_fault(sweep, behave):
    behave(t2="diverge")
    summary, _ = sweep()
    assert summary.exit_code == 0


def test_workers_that_cannot_begin_end_the_sweep_with_their_reason(home, space):
    from sweeper.search.request import SweepRequest
    from sweeper.search.sweep import run_sweep

    request = SweepRequest(str(space), home, workers=1, device="cpu")
    with pytest.raises(SweepError, match="worker w0 cannot go on: RuntimeError: no device") as told:
        run_sweep(request, lambda event: None, "tests.executors.fake_workers:raising")
    assert "sweep resume tiny" in str(told.value), "the fault is the machine's, and may pass"
    assert open_sweep(home).status == "unfinished"
    resume_sweep(home, None, 0, lambda event: None, ENTRY)
    assert open_sweep(home).status == "finished"
    check(home, "tiny")


def failed(number: int, message: str = "m", state: State = State.FAILED, place: str = "") -> list:
    return [made.asked(number), replace(made.outcome(number, state=state), message=message, place=place)]


def lost(*trials: list) -> str | None:
    """What is said when the last of these trials has ended."""
    hope = faults.Hope(SweepState(record for trial in trials[:-1] for record in trial))
    hope._state.add(trials[-1][0])
    hope._state.add(trials[-1][1])
    found = hope.lost(hope._state.trial(trials[-1][1].trial))
    return found and found.message


def test_three_alike_are_hopeless_by_number_and_words():
    assert lost(failed(0), failed(1), failed(2)) == "m"
    assert lost(failed(2), failed(0), failed(1)) == "m"
    assert lost(failed(0), failed(1)) is None
    assert lost(failed(0), failed(1), failed(3)) is None
    assert lost(failed(0), failed(1), failed(2, "other")) is None
    assert lost(failed(0, state=State.COMPLETE), failed(1), failed(2), failed(3)) is None
    assert lost(failed(0), failed(1), failed(4, state=State.PRUNED), failed(2)) is None


def test_faults_at_one_place_of_the_users_code_are_alike_whatever_values_they_name():
    here, there = "TypeError in /m.py, line 3", "TypeError in /m.py, line 4"
    assert (
        lost(failed(0, "units=1", place=here), failed(1, "units=2", place=here), failed(2, "units=4", place=here)) == "units=1"
    )
    assert lost(failed(0, place=here), failed(1, place=here), failed(2, place=there)) is None
    assert lost(failed(0, place=here), failed(1, place=here), failed(2)) is None


def test_an_end_in_words():
    assert faults.how(3) == "ended by itself with status 3"
    assert faults.how(-signal.SIGSEGV) == "was killed by SIGSEGV"
    assert "out of memory" in faults.how(-signal.SIGKILL)
