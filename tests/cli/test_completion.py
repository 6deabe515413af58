"""What the Tab key offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from sweeper.cli.main import sweep
from sweeper.spaces import shipped


def offered(typed: list[str], start: str = "") -> list[str]:
    completion = ShellComplete(sweep, {}, "sweep", "_SWEEP_COMPLETE")
    return [item.value for item in completion.get_completions(typed, start) if item.type != "file"]


def test_commands_and_options() -> None:
    assert offered([], "tr") == ["trials", "trial"]
    assert offered(["run", "x"], "--ep") == ["--epochs"]


def test_names_of_spaces() -> None:
    assert offered(["run"], "digits_m") == ["digits_mlp"]
    assert offered(["spaces"]) == list(shipped.names())


@pytest.mark.parametrize("typed", [["--home", "HOME", "status"], ["status", "--home", "HOME"], ["export", "--home", "HOME"]])
def test_names_of_sweeps(home: Path, typed: list[str]) -> None:
    assert offered([str(home) if word == "HOME" else word for word in typed], "ti") == ["tiny"]


def test_values_of_options() -> None:
    assert offered(["run", "x", "--sampler"], "g") == ["grid", "gp"]
    assert offered(["run", "x", "--pruner"], "no") == ["none"]
    assert offered(["report", "--section"], "sum") == ["summary"]
