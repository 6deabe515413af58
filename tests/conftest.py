"""What holds for all tests: the environment of whoever runs them changes nothing, and all of them run in several processes."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means: a process for each core, of which each imports TensorFlow, when all tests are asked for. For some
    folders or files it takes longer to start them, and a card's memory belongs to one process."""
    cores = len(os.sched_getaffinity(0))
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(cores, 4) if everything and cores > 1 and not Path("/dev/nvidia0").exists() else 0


LONGEST = (
    "tests/test_end_to_end.py",
    "tests/training",
    "tests/test_habits.py",
    "tests/reporting/page",
    "tests/search",
    "tests/exporting",
    "tests/cli",
)
"""Folders and files whose files take longest."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would keep one process busy while the others have nothing left to do."""

    def turn(item: pytest.Item) -> int:
        file = item.path.relative_to(config.rootpath).as_posix()
        return next((place for place, name in enumerate(LONGEST) if file.startswith(name)), len(LONGEST))

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage again and again takes a twentieth of the time."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _plain_environment() -> Iterator[None]:
    """No store, home, card or option from outside; output without colour; and what a test (the inline executor's too) puts
    into the environment is gone behind it."""
    with patch.dict(os.environ):
        for name in list(os.environ):
            if name.startswith(("SWEEP_", "MLFLOW_", "CUDA_")):
                del os.environ[name]
        os.environ["NO_COLOR"] = "1"
        yield


@pytest.fixture(autouse=True)
def _nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are drawn and attached in the test's own process, which has loaded what does it already."""
    monkeypatch.setattr("sweeper.executors.beside.several_cores", lambda: False)
