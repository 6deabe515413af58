"""Reports of sweeps, from MLflow alone: frames, what is measured on them, and pages that say it.

    from sweeper.reporting import read_sweep
    sweep = read_sweep("digits-mlp")  # .trials, .runs, .epochs, .choices, .pairs, .convergence, .speed, .layers, .findings

Importing this package costs nothing: what needs pandas, MLflow or matplotlib is imported when it is asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "SweepFrames": "sweeper.reporting.frames",
    "EveryFrame": "sweeper.reporting.every_frame",
    "read_sweep": "sweeper.reporting.every_frame",
    "WrittenReport": "sweeper.reporting.report",
    "write_report": "sweeper.reporting.report",
    "section_text": "sweeper.reporting.report",
    "SECTIONS": "sweeper.reporting.sections",
    "COLUMNS": "sweeper.reporting.columns",
}

__all__ = sorted(_HOME)  # pyright: ignore


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
