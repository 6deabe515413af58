"""Sweeps that are stopped or killed from outside, in processes of their own, and resumed."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sweeper.cli.reports import frames_of
from sweeper.errors import InputError
from sweeper.search.deleting import delete_sweep, doomed
from sweeper.search.progress import Note, Started
from sweeper.search.resume import resume_sweep
from sweeper.search.view import open_sweep
from tests.search.conftest import ENTRY
from tests.search.inspecting import check, dump, runs, spooled

SCRIPT = """
import sys
from pathlib import Path
from sweeper.errors import SweepError
from sweeper.search.progress import EpochEnded
from sweeper.search.request import SweepRequest
from sweeper.search.sweep import run_sweep

def watch(event):
    if isinstance(event, EpochEnded):
        print(event.record.trial, event.record.epoch, flush=True)

try:
    asked = dict(workers=2, device="cpu", sampler={sampler!r}, trials=8, until={until!r})
    run_sweep(SweepRequest({space!r}, Path({home!r}), **asked), watch, {entry!r})
except SweepError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def begin(home, space, monkeypatch):
    """Starts a sweep in a process, and waits until it has trained an epoch, the first one of trial 2 as a rule."""
    started: list[subprocess.Popen] = []

    def start(sampler: str = "random", until: float | None = None, heard: str = "2 1") -> subprocess.Popen:
        environment = {**os.environ, "FAKE_SECONDS": "0.05", "PYTHONPATH": str(Path.cwd())}
        code = textwrap.dedent(SCRIPT).format(space=str(space), home=str(home), sampler=sampler, until=until, entry=ENTRY)
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        for line in process.stdout:
            if line.startswith(heard):
                break
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def resume(home, more: int = 0):
    seen: list = []
    return resume_sweep(home, None, more, seen.append, ENTRY), seen


def finish_and_check(home) -> None:
    summary, seen = resume(home)
    assert sum(summary.counts.values()) == 8
    assert not [event.text for event in seen if isinstance(event, Note) and "differently" in event.text]
    check(home, "tiny")
    before = dump(home)
    files = {path: path.read_bytes() for path in (home / ".sweeps").rglob("*") if path.is_file()}
    again, _ = resume(home)
    assert again.counts == summary.counts
    assert dump(home) == before
    assert {path: path.read_bytes() for path in (home / ".sweeps").rglob("*") if path.is_file()} == files


def test_after_sigkill_of_the_parent_the_sweep_is_finished_and_a_second_resume_changes_nothing(begin, home):
    process = begin("tpe")
    process.kill()
    process.wait()
    view = open_sweep(home)
    assert view.status == "unfinished"
    assert 0 < sum(view.counts.values()) < 8
    finish_and_check(home)
    attempts = [trial.attempt for trial in spooled(home, "tiny").trials]
    assert set(attempts) == {1, 2}


OPENING = """
import os, signal, sys
from pathlib import Path
from unittest.mock import patch
from sweeper.search.request import SweepRequest
from sweeper.search.sweep import run_sweep

with patch("sweeper.tracking.mlflow_store.MlflowStore.log_data", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
    run_sweep(SweepRequest(sys.argv[1], Path(sys.argv[2]), workers=1, device="cpu"), lambda event: None, sys.argv[3])
"""


def test_a_sweep_that_is_killed_while_it_opens_its_stores_is_resumed_or_deleted(home, space):
    for end in ("delete", "resume"):
        killed = subprocess.run([sys.executable, "-c", OPENING, str(space), str(home), ENTRY])
        assert killed.returncode == -signal.SIGKILL
        assert open_sweep(home).status == "unfinished"
        assert len(runs(home, "sweep")) == 1
        if end == "delete":
            assert delete_sweep(home, doomed(home, "tiny")) == 1
    summary, _ = resume(home)
    assert summary.counts["complete"] == 6
    check(home, "tiny")
    frames = frames_of(home, "tiny")
    assert frames.sweep.space == space.read_text()
    assert frames.sweep.fixed["budget.trials"] == "6"


