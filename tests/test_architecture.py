"""Imports only point down, and the parent stays light: import-linter's contracts in setup.cfg."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("cli", "search", "reporting", "exporting", "training", "learners", "models", "spaces", "data", "parts", "diagnostics",
          "executors", "tracking", "catalogue")  # fmt: skip


def test_the_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_page_on_architecture_names_every_folder() -> None:
    folders = {path.parent.name for path in (ROOT / "sweeper").glob("*/__init__.py")}
    assert folders == set(LAYERS)
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert all(f"{folder}/" in page for folder in folders)


def test_the_command_line_and_the_search_import_no_training_library() -> None:
    """The contract sees what is written; this sees what is loaded, by whatever way."""
    code = """
import sys, importlib, pkgutil
import sweeper
for package in ("cli", "search", "reporting", "spaces", "executors", "tracking", "catalogue"):
    for module in pkgutil.walk_packages([f"{sweeper.__path__[0]}/{package}"], f"sweeper.{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(sorted({"tensorflow", "keras", "jax"} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr
