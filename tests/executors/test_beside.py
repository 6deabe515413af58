"""A function that is called in a process beside gives what it gives here, and the process is gone whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from sweeper.errors import InputError, SweepError
from sweeper.executors import beside as executor
from sweeper.executors.beside import Beside, beside

OWN = "tests.executors.test_beside"


def process_of(value: int) -> tuple[int, int]:
    return value, os.getpid()


def refuse(words: str) -> None:
    raise InputError(words)


def fail_away_from(process: int) -> int:
    if os.getpid() != process:
        raise ValueError("only at home")
    return process


def print_and_sleep(seconds: float) -> str:
    print("nobody's")
    time.sleep(seconds)
    return "slept"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are begun, in a world of several cores."""
    monkeypatch.setattr(executor, "several_cores", lambda: True)
    found: list[subprocess.Popen[bytes]] = []
    begin = executor._begun

    def seen(module: str) -> object:
        made = begin(module)
        found.extend([] if made is None else [made[0]])
        return made

    monkeypatch.setattr(executor, "_begun", seen)
    return found


def asked(process: Beside) -> list[tuple[int, int]]:
    results = [process.call("process_of", value) for value in range(3)]
    return [result() for result in results]


def test_calls_are_answered_beside(begun: list[subprocess.Popen[bytes]]) -> None:
    with beside(OWN) as process:
        assert asked(process) == [(value, begun[0].pid) for value in range(3)]
    assert begun[0].returncode is not None


def test_on_one_core_they_are_answered_here() -> None:
    with beside(OWN) as process:
        assert asked(process) == [(value, os.getpid()) for value in range(3)]


def test_where_no_process_can_be_begun_they_are_answered_here(
    begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/python")
    with beside(OWN) as process:
        assert asked(process) == [(value, os.getpid()) for value in range(3)]
    assert begun == []


def test_where_the_process_dies_they_are_answered_here(begun: list[subprocess.Popen[bytes]]) -> None:
    with beside(OWN) as process:
        assert process.call("process_of", 0)() == (0, begun[0].pid)
        begun[0].kill()
        assert asked(process) == [(value, os.getpid()) for value in range(3)]


def test_an_error_of_ours_comes_back_and_any_other_is_tried_here(begun: list[subprocess.Popen[bytes]]) -> None:
    with beside(OWN) as process:
        with pytest.raises(SweepError, match="no such thing"):
            process.call("refuse", "no such thing")()
        assert process.call("fail_away_from", os.getpid())() == os.getpid()
        with pytest.raises(ValueError, match="only at home"):
            process.call("fail_away_from", 0)()
    assert len(begun) == 1


def test_an_interrupt_ends_the_process_at_once(begun: list[subprocess.Popen[bytes]]) -> None:
    with pytest.raises(KeyboardInterrupt), beside(OWN) as process:
        assert os.getsid(begun[0].pid) != os.getsid(0)  # a terminal's Ctrl-C is for the command alone
        process.call("print_and_sleep", 3600.0)
        process.call("process_of", 1)
        raise KeyboardInterrupt
    assert begun[0].returncode is not None


def test_what_a_function_prints_is_no_output_of_the_command(
    begun: list[subprocess.Popen[bytes]], capfd: pytest.CaptureFixture[str]
) -> None:
    with beside(OWN) as process:
        assert process.call("print_and_sleep", 0.0)() == "slept"
    assert capfd.readouterr().out == ""


def test_the_process_ends_with_its_pipe() -> None:
    found = executor._begun("math")
    assert found is not None
    process, pipe = found
    pipe.close()
    assert process.wait(60) == 0
