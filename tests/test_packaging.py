"""What is installed: every package, and the files that are no Python."""

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def packages() -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return set(config["options"]["packages"].split())


def test_setup_cfg_names_every_package() -> None:
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "sweeper").rglob("__init__.py")}
    assert packages() == found | {"sweeper_search_spaces"}


def test_a_wheel_holds_all_that_the_checkout_holds(tmp_path: Path) -> None:
    """Built with what is installed here, so that no network is needed."""
    pytest.importorskip("setuptools", minversion="77")
    build = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--quiet", "-w", str(tmp_path)]
    copied = tmp_path / "checkout"  # building leaves folders behind
    _copy(copied)
    subprocess.run(build, cwd=copied, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    assert _files("search_spaces", "sweeper_search_spaces") <= held
    assert _files("sweeper", "sweeper") <= held
    assert any(name.endswith("entry_points.txt") for name in held)


def _files(folder: str, package: str) -> set[str]:
    found = (path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {f"{package}/{path.as_posix()}" for path in found if "__pycache__" not in path.parts}


def _copy(target: Path) -> None:
    import shutil

    target.mkdir()
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, target)
    for name in ("sweeper", "search_spaces"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
