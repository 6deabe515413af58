"""How often a report is right about the winner and the ranges: `python benchmarks/winners.py [--sweeps N]`

Sweeps of independent trials are made up and go through the report's own rules. Seeded; prints tables of docs/validity.md.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

import numpy as np

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.coverage import crowd, edge
from sweeper.reporting.statistics.leader import expected_maximum
from sweeper.reporting.statistics.tuning import tuning_curve
from sweeper.reporting.statistics.worth import TOP, chances

SPAN = Range(-1.0, 1.0)


def crowded(random: np.random.Generator, trials: int, ranges: int, explained: float) -> tuple[bool, bool]:
    """Whether the best trials crowd at an end of a range that does not matter, and at that of the first one, towards whose
    upper end values get better and which explains such a share of their variance."""
    x = random.uniform(-1, 1, (trials, ranges))
    slope = np.sqrt(3 * explained)
    y = -slope * x[:, 0] + np.sqrt(1 - explained) * random.standard_normal(trials)
    best, least = np.argsort(y), crowd(ranges)
    found = [edge(SPAN, x[best, column], least) is not None for column in range(ranges)]
    return any(found[1:] if explained else found), found[0]


WORTHS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda random, n: random.standard_normal(n),
    "exponential": lambda random, n: random.exponential(size=n),
    "near an optimum": lambda random, n: random.uniform(-1, 1, n) ** 2 / math.sqrt(4 / 45),
    "a fifth fails": lambda random, n: np.where(random.random(n) < 0.2, 8 * random.random(n), random.normal(0, 0.5, n)),
}
"""What trials are worth, loss-like, with a deviation of about 1."""


def led(random: np.random.Generator, trials: int, spread: float, worths: str) -> tuple[float, float, bool, float]:
    """Of trials whose worth varies by `spread` times the noise of a training: the chance that is stated for the leader to be
    the best of the top five, the same without regard to their having been picked, whether it is, and how much better than it
    is it looks, in noises."""
    worth = spread * WORTHS[worths](random, trials)
    seen = worth + random.standard_normal(trials)
    order = np.argsort(seen)
    worth, seen = worth[order], seen[order]
    stated = chances(seen, np.ones(trials))[0]
    around = (seen[:TOP] + random.standard_normal((1000, TOP))).argmin(axis=1)
    return float(stated), float((around == 0).mean()), bool(worth[:TOP].argmin() == 0), float(worth[0] - seen[0])


def held(random: np.random.Generator, trials: int) -> bool:
    """Whether the band of the tuning curve holds the truth for every number of trials, of exponential draws."""
    curve, true = tuning_curve(random.exponential(size=trials)), np.log(2) / np.arange(1, trials + 1)
    return bool(((curve.better <= true) & (true <= curve.worse)).all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=1000)
    sweeps, random = parser.parse_args().sweeps, np.random.default_rng(0)
    print("**Ranges called too narrow**\n")
    print("| trials | ranges | explained by the first | a wrong one | the first |\n|---|---|---|---|---|")
    for trials, ranges in ((40, 1), (40, 5), (40, 12), (100, 5)):
        for explained in (0.0, 0.3, 0.6, 0.9):
            wrong, right = np.mean([crowded(random, trials, ranges, explained) for _ in range(sweeps)], axis=0)
            print(f"| {trials} | {ranges} | {explained:.0%} | {wrong:.1%} | {right:.0%} |" if explained else
                  f"| {trials} | {ranges} | nothing | {wrong:.1%} | |", flush=True)  # fmt: skip
    print("\n**The leader**\n")
    print("| worths | trials | spread over noise | stated | without regard to selection | true | looks better by | at most |")
    print("|---|---|---|---|---|---|---|---|")
    for worths in WORTHS:
        for trials in (20, 100):
            for spread in (0.5, 1.0, 3.0, 10.0):
                found = [led(random, trials, spread, worths) for _ in range(sweeps // 5)]
                stated, plain, truly, luck = np.mean(found, axis=0)
                cells = f"{stated:.0%} | {plain:.0%} | {truly:.0%} | {luck:.2f} | {expected_maximum(trials):.2f}"
                print(f"| {worths} | {trials} | {spread:g} | {cells} |", flush=True)
    print("\n**The band of the tuning curve**\n")
    print("| trials | holds the truth for all numbers |\n|---|---|")
    for trials in (10, 40, 100):
        print(f"| {trials} | {np.mean([held(random, trials) for _ in range(sweeps)]):.1%} |", flush=True)


if __name__ == "__main__":
    main()
