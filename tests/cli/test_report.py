"""`report`, on the runs of a real store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_a_report_is_written_where_it_is_wanted(cli: Cli, home: Path) -> None:
    said = json.loads(cli("report", "--out", "page", "--json", "--home", home).stdout)
    assert list(said) == ["sweep", "index", "markdown", "tables"]
    assert said["sweep"] == "tiny"
    assert all(Path(file).is_file() for file in (said["index"], said["markdown"], *said["tables"]))


def test_a_section_is_printed_and_nothing_written(cli: Cli, home: Path) -> None:
    result = cli("report", "tiny", "--section", "summary", "--home", home)
    assert "val" in result.stdout
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(["tinny"], "tiny"), (["--section", "sumary"], "Did you mean 'summary'?"), (["--section", "run", "--open"], "--open")],
)
def test_bad_input_is_refused(cli: Cli, home: Path, wrong: list[str], said: str) -> None:
    result = cli("report", *wrong, "--home", home)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
