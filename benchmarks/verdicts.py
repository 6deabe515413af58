"""What verdicts cost the parent, from the first trial to the last: processor time of telling and judging alone, no training:

python benchmarks/verdicts.py
python benchmarks/verdicts.py --trials 10000 --epochs 100 --pruners median
"""

from __future__ import annotations

import argparse
import datetime
import math
import random
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import results
from machine import machine, sentence

from sweeper.records import State, Verdict
from sweeper.search.pruning import Pruner, Told, make_pruner

PRUNERS = {
    "asha": {"min_epochs": 3, "factor": 3},
    "hyperband": {"min_epochs": 3, "factor": 3},
    "median": {"startup": 5, "min_epochs": 3},
}
AHEAD = 4
"""As with two workers and a sampler that learns."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--pruners", nargs="+", choices=PRUNERS, default=list(PRUNERS))
    parser.add_argument("--out", type=Path, default=Path("verdicts.jsonl"), help="JSON lines")
    given = parser.parse_args()
    print(sentence(machine()))
    marks = [0, *(given.trials * share // 20 for share in (1, 5, 10, 15, 20))]
    print("| pruner | " + " | ".join(f"up to {mark}" for mark in marks[1:]) + " | all, s | verdicts a trial |")
    print("|---" * (len(marks) + 2) + "|")
    for name in given.pruners:
        spent, verdicts = judged(name, given.trials, given.epochs)
        windows = [1000 * (spent[last] - spent[first]) / (last - first) for first, last in pairwise(marks)]
        told = " | ".join(f"{milliseconds:.3f}" for milliseconds in windows)
        print(f"| {name} | {told} | {spent[-1]:.2f} | {verdicts / given.trials:.1f} |", flush=True)
        about = {"pruner": name, "trials": given.trials, "epochs": given.epochs, "date": datetime.date.today().isoformat()}
        results.append(given.out, {**about, "ended": marks[1:], "milliseconds": windows, "machine": machine()})


def judged(name: str, trials: int, epochs: int) -> tuple[list[float], int]:
    """The seconds of processor time spent when 0, 1, ... trials had ended, and how many verdicts were given."""
    pruner = make_pruner(name, PRUNERS[name], epochs, False, 0)
    assert pruner is not None
    spent, verdicts = [0.0], 0
    for number, values in enumerate(curves(trials, epochs)):
        begun = time.process_time()
        ended, judgements = one(pruner, number, values)
        pruner.tell(ended)
        spent.append(spent[-1] + time.process_time() - begun)
        verdicts += judgements
    return spent, verdicts


def one(pruner: Pruner, number: int, values: list[float]) -> tuple[Told, int]:
    """A trial as far as the pruner lets it go, and how many verdicts that took."""
    rungs, curve, verdicts = pruner.rungs(number), {}, 0
    for epoch, value in enumerate(values, start=1):
        curve[epoch] = value
        if epoch in rungs:
            verdicts += 1
            if pruner.verdict(number, epoch, curve, max(number - AHEAD + 1, 0)) is Verdict.STOP:
                return Told(number, State.PRUNED, curve), verdicts
    return Told(number, State.COMPLETE, curve), verdicts


def curves(trials: int, epochs: int) -> Iterator[list[float]]:
    """Each falls to a floor of its own; floors fall too, as where a sampler learns, so that many trials go on."""
    draws = random.Random(0)
    for number in range(trials):
        floor, pace = draws.random() + 1 - number / trials, draws.random()
        yield [floor + math.exp(-pace * epoch) for epoch in range(1, epochs + 1)]


if __name__ == "__main__":
    main()
