"""The report of a sweep on the sweep's run in MLflow: its files as artifacts, a tag and a link that lead to them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mlflow.entities import Run, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient
from sqlalchemy.exc import SQLAlchemyError

from sweeper.errors import StoreError
from sweeper.tracking.server import shown

FOLDER, PAGE = "report", "index.html"
_FILES = (PAGE, "report.md", "tables.tex", "findings.json")
TAG = "sweeper.report"
LARGEST = 5_000_000
"""Bytes of a table that is attached; larger ones stay beside the page."""
_NOTE = "mlflow.note.content"
_LINK = re.compile(r"\n*\[The report of this sweep\]\([^)]*\)\s*$")


def ready(tracking_uri: str) -> None:
    """Loads what attaching to this store takes. Raises as MLflow does where the store does not answer."""
    _check_writable(tracking_uri)
    MlflowClient(tracking_uri)


def attach_report(tracking_uri: str, run_id: str, folder: Path, tables: Sequence[Path]) -> None:
    """Puts the report that lies in `folder` in the place of the one that the run has: page, Markdown, findings, figures, and
    those `tables` that are no larger than `LARGEST`.

    Raises StoreError where the store takes nothing; the report itself is not touched.
    """
    try:
        _check_writable(tracking_uri)
        client = MlflowClient(tracking_uri)
        run = client.get_run(run_id)
        _check_place(str(run.info.artifact_uri))
        artifacts = get_artifact_repository(str(run.info.artifact_uri), tracking_uri=tracking_uri)
        with tempfile.TemporaryDirectory() as staged:
            names = _stage(folder, tables, Path(staged))
            artifacts.log_artifacts(staged, FOLDER)  # type: ignore[no-untyped-call]
        _drop_others(artifacts, names)
        tags = [RunTag(TAG, f"{FOLDER}/{PAGE}"), RunTag(_NOTE, noted(run.data.tags.get(_NOTE, ""), _address(run)))]
        client.log_batch(run_id, tags=tags)
    except (MlflowException, SQLAlchemyError, OSError) as error:
        words = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        raise StoreError(f"the report could not be attached to the sweep's run in {shown(tracking_uri)}: {words}") from error


def noted(note: str, address: str) -> str:
    """A run's description that ends with the link, once."""
    return f"{_LINK.sub('', note)}\n\n[The report of this sweep]({address})".lstrip()


def _address(run: Run) -> str:
    """Where MLflow's own pages show the attached page; from wherever they are served."""
    return f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts/{FOLDER}/{PAGE}"


def _check_writable(uri: str) -> None:
    """A SQLite file that may only be read: MLflow would try to write to it for long. Raises OSError."""
    file = Path(uri.removeprefix("sqlite:///"))
    if uri.startswith("sqlite:///") and not (os.access(file, os.W_OK) and os.access(file.absolute().parent, os.W_OK)):
        raise PermissionError(f"{file} can only be read")


def _check_place(artifact_uri: str) -> None:
    """A home that was moved still names its old place, where nothing may be made. Raises OSError."""
    parts = urlsplit(artifact_uri)
    folder = Path(url2pathname(parts.path)) if parts.scheme in ("", "file") else None
    if folder is not None and not folder.parents[1].is_dir():
        raise FileNotFoundError(f"the folder of its artifacts, {folder.parents[1]}, is not there")


def _stage(folder: Path, tables: Sequence[Path], staged: Path) -> set[str]:
    """Copies what is to be attached; gives the names."""
    figures = [file for kind in ("svg", "png") for file in sorted((folder / "figures").glob(f"*.{kind}"))]
    small = [table for table in tables if table.stat().st_size <= LARGEST]
    names = set()
    for file in (*(folder / name for name in _FILES), *figures, *small):
        name = file.relative_to(folder)
        (staged / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, staged / name)
        names.add(name.as_posix())
    return names


def _drop_others(artifacts: ArtifactRepository, names: set[str]) -> None:
    """Removes what only an older report had; where the store of artifacts cannot remove, it stays."""
    with contextlib.suppress(MlflowException, NotImplementedError, OSError):
        for folder in (FOLDER, f"{FOLDER}/figures"):
            for item in artifacts.list_artifacts(folder):
                if not item.is_dir and item.path.removeprefix(f"{FOLDER}/") not in names:
                    artifacts.delete_artifacts(item.path)  # type: ignore[no-untyped-call]
