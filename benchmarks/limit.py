"""The distance to the limit: a trial of a sweep over its bare compiled epochs, and these over the arithmetic's own floor.

    python benchmarks/limit.py                            mlp, cnn and lstm, three repeats
    python benchmarks/limit.py mlp --trials 20 --repeats 1

A sweep with one worker and one lane, then its plans once more with nothing tracked and nothing searched (benchmarks/bare.py),
with the same threads; both in turn. Each case has one structure, which is compiled before the clock runs. The floor's formula
stands in benchmarks/arithmetic.py.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import results
import sweeps
from machine import machine, sentence

from sweeper.executors.device import CPU
from sweeper.search.settings import read_settings

CASES = ("mlp", "cnn", "lstm")
HEAD = (
    "| case | steady state, s a trial | its records, s | bare, s | **steady / bare** | probes / bare | epochs, s | floor, s |"
    " **epochs / floor** |\n|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}")
    parser.add_argument("--trials", type=int, help="instead of the space's")
    parser.add_argument("--epochs", type=int, help="instead of the space's")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--backend", choices=("tensorflow", "jax"), default="tensorflow")
    parser.add_argument("--out", type=Path, default=Path("limit.jsonl"), help="JSON lines")
    arguments = parser.parse_args()
    print(sentence(machine()), flush=True)
    lines = []
    for name in arguments.names or CASES:
        rows = []
        for repeat in range(arguments.repeats):
            row = measure(name, arguments)
            rows.append(row)
            about = {"case": name, "repeat": repeat, "backend": arguments.backend, "date": datetime.date.today().isoformat()}
            results.append(arguments.out, {**about, **row, "machine": machine()})
            print(f"{name} {repeat}: {row['steady']:.3f} s a trial, {row['bare']:.3f} s bare", flush=True)
        lines.append(line(name, rows))
    print("\n" + "\n".join([HEAD, *lines]))


def measure(name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Seconds per trial: of the sweep in `steady` state and by its `records`, and what benchmarks/bare.py gives."""
    with tempfile.TemporaryDirectory(prefix="limit-") as folder:
        home = Path(folder)
        counts = {"trials": arguments.trials, "epochs": arguments.epochs}
        command = sweeps.command(name, home, workers=1, lanes=1, backend=arguments.backend, device="cpu", **counts)
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        outcomes = [trial.outcome for trial in sweeps.trials(home) if trial.outcome is not None]
        bare = bare_seconds(home)
    ended = sorted(outcome.time / 1000 for outcome in outcomes)
    kinds = ("train", "evaluate", "probe")
    return {
        "steady": (ended[-1] - ended[0]) / (len(ended) - 1),
        "records": statistics.mean(sum(outcome.seconds.get(kind, 0.0) for kind in kinds) for outcome in outcomes),
        "bare": bare["epochs"] + bare["evaluations"] + bare["probes"],
        **bare,
    }


def bare_seconds(home: Path) -> dict[str, float]:
    """Seconds per trial of `epochs`, `evaluations`, `probes`, and the `floor` of the epochs."""
    settings = read_settings(sweeps.folder(home))
    environment = {**os.environ, **CPU.environment(settings.threads, settings.backend)}
    told = subprocess.run(
        [sys.executable, str(sweeps.HERE / "bare.py"), str(home)], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def line(name: str, rows: list[dict[str, float]]) -> str:
    """Medians over the repeats; ratios within each."""

    def median(what: str) -> str:
        return f"{statistics.median(row[what] for row in rows):.3f}"

    def ratio(over: str, under: str) -> str:
        return f"{statistics.median(row[over] / row[under] for row in rows):.2f}"

    cells = [
        f"`{name}`", median("steady"), median("records"), median("bare"), f"**{ratio('steady', 'bare')}**",
        ratio("probes", "bare"), median("epochs"), median("floor"), f"**{ratio('epochs', 'floor')}**",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