def test_ctrl_c_lets_epochs_end_marks_runs_and_says_how_to_resume(begin, home):
    process = begin()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "sweep resume tiny" in errors
    assert "Traceback" not in errors
    statuses = {run.info.status for run in runs(home, "trial") + runs(home, "sweep")}
    assert "RUNNING" not in statuses
    assert runs(home, "sweep")[0].data.tags["sweeper.state"] == "INTERRUPTED"
    with pytest.raises(InputError, match="sweep resume tiny"):
        from sweeper.search.request import SweepRequest
        from sweeper.search.sweep import run_sweep

        run_sweep(SweepRequest(str(home.parent / "tiny.yaml"), home, device="cpu"), lambda event: None, ENTRY)
    finish_and_check(home)


def test_a_second_ctrl_c_stops_at_once_and_loses_nothing(begin, home):
    process = begin()
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    if process.returncode == 130 and "at once" in errors:
        assert time.monotonic() - begun < 5
    assert process.returncode == 130
    assert "Traceback" not in errors
    finish_and_check(home)


def test_sigterm_ends_with_143(begin, home):
    process = begin()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert open_sweep(home).status == "unfinished"


def test_an_interrupted_sweep_becomes_what_an_undisturbed_one_is(begin, home, sweep):
    process = begin("tpe")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    resume(home)
    sweep(name="whole", sampler="tpe", trials=8, workers=2)
    one, two = (spooled(home, name).trials for name in ("tiny", "whole"))
    assert [trial.plan.parameters for trial in one] == [trial.plan.parameters for trial in two]
    assert [trial.outcome.value for trial in one] == [trial.outcome.value for trial in two]


def test_more_trials_go_on_with_the_numbers(sweep, home):
    sweep()
    summary, seen = resume(home, 3)
    assert sum(summary.counts.values()) == 9
    assert [event.resumed for event in seen if isinstance(event, Started)] == [6]
    check(home, "tiny")


def test_a_sweep_whose_file_changed_goes_on_with_its_own_text(sweep, home, space):
    sweep()
    space.write_text("data: nonsense")
    _, seen = resume(home, 1)
    assert any(isinstance(event, Note) and "has changed since" in event.text for event in seen)


def test_a_moved_home_and_lost_stores_are_no_loss(sweep, home, tmp_path, stores):
    sweep()
    moved = tmp_path / "moved"
    shutil.move(home, moved)
    (moved / "optuna.db").unlink()
    for file in moved.glob("mlflow.db*"):
        file.unlink()
    shutil.copy(stores / "mlflow.db", moved / "mlflow.db")
    resume(moved)
    check(moved, "tiny")
    settings = open_sweep(moved).settings
    assert str(moved) in settings.tracking_uri and str(moved) in settings.storage
    frames_of(moved, None)


def test_a_copy_of_a_home_is_read_from_its_own_store(sweep, home, tmp_path):
    sweep()
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    resume(copy, 2)
    assert (len(frames_of(home, None).trials), len(frames_of(copy, None).trials)) == (6, 8)


def test_after_a_target_was_reached_no_trials_are_added_in_silence(sweep, home):
    sweep(until=100)
    with pytest.raises(InputError, match="as --until says, and takes no more trials"):
        resume(home, 3)


def test_seconds_are_those_of_all_commands_together(sweep, home):
    first, _ = sweep()
    again, _ = resume(home)
    assert again.seconds == pytest.approx(first.seconds, abs=0.5)
    more, _ = resume(home, 1)
    assert more.seconds > again.seconds


def test_a_trial_that_was_left_unfinished_is_finished_though_the_target_is_reached(begin, home, monkeypatch):
    monkeypatch.setenv("FAKE_BEHAVIOUR", '{"1": "hang"}')
    process = begin(until=100, heard="0 4")
    while spooled(home, "tiny").trial(0).outcome is None:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    process.communicate(timeout=60)
    monkeypatch.delenv("FAKE_BEHAVIOUR")
    assert [trial.number for trial in spooled(home, "tiny").trials if trial.outcome is None] == [1]
    resume(home)
    assert all(trial.outcome for trial in spooled(home, "tiny").trials)
    assert open_sweep(home).status == "finished"
    check(home, "tiny")


def test_what_is_left_of_a_grid_can_be_added(sweep, home):
    sweep(sampler="grid", trials=4)
    summary, _ = resume(home, 100)
    assert sum(summary.counts.values()) == 7


def test_a_grid_has_no_more_trials(sweep, home):
    sweep(sampler="grid", trials=100)
    with pytest.raises(InputError, match="is a grid"):
        resume(home, 1)
