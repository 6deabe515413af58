"""Python, the libraries, cores, memory and disk."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from sweeper import __version__
from sweeper.cli.checks.finding import Finding

LIBRARIES = ("tensorflow", "keras", "optuna", "mlflow", "click", "rich", "pandas", "numpy", "scikit-learn", "scipy")
_PYTHONS = ((3, 11), (3, 14))
_SMALL_DISK, _SMALL_MEMORY = 2.0, 1.0
"""GB: below these a sweep is likely to end in a fault."""


def check_machine(home: Path) -> Iterator[Finding]:
    yield Finding("sweeper", __version__)
    yield _python()
    yield from _libraries()
    yield Finding("cores", str(len(os.sched_getaffinity(0))))
    yield _memory()
    yield from _disk(home)


def _python() -> Finding:
    low, high = _PYTHONS
    good = low <= sys.version_info[:2] < high
    return Finding("python", platform.python_version(), good, "" if good else "use Python 3.11, 3.12 or 3.13")


def _libraries() -> Iterator[Finding]:
    for name in LIBRARIES:
        try:
            yield Finding(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, "is not installed", False, f"pip install {name}")


def _memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    total, free = memory.total / 1e9, memory.available / 1e9
    good = free >= _SMALL_MEMORY
    return Finding(
        "memory", f"{free:.1f} of {total:.1f} GB free", good, "" if good else "run with --workers 1, or close other programs"
    )


def _disk(home: Path) -> Iterator[Finding]:
    folder = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(folder).free / 1e9
    good = free >= _SMALL_DISK
    yield Finding("disk", f"{free:.1f} GB free in {folder}", good, "" if good else "choose another folder with --home")
    if not os.access(folder, os.W_OK):
        yield Finding("home", f"{folder} cannot be written", False, "choose another folder with --home")
