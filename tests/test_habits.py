"""The linters, so that one command checks everything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LINTERS = {
    "ruff check": ["ruff", "check", "--output-format", "concise"],
    "ruff format": ["ruff", "format", "--check"],
    "mypy": ["mypy"],
}


@pytest.mark.parametrize("linter", LINTERS.values(), ids=LINTERS.keys())
def test_linters_find_nothing(linter: list[str]) -> None:
    result = subprocess.run([sys.executable, "-m", *linter], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
