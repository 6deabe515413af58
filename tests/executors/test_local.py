import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sweeper.executors.executor import Died, Launch, Said
from sweeper.executors.local import LocalExecutor
from sweeper.records import DataInfo, Objective, Task, WorkerSettings

FAKES = "tests.executors.fake_workers"


def settings(worker: str) -> WorkerSettings:
    data = DataInfo("d", Task.CLASSIFICATION, (4,), 3, {"train": 10}, "x", "/nowhere")
    return WorkerSettings("s", worker, "/nowhere/spool", data, Objective("val_loss", False), "/nowhere")


@pytest.fixture
def executor():
    made = LocalExecutor()
    yield made
    made.kill()


@pytest.fixture
def start(executor, tmp_path):
    def begin(worker: str, entry: str = f"{FAKES}:echo", **environment: str) -> None:
        executor.start(Launch(worker, entry, tmp_path / f"{worker}.log", environment))
        executor.settle(settings(worker))

    return begin


def until(executor, count: int) -> list:
    found: list = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        found += executor.events(1.0)
    return found


def test_a_worker_hears_and_answers_with_its_own_environment_and_log(executor, start, tmp_path):
    start("w0", CUDA_VISIBLE_DEVICES="-1", OMP_NUM_THREADS="3")
    [ready] = until(executor, 1)
    assert ready.message["environment"] == {"CUDA_VISIBLE_DEVICES": "-1", "OMP_NUM_THREADS": "3"}
    assert ready.message["worker"] == "w0"
    assert ready.message["pid"] != os.getpid()
    executor.send("w0", {"do": "say", "value": float("inf")})
    assert until(executor, 1) == [Said("w0", {"say": "echo", "message": {"do": "say", "value": float("inf")}})]
    executor.stop(10)
    assert "heard" in (tmp_path / "w0.log").read_text()


def test_the_death_of_one_is_told_after_its_last_words_and_leaves_the_others(executor, start):
    start("w0")
    start("w1")
    until(executor, 2)
    executor.send("w0", {"do": "die"})
    assert until(executor, 2) == [Said("w0", {"say": "last words"}), Died("w0", -signal.SIGKILL)]
    executor.send("w0", {"do": "say"})  # to nobody: no error
    executor.send("w1", {"do": "say"})
    assert [event.worker for event in until(executor, 1)] == ["w1"]
    start("w0")
    assert until(executor, 1)[0].message["say"] == "ready"


def test_an_exit_in_the_middle_is_a_death_whatever_its_status(executor, start):
    start("w0")
    until(executor, 1)
    executor.send("w0", {"do": "exit", "code": 0})
    assert until(executor, 1) == [Died("w0", 0)]


def test_an_entry_that_raises_or_is_missing_says_that_it_is_unable(executor, start):
    start("w0", f"{FAKES}:raising")
    unable, died = until(executor, 2)
    assert (unable.message["say"], unable.message["message"]) == ("unable", "RuntimeError: no device")
    assert "fake_workers.py" in unable.message["trace"]
    assert died == Died("w0", 1)
    start("w1", "sweeper.nothing:main")
    assert "cannot be loaded" in until(executor, 2)[0].message["message"]


def test_a_worker_that_is_told_to_stop_leaves_and_one_that_hangs_is_killed(executor, start):
    start("w0")
    until(executor, 1)
    begun = time.monotonic()
    executor.stop(20)
    assert time.monotonic() - begun < 10
    start("w1")
    [ready] = until(executor, 1)
    os.kill(ready.message["pid"], signal.SIGSTOP)
    executor.stop(0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(ready.message["pid"], 0)


def test_ctrl_c_does_not_reach_a_worker(executor, start):
    start("w0")
    [ready] = until(executor, 1)
    os.kill(ready.message["pid"], signal.SIGINT)
    executor.send("w0", {"do": "say"})
    assert until(executor, 1)[0].message["say"] == "echo"


def test_waking_ends_the_waiting(executor, start):
    start("w0")
    until(executor, 1)
    executor.wake()
    begun = time.monotonic()
    assert executor.events(10) == []
    assert time.monotonic() - begun < 5


def test_workers_die_with_a_parent_that_is_killed_and_nothing_of_it_is_imported_again(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import pathlib, sys, time
            sys.path.insert(0, {str(Path.cwd())!r})
            with open({str(tmp_path / "imports")!r}, "a") as file:
                file.write("x")
            from tests.executors.test_local import settings
            from sweeper.executors.executor import Launch
            from sweeper.executors.local import LocalExecutor
            executor = LocalExecutor()
            executor.start(Launch("w0", "{FAKES}:echo", pathlib.Path({str(tmp_path / "w0.log")!r})))
            executor.settle(settings("w0"))
            while not (said := executor.events(5)):
                pass
            print(said[0].message["pid"], flush=True)
            time.sleep(60)
            """
        )
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(worker)
    assert (tmp_path / "imports").read_text() == "x"


def _alive(pid: int) -> bool:
    """Not gone, and not waiting to be reaped by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
