"""An export that takes the place of another: whole at any moment, whatever it dies of."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.search import placing
from sweeper.search.placing import put_in_place
from sweeper.tracking.drafting import drafted

OLD, NEW = {"model.json": "old", "train.py": "old", "rows.npz": "old"}, {"model.json": "new", "model.keras": "new"}
NOTES = {"notes.txt": "mine"}

KILLED = """
import os, signal, sys
from pathlib import Path
from sweeper.search import placing
from sweeper.tracking.drafting import drafted

exchange, where = placing._exchange, sys.argv[2]

def killing(draft, out):
    if where == "after":
        exchange(draft, out)
    os.kill(os.getpid(), signal.SIGKILL)

placing._exchange = killing
out = Path(sys.argv[1])
with drafted(out) as draft:
    for name in ("model.json", "model.keras"):
        (draft / name).write_text("new")
    placing.put_in_place(draft, out)
"""


def written(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize(("where", "left"), [("before", OLD), ("after", NEW)])
def test_a_kill_leaves_a_whole_export_and_what_it_leaves_beside_goes_with_the_next(tmp_path: Path, where: str, left: dict):
    out = written(tmp_path / "out", OLD | NOTES)
    assert subprocess.run([sys.executable, "-c", KILLED, str(out), where]).returncode == -signal.SIGKILL
    assert read(out) == left | NOTES
    assert len(list(tmp_path.iterdir())) == 2
    with drafted(out) as draft:
        assert put_in_place(written(draft, NEW), out) == tuple(NEW)
    assert read(out) == NEW | NOTES
    assert list(tmp_path.iterdir()) == [out]


def test_where_two_folders_cannot_be_exchanged_at_once_one_goes_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(placing, "_exchanged", lambda draft, out: False)
    out = written(tmp_path / "out", OLD | NOTES)
    with drafted(out) as draft:
        put_in_place(written(draft, NEW), out)
    assert read(out) == NEW | NOTES
    assert list(tmp_path.iterdir()) == [out]


def test_a_draft_that_fails_leaves_the_old_export_and_nothing_beside(tmp_path: Path):
    out = written(tmp_path / "out", OLD)
    with pytest.raises(OSError, match="full"), drafted(out) as draft:
        written(draft, NEW)
        raise OSError("full")
    assert read(out) == OLD
    assert list(tmp_path.iterdir()) == [out]


def test_two_exports_to_one_place_have_a_draft_each(tmp_path: Path):
    out = tmp_path / "out"
    with drafted(out) as one, drafted(out) as other:
        assert one != other
        put_in_place(written(one, OLD), out)
        put_in_place(written(other, NEW), out)
    assert read(out) == NEW
