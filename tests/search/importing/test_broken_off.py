"""Imports that stores, disks or a kill break off."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from sweeper.errors import InputError, StoreError
from sweeper.search.deleting import delete_sweep, doomed
from sweeper.search.importing.sweep import import_curves
from sweeper.search.resume import resume_sweep
from sweeper.search.settings import Settings
from sweeper.search.view import list_sweeps
from sweeper.tracking.home import Status, SweepFolder
from sweeper.tracking.mlflow_store import MlflowStore
from tests.search.importing.conftest import Ask, nothing_is_left


def test_a_store_that_fails_half_way_keeps_nothing(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    log, calls = MlflowStore.log, []

    def failing(self, *arguments, **more):
        calls.append(arguments)
        if len(calls) == 5:
            raise StoreError("the disk is full")
        return log(self, *arguments, **more)

    monkeypatch.setattr(MlflowStore, "log", failing)
    with pytest.raises(StoreError, match="full"):
        import_curves(ask(), lambda event: None)
    assert nothing_is_left(home)


def test_the_last_word_that_cannot_be_written_keeps_nothing(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    save = Settings.save

    def failing(self: Settings, folder: SweepFolder) -> None:
        if self.status == Status.FINISHED:
            raise StoreError("the disk is full")
        save(self, folder)

    monkeypatch.setattr(Settings, "save", failing)
    with pytest.raises(StoreError, match="full"):
        import_curves(ask(), lambda event: None)
    assert nothing_is_left(home)


def test_what_a_store_does_not_take_back_can_be_deleted_later(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object) -> None:
        raise StoreError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowStore, "bring_to_disk", fail)
        patch.setattr(MlflowStore, "discard_sweep", fail)
        with pytest.raises(StoreError, match="sweep delete curves"):
            import_curves(ask(), lambda event: None)
    assert [sweep.status for sweep in list_sweeps(home).sweeps] == [Status.UNFINISHED]
    assert delete_sweep(home, doomed(home, "curves")) == 13
    assert nothing_is_left(home)


KILLED = """
import os, signal, sys
from pathlib import Path
from sweeper.search.importing.request import ImportRequest, Said
from sweeper.search.importing.sweep import import_curves
from sweeper.tracking.mlflow_store import MlflowStore

calls, method = [], MlflowStore.{method}

def killing(self, *arguments, **more):
    calls.append(arguments)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return method(self, *arguments, **more)

MlflowStore.{method} = killing
request = ImportRequest(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Said(repeat="study"), None, "val_ssim", True)
import_curves(request, lambda event: None)
"""


@pytest.mark.parametrize(("method", "call"), [("begin", 1), ("log", 7), ("bring_to_disk", 2)])
def test_of_an_import_that_is_killed_delete_and_the_next_import_leave_nothing(
    ask: Ask, home: Path, tmp_path: Path, method: str, call: int
):
    request, notes = ask(), []
    code = KILLED.format(method=method, call=call)
    files = [str(file) for file in (request.curves, request.parameters, home)]
    assert subprocess.run([sys.executable, "-c", code, *files]).returncode == -signal.SIGKILL
    assert [sweep.status for sweep in list_sweeps(home).sweeps] == [Status.UNFINISHED]
    with pytest.raises(InputError, match="was broken off"):
        resume_sweep(home, None, 0, lambda event: None)
    broken_off = shutil.copytree(home, tmp_path / "broken off")
    delete_sweep(home, doomed(home, "curves"))
    assert nothing_is_left(home)
    assert import_curves(replace(request, home=broken_off), notes.append).sweep == "curves"
    assert any("import or deletion was broken off" in str(note) for note in notes)
    client = MlflowClient(f"sqlite:///{broken_off / 'mlflow.db'}")
    assert len(client.search_runs([client.get_experiment_by_name("sweeper").experiment_id])) == 13
