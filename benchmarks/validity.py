"""How often a report says what is not so, and how often it finds what is: `python benchmarks/validity.py [--sweeps N]`

Sweeps are made up: every trial's value is a block's level, plus normal noise of deviation 1 for the trial, less the effect for
the first choice. They go through the report's own comparison (`sweeper.reporting.statistics.pairs`) and labels. Seeded; prints
the tables of docs/validity.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN
from sweeper.reporting.metrics.evaluations import Evaluations
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.overfitting import overfitting
from sweeper.reporting.statistics.pairs import compared
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE

DESIGNS = ("paired", "random")
LENGTHS = (10, 20, 40, 100)


def made(random: np.random.Generator, choices: int, blocks: int, effect: float, design: str) -> pd.DataFrame:
    rows = []
    for block in range(blocks):
        level = random.normal()
        for choice in range(choices):
            own = level if design == "paired" else random.normal()
            rows.append((block, f"c{choice}", own + random.normal() - effect * (choice == 0), "COMPLETE", "finished", ""))
    return pd.DataFrame(rows, columns=["block", "choice", "y", "state", "reason", "phase"])


def verdicts(seed: int, choices: int, blocks: int, effect: float, design: str, noise: float) -> tuple[bool, bool, bool]:
    """Whether any pair is called better, whether the first choice is, and whether any pair is called no different."""
    frame = made(np.random.default_rng(seed), choices, blocks, effect, design)
    pairs = compared(frame, [f"c{choice}" for choice in range(choices)], frame["y"], design, seed, noise)
    better = pairs[pairs["verdict"] == BETTER]
    return len(better) > 0, bool((better["a"] == "c0").any()), bool((pairs["verdict"] == NO_DIFFERENCE).any())


def called_overfit(seed: int, length: int, rise: float, runs: int = 200) -> float:
    """The share of curves that are called overfitting: they fall to a plateau with independent noise, and from the middle on
    rise by `rise` noises an epoch."""
    random = np.random.default_rng(seed)
    t = np.arange(1, length + 1)
    course = 1 + np.exp(-8 * t / length) + 0.05 * rise * np.maximum(0, t - length // 2)
    values = course + 0.05 * random.standard_normal((runs, length))
    table = {"epoch": np.tile(t, runs), "validation": values.ravel(), "training": np.nan}
    frame = pd.DataFrame({RUN[0]: np.repeat(np.arange(runs), length), RUN[1]: 0, **table})
    evaluations = Evaluations.of(frame)
    return float(np.isfinite(overfitting(evaluations, noise(evaluations)).onset).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=1000)
    sweeps = parser.parse_args().sweeps
    with ProcessPoolExecutor() as pool:

        def share(call: Callable[[int], object], count: int = sweeps) -> np.ndarray:
            return np.mean(list(pool.map(call, range(count), chunksize=10)), axis=0)

        print(f"**Without any effect**, {sweeps} sweeps a row\n")
        print("| design | choices | trials of each | called better |\n|---|---|---|---|")
        for design in DESIGNS:
            for choices, blocks in ((2, 6), (2, 21), (3, 21), (5, 12)):
                count = sweeps if design == "paired" else sweeps // 5
                call = partial(verdicts, choices=choices, blocks=blocks, effect=0.0, design=design, noise=np.nan)
                print(f"| {design} | {choices} | {blocks} | {share(call, count)[0]:.1%} |", flush=True)
        print("\n**With an effect on one of two choices**, 20 trials of each\n")
        print("| design | noise | effect, deviations | found | called no different |\n|---|---|---|---|---|")
        for design in DESIGNS:
            for noise_known in (np.nan, 1.0):
                for effect in (0.5, 1.0, 2.0):
                    count = sweeps // 2 if design == "paired" else sweeps // 5
                    call = partial(verdicts, choices=2, blocks=20, effect=effect, design=design, noise=noise_known)
                    _, found, same = share(call, count)
                    name = "not known" if np.isnan(noise_known) else "known"
                    print(f"| {design} | {name} | {effect} | {found:.0%} | {same:.0%} |", flush=True)
        print("\n**Curves called overfitting**, by their length and their rise from the middle on, in noises an epoch\n")
        rises = (0.0, 0.25, 0.5, 1.0)
        print(f"| evaluations | {' | '.join(map(str, rises))} |\n|{'---|' * (len(rises) + 1)}")
        for length in LENGTHS:
            cells = [share(partial(called_overfit, length=length, rise=rise), 10) for rise in rises]
            print(f"| {length} | {' | '.join(f'{cell:.1%}' for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
