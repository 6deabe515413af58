"""What it costs to read the rows from disk: `python benchmarks/streams.py [--rows N] [--repeats N]`

The same sweep of one worker twice, its prepared data on the device (`stream: never`) and read in chunks (`stream: always`), in
turn. Memory is what the worker's process has of its own, without pages of the mapped files, which the system may take back.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import tempfile
from pathlib import Path

import results
import sweeps
from machine import machine, sentence
from watching import watch

KINDS = {"never": "on the device", "always": "streamed"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40_000, help="pictures of 48 KB")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("streams.jsonl"), help="JSON lines")
    arguments = parser.parse_args()
    print(sentence(machine()), flush=True)
    rows: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for repeat in range(arguments.repeats):
        for kind in KINDS:
            found = measure(kind, arguments.rows)
            rows[kind].append(found)
            about = {"kind": kind, "repeat": repeat, "rows": arguments.rows, "date": datetime.date.today().isoformat()}
            results.append(arguments.out, {**about, **found, "machine": machine()})
            print(f"{kind} {repeat}: {found}", flush=True)
    print("\n| data | prepared, GB | worker's own memory, MB | s an epoch | of it evaluations |\n|---|---|---|---|---|")
    for kind, name in KINDS.items():
        told = {what: statistics.median(row[what] for row in rows[kind]) for what in rows[kind][0]}
        print(f"| {name} | {told['size']:.1f} | {told['memory']:.0f} | {told['epoch']:.2f} | {told['evaluate']:.2f} |")


def measure(kind: str, rows: int) -> dict[str, float]:
    """`size` of the prepared inputs in GB, the worker's largest `memory` in MB, seconds of an `epoch` with its evaluations."""
    with tempfile.TemporaryDirectory(prefix="streams-") as folder:
        home = Path(folder)
        command = [*sweeps.command("streamed", home, workers=1, device="cpu"), "--set", f"data.python.stream={kind}"]
        command += ["--set", f"data.python.rows={rows}"]
        samples = watch(command, home, sweeps.folder(home).spool)
        outcomes = [trial.outcome for trial in sweeps.trials(home) if trial.outcome is not None]
        size = sum(file.stat().st_size for file in sweeps.folder(home).data.rglob("*.npy"))
    epochs = sum(outcome.epochs for outcome in outcomes)
    spent = {what: sum(outcome.seconds[what] for outcome in outcomes) / epochs for what in ("train", "evaluate")}
    memory = max(memory for sample in samples for memory in sample.worker_own)
    return {"size": size / 1e9, "memory": memory, "epoch": sum(spent.values()), "evaluate": spent["evaluate"]}


if __name__ == "__main__":
    main()
