"""The text of the space file that a sweep's run carries as an artifact."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sweeper.reporting.reading.address import local_folder
from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.store import Store

LARGEST_SPACE = 200_000
"""Characters of a space file that are read."""
_SPACE = "space.yaml"


def space_text(store: Store, parent: Run) -> str:
    """Nothing where there is none or it cannot be had: a report can do without."""
    folder = local_folder(parent.info.artifact_uri or "")
    try:
        return _fetched(store, parent) if folder is None else _read(folder / _SPACE)
    except OSError:
        return ""


def _fetched(store: Store, parent: Run) -> str:
    from mlflow.exceptions import MlflowException

    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # a reader draws nothing on the terminal
    try:
        if _SPACE not in {item.path for item in store.client.list_artifacts(parent.info.run_id)}:
            return ""
        with tempfile.TemporaryDirectory() as folder:
            return _read(Path(store.client.download_artifacts(parent.info.run_id, _SPACE, folder)))
    except MlflowException:
        return ""


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")[:LARGEST_SPACE]
