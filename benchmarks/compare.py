"""Trials per minute of `sweep run` against a plain script that does the same trials, imports and all tracking counted.

    python benchmarks/compare.py fixed       one structure, knobs searched, 60 trials x 20 epochs
    python benchmarks/compare.py digits_mlp  the shipped space, structure searched too
    python benchmarks/compare.py fixed --workers 2      two workers against two plain processes

Both sides run as whole processes, one after the other, in fresh folders. The sweep goes first; the plain script is given its
very configurations. Best validation accuracies of both are printed as proof that the same work was done.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import Any

from sweeper.tracking.home import Home
from sweeper.tracking.replay import SweepState, TrialState
from sweeper.tracking.spool import read_spools

HERE = Path(__file__).resolve().parent
SPACES = {"fixed": HERE / "spaces" / "fixed_mlp.yaml", "digits_mlp": HERE.parent / "search_spaces" / "digits_mlp.yaml"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("space", choices=SPACES)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=1, help="runs of each side, one after the other; medians are printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        ours, plain = [], []
        for repeat in range(arguments.repeats):
            home = Path(folder) / f"sweep-{repeat}"
            ours.append(timed_sweep(SPACES[arguments.space], home, arguments))
            plain.append(timed_plain(home, Path(folder) / f"plain-{repeat}", arguments.workers))
    report(arguments, ours, plain)


def timed_sweep(space: Path, home: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds, structures and accuracies of a sweep without pruning, so that both sides train every epoch."""
    home.mkdir()
    command = [
        sys.executable, str(HERE.parent / "sweep.py"), "run", str(space), "--name", "compared", "--pruner", "none",
        "--no-report", "--home", str(home), "--trials", str(arguments.trials), "--workers", str(arguments.workers),
    ]  # fmt: skip
    seconds = timed(command, home)
    accuracies = [max(trial.curve("val_accuracy").values()) for trial in trials(home)]
    structures = {start.structure for trial in trials(home) for start in trial.starts.values()}
    return {"seconds": seconds, "accuracies": accuracies, "structures": len(structures)}


def trained(home: Path) -> list[dict[str, Any]]:
    """The configurations that the sweep trained, in the order of its trials."""
    plans = [trial.plan for trial in trials(home) if trial.plan is not None]
    return [{**plan.configuration, "epochs": plan.epochs} for plan in plans]


def trials(home: Path) -> list[TrialState]:
    records, _ = read_spools(Home.at(home).sweep("compared").spool)
    return SweepState(chain.from_iterable(records.values())).trials


def timed_plain(home: Path, folder: Path, processes: int) -> dict[str, Any]:
    """Seconds and accuracies of the plain script with the configurations and the arrays of the sweep in `home`."""
    folder.mkdir()
    file = folder / "configurations.json"
    file.write_text(json.dumps(trained(home)))
    data = Home.at(home).sweep("compared").data
    script = [sys.executable, str(HERE / "plain_optuna_keras.py"), str(file), str(data), "--processes", str(processes)]
    seconds = timed(script, folder)
    found = [json.loads(part.read_text()) for part in sorted(folder.glob("plain*.json"))]
    return {"seconds": seconds, "accuracies": [accuracy for part in found for accuracy in part]}


def timed(command: list[str], folder: Path) -> float:
    """Wall-clock seconds of a whole process. A plain process on a machine of several cores uses what TensorFlow takes."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def report(arguments: argparse.Namespace, ours: list[dict[str, Any]], plain: list[dict[str, Any]]) -> None:
    structures = ours[0]["structures"]
    print(f"{arguments.space}: {arguments.trials} trials x 20 epochs, {structures} structures, {arguments.workers} worker(s)")
    print(f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(f"{'':16}{'seconds':>10}{'trials/min':>12}{'accuracy: median':>18}{'best':>8}")
    for name, runs in (("sweep", ours), ("plain script", plain)):
        seconds = statistics.median(run["seconds"] for run in runs)
        accuracies = runs[0]["accuracies"]
        rate = 60 * arguments.trials / seconds
        print(f"{name:16}{seconds:10.1f}{rate:12.1f}{statistics.median(accuracies):18.3f}{max(accuracies):8.3f}")
    ratios = [other["seconds"] / own["seconds"] for own, other in zip(ours, plain, strict=True)]
    print(f"ratio: {statistics.median(ratios):.1f}  (of {len(ratios)} run(s): {', '.join(f'{ratio:.1f}' for ratio in ratios)})")


if __name__ == "__main__":
    main()
