import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from sweeper.search.request import SweepRequest
from sweeper.search.sweep import run_sweep
from tests.quick_stores import quick_stores

__all__ = ["quick_stores"]
ENTRY = "tests.executors.fake_workers:main"

SPACE = """\
# Question   does it run?
data: {npz: {file: points.npz, task: classification}}
model: {mlp: {layers: {choice: [8, 16-8]}}}
optimizer: {adam: {learning_rate: {float: [1e-4, 1e-1], log: true}}}
budget: {trials: 6, epochs: 4}
search: {sampler: random, pruner: none}
"""


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with empty stores: making them takes seconds, copying them nothing."""
    from sweeper.tracking.home import Home
    from sweeper.tracking.mlflow_store import MlflowStore

    home = tmp_path_factory.mktemp("stores")
    MlflowStore(Home(home))
    with contextlib.closing(sqlite3.connect(home / "mlflow.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all that is in the log belongs into the file that is copied
    return home


@pytest.fixture
def home(tmp_path: Path, stores: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "mlflow.db").write_bytes((stores / "mlflow.db").read_bytes())
    return folder


@pytest.fixture
def space(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(SPACE)
    random = np.random.default_rng(0)
    np.savez(tmp_path / "points.npz", x=random.normal(size=(60, 4)).astype(np.float32), y=np.arange(60) % 3)
    return file


@pytest.fixture
def sweep(home: Path, space: Path):
    """Runs a sweep of the tiny space with fake workers; gives its summary and what the watcher saw."""

    def run(**changes):
        seen: list = []
        request = SweepRequest(**{"source": str(space), "home": home, "workers": 1, "device": "cpu", **changes})
        return run_sweep(request, seen.append, ENTRY), seen

    return run
