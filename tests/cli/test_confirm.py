"""`sweep confirm` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.mark.usefixtures("fake_training", "undrawn")
def test_the_best_are_trained_again_and_said_as_a_run_is(cli: Cli, space: Path) -> None:
    cli("run", space, "--workers", 1, "--device", "cpu", "--no-report")
    result = cli("confirm", "--top", 2, "--seeds", 3, "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["sweep"], said["trials"]["complete"]) == ("tiny-confirm", 2)
    assert said["report"] == "reports/tiny-confirm/index.html" and Path(said["report"]).is_file()
    assert "2 trials of 3 epochs, each trained 3 times" in result.stderr
    listed = cli("list").stdout
    assert "tiny-confirm" in listed

    wrong = cli("confirm", "tiny-confirm")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "sweep confirm tiny --seeds 6" in wrong.stderr


def test_what_is_typed_wrong_is_status_2(cli: Cli) -> None:
    for arguments in (("--top", 0), ("--seeds", "many"), ("nowhere",)):
        result = cli("confirm", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
