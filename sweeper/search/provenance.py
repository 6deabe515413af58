"""Who ran what, with which versions: recorded with a sweep, and compared when it is resumed."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "sweeper", "tensorflow", "tensorflow-cpu", "jax", "jaxlib", "keras", "numpy", "scipy", "optuna", "cmaes", "torch", "mlflow",
    "scikit-learn",
)  # fmt: skip
_PATIENCE = 5.0


def versions() -> dict[str, str]:
    """Package -> version of what is installed, and Python's."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """`Linux x86_64, 8 processors`."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count() or 1} processors"


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """`keras 3.15.1, now 3.16.0` for each package that changed."""
    names = sorted(before.keys() | now.keys())
    return [
        f"{name} {before.get(name, 'missing')}, now {now.get(name, 'missing')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def git_commit(folder: Path) -> str:
    """The commit of the repository that `folder` lies in, or an empty text."""
    try:
        asked = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name for this user id, as in some containers
        return ""
