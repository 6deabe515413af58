"""The sides of a comparison, each a whole process in a fresh folder: imports, stores and all tracking are counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sweeps

from sweeper.tracking.replay import TrialState

PEERS = Path(__file__).resolve().parent / "peers"

Lines = list[dict[str, float]]
"""For each trial, by number: validation accuracy at the `last` and at the `best` epoch, and Unix time when it `ended`."""


@dataclass(frozen=True)
class Case:
    """A space with its counts, and the folder that keeps the list of configurations and the arrays that all sides get."""

    name: str
    folder: Path
    trials: int | None
    epochs: int | None

    @property
    def listed(self) -> Path:
        return self.folder / "configurations.json"

    @property
    def data(self) -> Path:
        return self.folder / "data"


def run_sweep(case: Case, folder: Path, workers: int | None = None) -> Lines:
    """A sweep without pruning, so that all sides train every epoch. The first one gives the list of configurations and the
    data; every later one has to train that list again. Raises RuntimeError where it does not."""
    run_process(sweeps.command(case.name, folder, trials=case.trials, epochs=case.epochs, workers=workers), folder)
    trained = json.dumps(sweeps.configurations(folder))
    if not case.listed.exists():
        shutil.copytree(sweeps.folder(folder).data, case.data, dirs_exist_ok=True)
        case.listed.write_text(trained)
    elif case.listed.read_text() != trained:
        raise RuntimeError(f"the sweep trained other configurations than {case.listed}; delete {case.folder} to begin anew")
    return [sweep_line(trial) for trial in sweeps.trials(folder)]


def sweep_line(trial: TrialState) -> dict[str, float]:
    accuracies = list(trial.curve("val_accuracy").values())
    assert trial.outcome is not None
    return {"last": accuracies[-1], "best": max(accuracies), "ended": trial.outcome.time / 1000}


def run_peer(case: Case, folder: Path, *options: str, script: str, python: str = sys.executable) -> Lines:
    result = folder / "found.json"
    run_process([python, str(PEERS / script), str(case.listed), str(case.data), str(result), *options], folder)
    lines: Lines = json.loads(result.read_text())
    return lines


def run_process(command: list[str], folder: Path) -> None:
    """Raises RuntimeError, with the end of what it said, for a process that failed."""
    log = folder / "log.txt"
    with log.open("w") as file:
        environment = {**os.environ, "PYTHONFAULTHANDLER": "1"}
        ended = subprocess.run(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with status {ended.returncode}:\n{log.read_text()[-3000:]}")


Side = Callable[[Case, Path], Lines]


def sides(peers_python: str | None) -> dict[str, Side]:
    """What can be compared here; the peers of other packages need an interpreter that has them."""
    cores = len(os.sched_getaffinity(0))
    found: dict[str, Side] = {
        "sweep": run_sweep,
        "sweep_one": partial(run_sweep, workers=1),
        "plain": partial(run_peer, script="plain_script.py"),
        "plain_each": lambda case, folder: run_peer(case, folder, "--processes", str(cores), script="plain_script.py"),
    }
    if peers_python is not None:
        found["tuner"] = partial(run_peer, script="tuner_script.py", python=peers_python)
        found["ray"] = partial(run_peer, script="ray_script.py", python=peers_python)
        found["ray_reuse"] = lambda case, folder: run_peer(
            case, folder, "--reuse-actors", script="ray_script.py", python=peers_python
        )
    return found


def measure(side: Side, case: Case) -> dict[str, Any]:
    """Seconds of the whole process, and of each trial when it ended (from the process's begin) and its accuracies."""
    case.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{case.name}-") as folder:
        load, clock, begun = os.getloadavg()[0], time.perf_counter(), time.time()
        lines = side(case, Path(folder))
        seconds = time.perf_counter() - clock
    return {
        "seconds": round(seconds, 2),
        "load_before": round(load, 2),
        "ended": [round(line["ended"] - begun, 2) for line in lines],
        "last": [round(line["last"], 4) for line in lines],
        "best": [round(line["best"], 4) for line in lines],
    }
