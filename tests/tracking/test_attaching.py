"""A report on its run: whole, once, the newer in place of the older, and never the reason of a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from sweeper.errors import StoreError
from sweeper.tracking import attaching
from sweeper.tracking.attaching import attach_report, noted

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (tmp_path / "mlartifacts").mkdir()
    experiment = client.create_experiment("sweeper", artifact_location=(tmp_path / "mlartifacts").as_uri())
    return client.create_run(experiment, tags={"mlflow.note.content": "**Which?**\n\nA sweep."})


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "s"
    (folder / "figures").mkdir(parents=True)
    for name in (
        "index.html",
        "report.md",
        "tables.tex",
        "findings.json",
        "figures/a.svg",
        "figures/a.png",
        "trials.csv",
        "mine.txt",
    ):
        (folder / name).write_text(name)
    return folder


def uri_of(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def attached(tmp_path: Path, run: Run) -> set[str]:
    place = tmp_path / "mlartifacts" / run.info.run_id / "artifacts" / "report"
    return {file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file()}


def test_the_report_with_a_tag_and_a_link(tmp_path: Path, run: Run, report: Path) -> None:
    attach_report(uri_of(tmp_path), run.info.run_id, report, [report / "trials.csv"])
    assert attached(tmp_path, run) == {
        "index.html", "report.md", "tables.tex", "findings.json", "figures/a.svg", "figures/a.png", "trials.csv",
    }  # fmt: skip
    tags = MlflowClient(uri_of(tmp_path)).get_run(run.info.run_id).data.tags
    assert tags["sweeper.report"] == "report/index.html"
    link = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts/report/index.html"
    assert tags["mlflow.note.content"] == f"**Which?**\n\nA sweep.\n\n[The report of this sweep]({link})"


def test_the_newer_takes_the_place_of_the_older(
    tmp_path: Path, run: Run, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach_report(uri_of(tmp_path), run.info.run_id, report, [report / "trials.csv"])
    note = MlflowClient(uri_of(tmp_path)).get_run(run.info.run_id).data.tags["mlflow.note.content"]
    (report / "figures" / "a.png").rename(report / "figures" / "b.png")
    (report / "index.html").write_text("newer")
    monkeypatch.setattr(attaching, "LARGEST", 5)
    attach_report(uri_of(tmp_path), run.info.run_id, report, [report / "trials.csv"])
    assert attached(tmp_path, run) == {
        "index.html",
        "report.md",
        "tables.tex",
        "findings.json",
        "figures/a.svg",
        "figures/b.png",
    }
    page = tmp_path / "mlartifacts" / run.info.run_id / "artifacts" / "report" / "index.html"
    assert page.read_text() == "newer"
    assert MlflowClient(uri_of(tmp_path)).get_run(run.info.run_id).data.tags["mlflow.note.content"] == note


def test_a_store_that_may_only_be_read(tmp_path: Path, run: Run, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching.os, "access", lambda path, mode: False)
    with pytest.raises(StoreError, match=r"could not be attached .* can only be read"):
        attach_report(uri_of(tmp_path), run.info.run_id, report, [])
    assert attached(tmp_path, run) == set()


def test_nothing_is_made_where_a_home_was_before_it_moved(tmp_path: Path, run: Run, report: Path) -> None:
    shutil.rmtree(tmp_path / "mlartifacts")
    with pytest.raises(StoreError, match="is not there"):
        attach_report(uri_of(tmp_path), run.info.run_id, report, [])
    assert not (tmp_path / "mlartifacts").exists()


def test_an_unknown_run(tmp_path: Path, run: Run, report: Path) -> None:
    with pytest.raises(StoreError, match="could not be attached"):
        attach_report(uri_of(tmp_path), "0" * 32, report, [])


def test_the_link_stands_once_behind_the_note() -> None:
    once = noted("Text.", "#/a")
    assert once == "Text.\n\n[The report of this sweep](#/a)"
    assert noted(once, "#/b") == "Text.\n\n[The report of this sweep](#/b)"
    assert noted("", "#/a") == "[The report of this sweep](#/a)"
