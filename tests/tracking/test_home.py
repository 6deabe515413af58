import json
import multiprocessing
import os
from pathlib import Path

import pytest

from sweeper.errors import InputError, StoreError
from sweeper.tracking.home import Home, Status, choose_name, file_name, write_atomically
from sweeper.tracking.lock import Holder, Lock, held

FINISHED, UNFINISHED, RUNNING = Status.FINISHED, Status.UNFINISHED, Status.RUNNING


def test_a_free_name_is_taken_as_it_is():
    assert choose_name("digits-mlp", False, {}.get) == "digits-mlp"


def test_behind_finished_sweeps_a_name_is_counted_up():
    taken = {"digits": FINISHED, "digits-2": FINISHED}
    assert choose_name("digits", False, taken.get) == "digits-3"


@pytest.mark.parametrize(
    ("taken", "explicit", "command"),
    [(FINISHED, True, "resume"), (UNFINISHED, True, "resume"), (UNFINISHED, False, "resume"), (RUNNING, False, "status")],
)
def test_otherwise_a_taken_name_is_refused_with_what_can_be_done_and_a_free_one(taken, explicit, command):
    with pytest.raises(InputError, match=rf"sweep {command} digits\..*--name digits-2") as caught:
        choose_name("digits", explicit, {"digits": taken}.get)
    assert caught.value.exit_code == 2


def test_an_unfinished_successor_is_resumed_not_passed_over():
    with pytest.raises(InputError, match=r"sweep resume digits-2\..*--name digits-3"):
        choose_name("digits", False, {"digits": FINISHED, "digits-2": UNFINISHED}.get)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a\0b", "x" * 300, "", "-x", "a b", "a\nb", ".hidden"])
def test_a_name_that_could_leave_the_folder_is_refused(name):
    with pytest.raises(InputError):
        choose_name(name, True, {}.get)


def test_a_name_from_a_store_is_a_file_s_name_and_stays_another_s():
    wild = [
        "..",
        ".",
        "",
        "/",
        "../..",
        "a/..",
        "a/b",
        "a-b/",
        "/etc/passwd",
        "a\0b",
        ".hidden",
        "-x",
        "x" * 300,
        "x" * 301,
        "\n",
    ]
    found = [file_name(name) for name in [*wild, "a-b", "b", "digits-mlp.v2"]]
    assert found[-3:] == ["a-b", "b", "digits-mlp.v2"]
    assert len({*found}) == len(found)
    assert all(Path(name).name == name and name[0].isalnum() and len(name) <= 80 for name in found)


def test_a_folder_is_for_its_owner_alone_and_one_that_never_began_is_taken_over(tmp_path):
    home = Home(tmp_path)
    home.check_writable()
    folder = home.sweep("a")
    folder.create()
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.status() is None
    folder.create()
    folder.settings.write_text(json.dumps({"status": "finished", "created": 1}))
    assert folder.status() is FINISHED
    with pytest.raises(InputError):
        folder.create()


def test_the_newest_sweep_is_the_one_that_was_begun_last(tmp_path):
    home = Home(tmp_path)
    home.check_writable()
    for name, created in (("b", 1), ("a", 3), ("c", 2)):
        home.sweep(name).create()
        home.sweep(name).settings.write_text(json.dumps({"status": "finished", "created": created}))
    assert home.names() == ["b", "c", "a"]
    assert home.existing(None).name == "a"
    with pytest.raises(InputError, match="Did you mean 'a'"):
        home.existing("A")
    with pytest.raises(InputError, match="sweep run SPACE"):
        Home(tmp_path / "other").existing(None)


@pytest.mark.parametrize("place", ["", ".sweeps", "mlartifacts"])
def test_a_file_in_place_of_a_folder_is_refused(tmp_path, place):
    home = tmp_path / "home"
    if place:
        home.mkdir()
    (home / place if place else home).write_text("")
    with pytest.raises(InputError, match="is a file"):
        Home(home).check_writable()


def test_a_folder_in_place_of_a_database_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "optuna.db").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        Home(tmp_path).check_writable()


@pytest.mark.parametrize("store", ["optuna.db", "mlflow.db"])
def test_a_store_that_is_no_database_is_refused_and_nothing_is_written(tmp_path, monkeypatch, store):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / store).write_bytes(b"something else")
    with pytest.raises(InputError, match=f"{store} is no SQLite database"):
        Home(tmp_path).check_writable()
    assert [path.name for path in tmp_path.iterdir()] == [store]
    (tmp_path / store).write_bytes(b"")  # as `touch` leaves it
    Home(tmp_path).check_writable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot write"):
        Home(tmp_path).check_writable()


def test_mlflow_s_own_variable_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://runs.example:5000")
    assert Home(tmp_path).tracking_uri == "http://runs.example:5000"
    assert Home(tmp_path).mlflow_file is None
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert Home(tmp_path).tracking_uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert Home(tmp_path).mlflow_file == tmp_path / "mlflow.db"


def test_a_file_is_replaced_at_once_and_nothing_is_left_beside_it(tmp_path):
    write_atomically(tmp_path / "a.json", "1")
    write_atomically(tmp_path / "a.json", "2")
    assert (tmp_path / "a.json").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_what_cannot_be_replaced_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*a\.json"):
        write_atomically(tmp_path / "a.json", "1")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def _hold(path, ready, release) -> None:
    with Lock(path, "a"):
        ready.set()
        release.wait(20)


def test_a_lock_is_one_process_s_and_dies_with_it(tmp_path):
    path = tmp_path / "lock"
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(path, ready, release))
    process.start()
    assert ready.wait(20)
    assert held(path)
    with pytest.raises(InputError, match=f"in use by process {process.pid}"):
        Lock(path, "a")
    process.kill()
    process.join()
    process.close()
    assert not held(path)
    with Lock(path, "a"):
        assert held(path)
    assert not path.exists()


def test_a_later_process_with_the_same_number_is_another_one():
    me = Holder.me()
    assert me.alive()
    assert not Holder(me.pid, "1", me.boot, me.host).alive()
    assert not Holder(me.pid, me.start, "another boot", me.host).alive()
    assert Holder(me.pid, "1", "another boot", "another host").alive()
