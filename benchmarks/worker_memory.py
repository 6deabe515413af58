"""How much a worker grows over 500 trials of 50 structures: `python benchmarks/worker_memory.py [--trials N]`

One worker, trials of one epoch; its resident memory is sampled from outside. It keeps the programs it has compiled, so growth
is told twice: from the first trial's end, and from the moment when every structure has been compiled.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
from pathlib import Path

import results
import sweeps
from machine import machine, sentence
from watching import Sample, at, watch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--window", type=int, default=50, help="trials a line")
    parser.add_argument("--out", type=Path, default=Path("worker_memory.jsonl"), help="JSON lines")
    arguments = parser.parse_args()
    print(sentence(machine()), flush=True)
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        home = Path(folder)
        command = sweeps.command("many_structures", home, trials=arguments.trials, workers=1)
        samples = watch(command, home, sweeps.folder(home).spool)
        seen = structures_seen(home)
    marks = [1, *range(arguments.window, arguments.trials, arguments.window), arguments.trials]
    lines = [{"ended": mark, "structures": seen[mark - 1], "memory": memory(samples, mark)} for mark in marks]
    complete = seen.index(seen[-1]) + 1
    growth = {
        "from the first trial": round(lines[-1]["memory"] - memory(samples, 1), 1),
        f"from trial {complete} on, when all {seen[-1]} structures were compiled": round(
            lines[-1]["memory"] - memory(samples, complete), 1
        ),
    }
    print("| trials | structures so far | worker, MB |\n|---|---|---|")
    print("\n".join(f"| {line['ended']} | {line['structures']} | {line['memory']:.0f} |" for line in lines))
    print("\n".join(f"growth {since}: {grown:.1f} MB" for since, grown in growth.items()))
    about = {"trials": arguments.trials, "date": datetime.date.today().isoformat(), "machine": machine()}
    results.append(arguments.out, {**about, "lines": lines, "growth": growth})


def structures_seen(home: Path) -> list[int]:
    """How many structures had been trained when the first, second ... trial ended."""
    known: set[str] = set()
    counts = []
    ended = sorted(sweeps.trials(home), key=lambda trial: trial.outcome.time if trial.outcome else 0)
    for trial in ended:
        known |= {start.structure for start in trial.starts.values()}
        counts.append(len(known))
    return counts


def memory(samples: list[Sample], ended: int) -> float:
    """Of the one worker, in MB, at the end of that trial or, where it is gone by then, when it was last seen."""
    looks = samples[: samples.index(at(samples, ended)) + 1]
    return next(max(look.worker_memory) for look in reversed(looks) if look.worker_memory)


if __name__ == "__main__":
    main()
