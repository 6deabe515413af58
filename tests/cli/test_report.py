"""`report`, on the runs of a real store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.cli import refreshing
from sweeper.errors import StoreError
from sweeper.reporting.reading.store import known_sweeps, open_store
from sweeper.tracking import attaching
from sweeper.tracking.home import Home
from sweeper.tracking.lock import Lock
from tests.cli.conftest import Cli
from tests.reporting.synthetic import Planted, Trial, plant


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


@pytest.mark.usefixtures("undrawn")
def test_a_sweep_that_has_ended_is_written_once(cli: Cli, home: Path) -> None:
    result = cli("report", "--watch", "--out", "page", "--home", home)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "page/index.html\n", "")
    assert 'http-equiv="refresh"' not in Path("page/index.html").read_text()


@pytest.mark.usefixtures("undrawn")
def test_a_sweep_that_is_being_begun_is_waited_for(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(shutil.copytree(home, tmp_path / "mine"))
    folder = Home.at(mine).sweep("tiny")
    text = folder.settings.read_text()
    folder.settings.unlink()
    lock = Lock(folder.lock, "tiny")
    stands = iter([lambda: folder.settings.write_text(text.replace(json.loads(text)["run_id"], "")), lock.release])

    def begin(seconds: float) -> None:
        next(stands)()
        folder.settings.write_text(text) if not folder.lock.exists() else None

    monkeypatch.setattr(refreshing.time, "sleep", begin)
    result = cli("report", "tiny", "--watch", "--out", "page", "--home", mine)
    assert (result.exit_code, result.stdout) == (0, "page/index.html\n")
    assert result.stderr == "tiny has no runs in MLflow yet; its report is written as soon as it has\n"


@pytest.mark.usefixtures("undrawn")
def test_a_name_from_a_store_leads_to_no_other_folder(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    plant(f"sqlite:///{mine / 'mlflow.db'}", Planted("..", [Trial(0, {}, {"val_loss": [0.5, 0.4]})]), tmp_path / "artifacts")
    before = {*mine.iterdir()}
    result = cli("report", "..", "--home", mine)
    assert result.exit_code == 0
    assert {*mine.iterdir()} - before <= {mine / "reports", mine / ".sweeps"}
    [folder] = (mine / "reports").iterdir()
    assert (folder / "index.html").is_file()


@pytest.mark.usefixtures("undrawn")
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


@pytest.mark.usefixtures("undrawn")
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


def test_a_command_of_its_own_attaches_what_it_wrote(home: Path, tmp_path: Path) -> None:
    """In a process beside, for what reads a known database imports no MLflow."""
    code = (
        "import sys; from sweeper.cli.main import main\n"
        "try: main()\nfinally: print(*{'mlflow', 'matplotlib', 'sweeper.reporting'} & {*sys.modules}, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "report", "--out", "page", "--home", str(home)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "page/index.html\n")
    if len(os.sched_getaffinity(0)) > 1:
        assert done.stderr == "sweeper.reporting\n"
    run = known_sweeps(open_store(f"sqlite:///{home / 'mlflow.db'}"), "sweeper")[0]
    assert run.data.tags[attaching.TAG] == "report/index.html"
    [attached] = (home / "mlartifacts").rglob("report/index.html")
    assert attached.read_bytes() == (tmp_path / "page" / "index.html").read_bytes()


@pytest.mark.usefixtures("undrawn")
def test_a_report_that_cannot_be_attached_is_a_remark(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise StoreError("the report could not be attached to the sweep's run in MLflow: it is full")

    monkeypatch.setattr(attaching, "attach_report", fails)
    result = cli("report", "--out", "page", "--home", home)
    assert (result.exit_code, result.stdout) == (0, "page/index.html\n")
    assert result.stderr == "the report could not be attached to the sweep's run in MLflow: it is full\n"
