"""The data set, prepared by a process of its own while the workers import TensorFlow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.errors import DataError
from sweeper.records import DataInfo

_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
"""Preparing data needs no card, and would only take memory from the workers'."""


class Preparation:
    """A running `python -m sweeper.data.prepare`."""

    def __init__(self, data: Mapping[str, Any], folder: Path, into: Path, log: Path, backend: str, room: int) -> None:
        """Starts it: `data` is the space's section, `folder` where its paths count from, `into` where the arrays go, `room` how
        many bytes of them a worker can hold. Where Keras loads a data set it uses the sweep's `backend`, for another one may
        not be installed."""
        request = log.with_name("prepare.json")
        request.write_text(json.dumps({"data": data, "folder": str(folder), "into": str(into), "room": room}))
        self._log = log
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sweeper.data.prepare", str(request)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "PYTHONPATH": path, "KERAS_BACKEND": backend, **_QUIET},
            )

    def result(self) -> DataInfo:
        """Waits for it. Raises DataError with the plain reason where the data cannot be used."""
        said = self._process.communicate()[0]
        try:
            answer = json.loads(said)
        except ValueError:
            answer = {}
        if "info" in answer:
            return DataInfo.from_json(json.dumps(answer["info"]))
        if "error" in answer:
            raise DataError(str(answer["error"]))
        lines = self._log.read_text(errors="replace").strip().splitlines()
        last = lines[-1] if lines else f"it ended with status {self._process.returncode}"
        raise DataError(f"the data could not be prepared: {last}")

    def cancel(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
