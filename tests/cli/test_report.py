"""`report`, on the runs of a real store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sweeper.cli import refreshing
from sweeper.errors import StoreError
from sweeper.tracking import attaching
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


def test_epochs_are_counted_to_a_target_of_ones_own(cli: Cli, home: Path) -> None:
    told = cli("report", "--section", "convergence", "--target", "1.25", "--home", home).stdout
    assert "The common target is validation loss 1.25, which was named; " in " ".join(told.split())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["tinny"], "tiny"),
        (["--target", "soon"], "'soon' is not a number."),
        (["--section", "sumary"], "Did you mean 'summary'?"),
        (["--section", "run", "--open"], "--open"),
    ],
)
def test_bad_input_is_refused(cli: Cli, home: Path, wrong: list[str], said: str) -> None:
    result = cli("report", *wrong, "--home", home)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_sweep_that_has_ended_is_written_once(cli: Cli, home: Path) -> None:
    result = cli("report", "--watch", "--out", "page", "--home", home)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "page/index.html\n", "")
    assert 'http-equiv="refresh"' not in Path("page/index.html").read_text()


def test_while_a_sweep_runs_its_page_loads_itself_anew(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []

    def runs(home: Path, frames: object) -> bool:
        pages.extend([Path("page/index.html").read_text()] if Path("page/index.html").exists() else [])
        return len(pages) < 2

    monkeypatch.setattr(refreshing, "_runs", runs)
    monkeypatch.setattr(refreshing, "_wait", lambda home, frames, seconds: None)
    result = cli("report", "--watch", "--out", "page", "--home", home)
    assert result.stdout == "page/index.html\n"
    [line] = result.stderr.splitlines()  # nothing began or ended between two looks
    assert line.endswith("4 of 4 trials ended, 0 running  page/index.html")
    assert all('http-equiv="refresh"' in page for page in pages)
    assert 'http-equiv="refresh"' not in Path("page/index.html").read_text()


def test_ctrl_c_leaves_a_page_that_stands_still(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(refreshing, "_runs", lambda home, frames: True)
    monkeypatch.setattr(refreshing.time, "sleep", stop)
    result = cli("report", "--watch", "--out", "page", "--home", home)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "</html>" in Path("page/index.html").read_text()
    assert 'http-equiv="refresh"' not in Path("page/index.html").read_text()
    assert [path.name for path in Path("page").glob(".*")] == [".written.json"]


def test_a_report_that_cannot_be_attached_is_a_remark(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise StoreError("the report could not be attached to the sweep's run in MLflow: it is full")

    monkeypatch.setattr(attaching, "attach_report", fails)
    result = cli("report", "--out", "page", "--home", home)
    assert (result.exit_code, result.stdout) == (0, "page/index.html\n")
    assert result.stderr == "the report could not be attached to the sweep's run in MLflow: it is full\n"
