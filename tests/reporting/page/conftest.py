"""Small sweeps, each planted and read once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sweeper.reporting import SweepFrames, read_sweep
from tests.reporting.page.cases import CASES
from tests.reporting.synthetic import plant


@pytest.fixture(scope="session")
def case_of(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], SweepFrames]:
    """The frames of one of `CASES`, each planted and read once."""

    @cache
    def frames(case: str) -> SweepFrames:
        folder = tmp_path_factory.mktemp("case")
        uri = f"sqlite:///{shutil.copy(empty, folder / 'mlflow.db')}"
        plant(uri, CASES[case], folder)
        return read_sweep(CASES[case].name, uri)

    return frames


@pytest.fixture
def small(case_of: Callable[[str], SweepFrames]) -> SweepFrames:
    """A sweep whose report takes a third of the time."""
    return case_of("one trial")
