"""A report's folder after a kill in the middle of writing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from sweeper.reporting.page.folder import replaced

KILLED = """
import os, signal, sys
from pathlib import Path
from sweeper.reporting.page.folder import replaced

with replaced(Path(sys.argv[1]), last="index.html") as new:
    (new / "index.html").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_report_leaves_the_old_one_and_its_draft_goes_with_the_next(tmp_path: Path) -> None:
    out = tmp_path / "report"
    with replaced(out, last="index.html") as new:
        (new / "index.html").write_text("old")
    assert subprocess.run([sys.executable, "-c", KILLED, str(out)]).returncode == -signal.SIGKILL
    assert (out / "index.html").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
    with replaced(out, last="index.html") as new:
        (new / "index.html").write_text("new")
    assert (out / "index.html").read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]
