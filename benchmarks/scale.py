"""What a trial costs the parent, and what the processes hold, from the first trial to the 2,000th of one epoch:

    python benchmarks/scale.py                            2,000 trials each with random, qmc and tpe
    python benchmarks/scale.py --trials 200 --samplers random

Sampled from outside, every 0.2 s. The parent's milliseconds are processor time, of all its threads. They cover asking, telling,
spooling and both stores; the start (until the first trial ends) is left out, the end (until the process is gone) is told apart.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
from itertools import pairwise
from pathlib import Path

import results
import sweeps
from machine import machine, sentence
from watching import Sample, at, watch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--window", type=int, default=100, help="trials a line")
    parser.add_argument("--samplers", nargs="+", default=["random", "qmc", "tpe"])
    parser.add_argument("--workers", type=int)
    parser.add_argument("--out", type=Path, default=Path("scale.jsonl"), help="JSON lines")
    arguments = parser.parse_args()
    print(sentence(machine()), flush=True)
    for sampler in arguments.samplers:
        print(f"{sampler}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="scale-") as folder:
            home = Path(folder)
            options = {"trials": arguments.trials, "workers": arguments.workers, "sampler": sampler}
            samples = watch(sweeps.command("scale", home, **options), home, sweeps.folder(home).spool)
            sweeps.trials(home)
        lines = windows(samples, arguments.trials, arguments.window)
        print(table(lines, sampler), flush=True)
        about = {"sampler": sampler, "trials": arguments.trials, "date": datetime.date.today().isoformat()}
        results.append(arguments.out, {**about, "windows": lines, "machine": machine()})


def windows(samples: list[Sample], trials: int, width: int) -> list[dict[str, float | int | str]]:
    """A line for each window of trials; then what the parent still did behind the last trial, and all of it, as milliseconds
    for each of the trials."""
    marks = [1, *range(width, trials, width), trials]
    found = [line(between(samples, first, last), last) for first, last in pairwise(marks)]
    start, last, end = at(samples, 1), at(samples, trials), samples[-1]
    about = {
        "a_minute": round(60 * trials / (end.clock - start.clock)),
        "parent": round(end.parent_memory),
        "workers": max(window["workers"] for window in found),
    }
    shares = {"after the last": end.parent_seconds - last.parent_seconds, "all": end.parent_seconds - start.parent_seconds}
    whole = [{"ended": name, "milliseconds": round(1000 * spent / trials, 1), **about} for name, spent in shares.items()]
    return [*found, *whole]


def between(samples: list[Sample], first: int, last: int) -> list[Sample]:
    """The looks from the end of one trial to the end of another."""
    return samples[samples.index(at(samples, first)) : samples.index(at(samples, last)) + 1]


def line(looks: list[Sample], mark: int) -> dict[str, float | int | str]:
    """`milliseconds` of the parent's processor a trial over some looks, and the largest memory in MB among them."""
    before, after = looks[0], looks[-1]
    count = max(1, after.ended - before.ended)
    return {
        "ended": mark,
        "milliseconds": round(1000 * (after.parent_seconds - before.parent_seconds) / count, 1),
        "a_minute": round(60 * count / max(1e-9, after.clock - before.clock)),
        "parent": round(max(look.parent_memory for look in looks)),
        "workers": round(max(memory for look in looks for memory in look.worker_memory)),
    }


def table(lines: list[dict[str, float | int | str]], sampler: str) -> str:
    head = [
        "| sampler | trials | parent, ms a trial | trials a minute | parent, MB | largest worker, MB |",
        "|---|---|---|---|---|---|",
    ]
    names = ("ended", "milliseconds", "a_minute", "parent", "workers")
    return "\n".join([*head, *(f"| {sampler} | {' | '.join(str(line[name]) for name in names)} |" for line in lines)])


if __name__ == "__main__":
    main()
