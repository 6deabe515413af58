import pytest

from sweeper.errors import SweepError
from sweeper.executors.executor import Died, Launch, Said
from sweeper.executors.inline import InlineExecutor
from tests.executors.fake_workers import now
from tests.executors.test_local import FAKES, settings


def begun(tmp_path, entry: str = f"{FAKES}:echo") -> InlineExecutor:
    executor = InlineExecutor()
    executor.start(Launch("w0", entry, tmp_path / "log"))
    executor.settle(settings("w0"))
    return executor


def test_parent_and_worker_take_turns_in_one_thread(tmp_path):
    executor = begun(tmp_path)
    heard: list = []

    def handle(events):
        heard.extend(events)
        if len(heard) == 1:
            executor.send("w0", {"do": "say", "time": now()})
        return None if len(heard) == 2 else 1.0

    executor.run(handle)
    assert [event.message["say"] for event in heard if isinstance(event, Said)] == ["ready", "echo"]


def test_a_worker_that_leaves_is_reported(tmp_path):
    executor = begun(tmp_path)
    heard: list = []

    def handle(events):
        heard.extend(events)
        if len(heard) == 1:
            executor.send("w0", {"do": "stop"})
        return 0.01

    executor.run(handle)
    assert heard[-1] == Died("w0", 0)


def test_an_exception_goes_straight_through_to_the_debugger(tmp_path):
    with pytest.raises(RuntimeError, match="no device"):
        begun(tmp_path, f"{FAKES}:raising").run(lambda events: 0.01)


def test_there_is_one_worker(tmp_path):
    executor = begun(tmp_path)
    with pytest.raises(SweepError, match="--executor local"):
        executor.start(Launch("w1", f"{FAKES}:echo", tmp_path / "log"))
