"""The parent's side of an export; its worker only pretends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.errors import InputError, SweepError
from sweeper.search.export import Export, ExportRequest, export_trial
from sweeper.search.progress import Note, Preparing
from sweeper.search.settings import read_settings
from sweeper.tracking.home import Home

ENTRY = "tests.exporting.fake_worker:main"


@pytest.fixture
def swept(sweep, home: Path) -> Path:
    sweep(trials=3)
    return home


def exported(request: ExportRequest) -> tuple[Export, list[str]]:
    said: list[str] = []
    found = export_trial(request, lambda event: said.append(event.text) if isinstance(event, Note | Preparing) else None, ENTRY)
    return found, said


def test_the_best_trial_of_the_newest_sweep_lies_in_the_home(swept: Path) -> None:
    found, said = exported(ExportRequest(swept))
    assert found.folder == swept / "exports" / f"tiny-t{found.trial:04d}"
    assert found.files == ("model.json", "model.keras")
    assert found.exported.value == found.recorded
    assert "pretending" in said
    assert [path.name for path in found.folder.parent.iterdir()] == [found.folder.name]  # nothing half done stays


def test_with_force_an_export_is_replaced_and_what_others_put_there_stays(swept: Path) -> None:
    first, _ = exported(ExportRequest(swept, trial=0))
    (first.folder / "train.py").write_text("of an earlier export")
    (first.folder / "notes.txt").write_text("mine")
    (first.folder / "plots").mkdir()
    (first.folder / "plots" / "loss.png").write_text("mine too")
    with pytest.raises(InputError, match="--force"):
        exported(ExportRequest(swept, trial=0))
    exported(ExportRequest(swept, trial=0, force=True))
    assert {path.name for path in first.folder.iterdir()} == {"model.json", "model.keras", "notes.txt", "plots"}
    assert (first.folder / "plots" / "loss.png").read_text() == "mine too"
    assert [path.name for path in first.folder.parent.iterdir()] == [first.folder.name]


def test_a_folder_beside_an_export_is_somebody_s_own(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = swept / "exports" / ".tiny-t0000.draft"
    beside.mkdir(parents=True)
    (beside / "notes.txt").write_text("mine")
    found, _ = exported(ExportRequest(swept, trial=0))
    assert (beside / "notes.txt").read_text() == "mine"
    monkeypatch.chdir(found.folder)
    with pytest.raises(InputError, match="from within"):
        exported(ExportRequest(swept, trial=0, out=Path(), force=True))


@pytest.mark.parametrize(("how", "status", "says"), [("refuse", 2, "data set has changed"), ("die", 1, "ended before it had")])
def test_what_a_worker_cannot_do_leaves_nothing(
    how: str, status: int, says: str, swept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_EXPORT", how)
    with pytest.raises(SweepError, match=says) as caught:
        exported(ExportRequest(swept))
    assert caught.value.exit_code == status
    assert not list((swept / "exports").iterdir())


def test_other_versions_are_told_and_curves_from_elsewhere_refused(swept: Path) -> None:
    folder = Home.at(swept).existing(None)
    settings = read_settings(folder)
    replace(settings, versions={**settings.versions, "keras": "3.0.0"}).save(folder)
    _, said = exported(ExportRequest(swept, trial=1))
    assert any("keras 3.0.0, now" in text for text in said)
    replace(settings, imported="curves.csv").save(folder)
    with pytest.raises(InputError, match=r"imported from curves\.csv"):
        exported(ExportRequest(swept))


def test_of_several_trainings_the_best_one_is_exported(sweep, home: Path) -> None:
    sweep(trials=1, overrides=("budget.repeats=3",))
    found, _ = exported(ExportRequest(home))
    values = {repeat.repeat: repeat.value for repeat in _repeats(home)}
    best = min(values, key=lambda repeat: values[repeat])
    assert found.recorded == values[best]
    assert f"repeat {best}" in found.training
    assert (found.folder / "model.keras").read_text() == f"0 {best}"


def _repeats(home: Path):
    from sweeper.search.view import open_sweep

    return open_sweep(home).trials[0].repeats
