"""A home with a sweep in it, trained by workers that only pretend, and a way to call the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from sweeper.cli.main import sweep
from tests.drawing import undrawn
from tests.quick_stores import quick_stores

__all__ = ["quick_stores", "undrawn"]
ENTRY = "tests.executors.fake_workers:main"

SPACE = """\
# Question   does it run?
data: {npz: {file: points.npz, task: classification}}
model: {mlp: {layers: {choice: [8, 16-8]}}}
optimizer: {adam: {learning_rate: {float: [1e-4, 1e-1], log: true}}}
budget: {trials: 4, epochs: 3}
search: {sampler: random, pruner: none}
"""

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli("run", "digits_mlp")`, in an empty folder of its own."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*arguments: object, **options: object) -> Result:
        result = CliRunner().invoke(sweep, [str(argument) for argument in arguments], prog_name="sweep", **options)
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture(scope="session")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("spaces") / "tiny.yaml"
    file.write_text(SPACE)
    points(file.parent)
    return file


def points(folder: Path) -> None:
    """The data: scikit-learn, which the bundled sets come from, takes seconds to be imported for each sweep."""
    np.savez(folder / "points.npz", x=np.random.default_rng(0).normal(size=(60, 4)).astype("float32"), y=np.arange(60) % 3)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, space: Path) -> Path:
    """Holds the finished sweep `tiny`: four trials, of which trial 1 diverged. Read it, do not write to it."""
    from sweeper.search.request import SweepRequest
    from sweeper.search.sweep import run_sweep

    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_BEHAVIOUR", '{"1": "diverge"}')
        run_sweep(SweepRequest(str(space), folder, workers=1, device="cpu"), lambda event: None, ENTRY)
    return folder


@pytest.fixture
def fake_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run`, `resume` and `confirm` with workers that only pretend."""
    from functools import partial

    from sweeper.search import confirm, resume, sweep

    monkeypatch.setattr(sweep, "run_sweep", partial(sweep.run_sweep, entry=ENTRY))
    monkeypatch.setattr(resume, "resume_sweep", partial(resume.resume_sweep, entry=ENTRY))
    monkeypatch.setattr(confirm, "confirm_sweep", partial(confirm.confirm_sweep, entry=ENTRY))
