"""`doctor`: what is right, what is wrong, and the line to paste."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sweeper.cli.checks import devices
from sweeper.cli.checks.finding import Finding
from sweeper.cli.checks.stores import check_stores
from tests.cli.conftest import Cli


@pytest.fixture(autouse=True)
def _no_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting it takes seconds; tests of `judge` tell what becomes of its answer."""
    monkeypatch.setattr(devices, "check_devices", lambda: iter([Finding("devices", "CPU")]))


def test_a_sound_machine_is_status_0(cli: Cli, home: Path) -> None:
    result = cli("doctor", "--json", "--home", home)
    said = json.loads(result.stdout)
    topics = {finding["topic"] for finding in said["findings"]}
    assert {"python", "tensorflow", "cores", "memory", "disk", "mlflow", "optuna", "sweep", "devices"} <= topics
    assert [finding for finding in said["findings"] if finding["good"] is False] == []
    assert (result.exit_code, said["good"]) == (0, True)


def test_a_broken_store_is_status_1(cli: Cli) -> None:
    Path("mlflow.db").write_text("this is no database at all")
    result = cli("doctor")
    assert result.exit_code == 1
    assert "WRONG" in result.stdout


def test_looking_at_stores_makes_none(tmp_path: Path) -> None:
    assert {finding.good for finding in check_stores(tmp_path)} == {None}
    assert list(tmp_path.iterdir()) == []


def test_a_server_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:secret@runs.example.org/")
    said = next(check_stores(tmp_path)).says
    assert "runs.example.org" in said
    assert "secret" not in said


def test_a_card_that_tensorflow_cannot_use_gets_the_line_to_paste() -> None:
    [_, card] = devices.judge([], ["NVIDIA X"])
    assert (card.good, card.remedy) == (False, devices.GPU_REMEDY)
    assert [finding.good for finding in devices.judge(["NVIDIA X"], ["NVIDIA X"])] == [True]
    assert [finding.good for finding in devices.judge([], [])] == [True]


def test_a_sweep_of_one_trial_is_told_in_the_singular(cli: Cli, space: Path) -> None:
    from sweeper.search.request import SweepRequest
    from sweeper.search.sweep import run_sweep
    from tests.cli.conftest import ENTRY

    run_sweep(SweepRequest(str(space), Path("one"), trials=1, workers=1, device="cpu"), lambda event: None, ENTRY)
    [told] = [finding.says for finding in check_stores(Path("one")) if finding.topic == "sweep"]
    assert told == "tiny is finished, 1 of 1 trial ended"
    assert "1 of 1 trial ended" in cli("status", "--home", "one").stdout
