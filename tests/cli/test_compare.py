"""`sweep compare`."""

from __future__ import annotations

import json
from pathlib import Path

from click.shell_completion import ShellComplete

from sweeper.cli.main import sweep
from tests.cli.conftest import Cli
from tests.cli.test_import import USUAL, here

__all__ = ["here"]


def test_sweeps_are_set_side_by_side(cli: Cli, here: Path):
    for name in ("one", "two"):
        assert cli(*USUAL, "--name", name, "--compare", "optimizer").exit_code == 0
    told = cli("compare", "one", "two")
    assert told.exit_code == 0 and "The best validation ssim" in told.stdout and "No sweep is called better" in told.stdout
    written = cli("compare", "one", "two", "--out", "page", "--json")
    found = json.loads(written.stdout)
    assert [one["sweep"] for one in found["sweeps"]] == ["one", "two"] and found["same_data"] is None
    assert found["differences"] == {} and Path(found["index"]).is_file()


def test_bad_names_are_told(cli: Cli, home: Path):
    assert "two sweeps or more" in cli("compare", "tiny", "--home", home).stderr
    assert "two sweeps or more" in cli("compare", "tiny", "tiny", "--home", home).stderr
    refused = cli("compare", "tiny", "tinny", "--home", home)
    assert refused.exit_code == 2 and "Did you mean 'tiny'" in refused.stderr


def test_names_complete(home: Path):
    completion = ShellComplete(sweep, {}, "sweep", "_C").get_completions(["--home", str(home), "compare"], "t")
    assert [item.value for item in completion] == ["tiny"]
