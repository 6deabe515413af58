"""What MLflow and Optuna's mirror show of sweeps with repeats, and that no death of a process changes it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sweeper.search.resume import resume_sweep
from tests.search.conftest import ENTRY
from tests.search.inspecting import check, dump, runs, spooled, study

REPEATED = """
import sys
from pathlib import Path
from sweeper.search.request import SweepRequest
from sweeper.search.sweep import run_sweep

asked = dict(workers=2, device="cpu", trials=5, overrides=("budget.repeats=3",))
run_sweep(SweepRequest({space!r}, Path({home!r}), **asked), lambda event: print(type(event).__name__, flush=True), {entry!r})
"""


def test_a_sweep_with_repeats_shows_each_training_and_what_they_come_to(sweep, home):
    sweep(overrides=("budget.repeats=3",))
    check(home, "tiny")
    children = runs(home, "trial")
    assert [run.info.run_name for run in children[:4]] == [
        "t0000-mlp-adam",
        "t0000r1-mlp-adam",
        "t0000r2-mlp-adam",
        "t0001-mlp-adam",
    ]
    for number, trial in enumerate(study(home, "tiny").trials):
        own = [run for run in children if run.data.tags["sweeper.trial"] == str(number)]
        assert [run.data.metrics["objective"] for run in own] == trial.user_attrs["values"]
        assert {run.data.metrics["objective_mean"] for run in own} == {trial.value}
        assert {run.data.metrics["objective_spread"] for run in own} == {trial.user_attrs["spread"]}


@pytest.mark.parametrize("ended", [1, 2, 4])
def test_killed_between_repeats_a_sweep_is_finished_and_a_second_resume_changes_nothing(home, space, ended):
    environment = {**os.environ, "FAKE_SECONDS": "0.05", "PYTHONPATH": str(Path.cwd())}
    code = textwrap.dedent(REPEATED).format(space=str(space), home=str(home), entry=ENTRY)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
    seen = 0
    for line in process.stdout:
        seen += line.startswith("RepeatEnded")
        if seen == ended:
            break
    time.sleep(0.1 * ended)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    outcomes = [trial.outcome for trial in spooled(home, "tiny").trials]
    assert any(outcomes) and not all(outcomes)
    summary = resume_sweep(home, None, 0, lambda event: None, ENTRY)
    assert summary.counts["complete"] == 5
    check(home, "tiny")
    before = dump(home)
    resume_sweep(home, None, 0, lambda event: None, ENTRY)
    assert dump(home) == before
