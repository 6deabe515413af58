"""A store with the usual sweeps, made once; tests that write copy an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from sweeper.reporting import SweepFrames, read_sweep
from tests.drawing import drawn_once, undrawn
from tests.quick_stores import quick_stores
from tests.reporting.synthetic import Planted, compared, plant, repeated, searched

__all__ = ["drawn_once", "quick_stores", "undrawn"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """MLflow itself uses what SQLAlchemy and others deprecate; their warnings are not about this code."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, quick_stores: None) -> Path:
    """An MLflow database without an experiment of ours."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture(scope="session")
def store(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("store")
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    plant(uri, compared(blocks=6), folder)
    plant(uri, searched(trials=24), folder)
    return uri


@pytest.fixture(scope="session")
def optimizers(store: str) -> SweepFrames:
    return read_sweep("digits-optimizers", store)


@pytest.fixture(scope="session")
def plain(store: str) -> SweepFrames:
    return read_sweep("digits-mlp", store)


@pytest.fixture(scope="session")
def folds(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> SweepFrames:
    folder = tmp_path_factory.mktemp("folds")
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    plant(uri, repeated(), folder)
    return read_sweep("digits-folds", uri)


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> str:
    """The address of an empty store that a test may write into."""
    shutil.copy(empty, tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


@pytest.fixture
def read(fresh: str, tmp_path: Path) -> Callable[[Planted], SweepFrames]:
    """Writes a sweep into a store of its own and reads it back."""

    def planted(sweep: Planted) -> SweepFrames:
        plant(fresh, sweep, tmp_path)
        return read_sweep(sweep.name, fresh)

    return planted
