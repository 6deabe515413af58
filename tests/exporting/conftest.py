"""Exports in this process: a small trial is trained, recorded as a sweep would, and exported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import pytest

from sweeper.data.prepare import prepare
from sweeper.exporting.order import Exported, ExportOrder
from sweeper.exporting.retraining import retrain
from sweeper.exporting.worker import export
from sweeper.records import Objective, TrialPlan, WorkerSettings
from sweeper.training.backends import open_backend
from tests.quick_stores import quick_stores
from tests.training.conftest import plan

__all__ = ["quick_stores"]
LOSS = Objective("val_loss", maximize=False)


@dataclass(frozen=True)
class Made:
    """An export in `folder` of a trial whose recorded value was `value` at `epoch`."""

    folder: Path
    exported: Exported
    value: float
    epoch: int

    @property
    def script(self) -> str:
        return (self.folder / "train.py").read_text()


Export = Callable[..., Made]


@pytest.fixture
def _forgetful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a script imports of a user's files, and where it looks for them, is gone with the test."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def export_of(tmp_path: Path, _forgetful: None) -> Export:
    """`export_of(configuration, data)`: paths of the data, and of an own model, count from `tmp_path`."""

    def made(
        configuration: dict[str, Any],
        data: Mapping[str, Any] | str = "iris",
        *,
        objective: Objective = LOSS,
        epochs: int = 4,
        mlflow: str = "",
        run: bool = True,
        **fields: Any,
    ) -> Made:
        info = prepare(data, tmp_path, tmp_path / "data")
        settings = WorkerSettings("made", "export", "", info, objective, str(tmp_path), backend=keras.backend.backend())
        trial: TrialPlan = plan(configuration, epochs, number=3, **fields)
        outcome = retrain(trial, settings, open_backend(settings.backend)).outcome
        assert outcome.value is not None and outcome.best_epoch is not None
        folder = tmp_path / "export"
        folder.mkdir()
        about = str(folder), "", outcome.value, outcome.best_epoch, {"keras": "3"}
        exported = export(ExportOrder(trial, data, *about, run, mlflow), settings, lambda text: None)
        return Made(folder, exported, outcome.value, outcome.best_epoch)

    return made
