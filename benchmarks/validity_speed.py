"""How often a report calls a choice faster that is not, and how often it finds one that is:
`python benchmarks/validity_speed.py [--sweeps N]`

Sweeps are made up as curves that fall to a floor, 20 epochs each: pace and floor of a trial are its block's, times noise, and
the first choice may be quicker or end worse. A few trials diverge; in some sweeps the worse third is stopped at epoch 5.
The target is chosen and the choices are compared as a report does it (`sweeper.reporting.statistics.speed`). Seeded; prints the
tables of docs/validity.md.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes are as many as the cores; before NumPy is imported

import numpy as np
import pandas as pd

from sweeper.reporting.frames import TARGETS
from sweeper.reporting.metrics.targets import target_of
from sweeper.reporting.statistics.pairs import compared
from sweeper.reporting.statistics.speed import compared_speed
from sweeper.reporting.statistics.speed_verdict import FASTER, FASTER_BUT_WORSE, FASTER_OPEN, MORE_OFTEN, QUICKER

EPOCHS, RUNG = 20, 5
DIVERGE, STOPPED = 0.03, 1 / 3
NOTHING = (
    ("paired", False, 2, 6), ("paired", False, 2, 21), ("paired", False, 3, 21), ("paired", False, 5, 12),
    ("random", False, 2, 6), ("random", False, 2, 21), ("random", False, 5, 12),
    ("paired", True, 2, 21), ("paired", True, 5, 12), ("random", True, 2, 21),
)  # fmt: skip
"""Design, stopping, choices and trials of each."""
SOMETHING = (
    *(("paired", False, quicker, 0.0) for quicker in (1.25, 1.5, 2.0)), ("paired", False, 2.0, 1.0),
    *(("random", False, quicker, 0.0) for quicker in (1.25, 1.5, 2.0)),
    *(("paired", True, quicker, 0.0) for quicker in (1.5, 2.0)),
)  # fmt: skip
"""Design, stopping, how many times the pace, and how many deviations worse the end is."""
VERDICTS = (FASTER, FASTER_OPEN, FASTER_BUT_WORSE, MORE_OFTEN)


def made(
    random: np.random.Generator, choices: int, blocks: int, quicker: float, worse: float, design: str, stopping: bool
) -> pd.DataFrame:
    """The frame `trials` of one sweep: of the first choice the pace is `quicker` times as high, and the floor lies higher by
    `worse` deviations of a trial."""
    block, choice = (place.ravel() for place in np.divmod(np.arange(blocks * choices), choices))
    level = random.normal(size=(2, blocks))[:, block] if design == "paired" else random.normal(size=(2, len(block)))
    pace, floor = 0.3 * level + 0.3 * random.normal(size=(2, len(block)))
    pace = 0.25 * np.exp(pace) * np.where(choice == 0, quicker, 1.0)
    floor = 0.1 * np.exp(floor) + 0.03 * worse * (choice == 0)
    curves = floor[:, np.newaxis] + 2 * np.exp(-pace[:, np.newaxis] * np.arange(1, EPOCHS + 1))
    curves += 0.005 * random.standard_normal(curves.shape)
    diverged = random.random(len(block)) < DIVERGE
    stopped = stopping & ~diverged & (curves[:, RUNG - 1] > np.quantile(curves[:, RUNG - 1], 1 - STOPPED))
    last = np.where(diverged, 3, np.where(stopped, RUNG, EPOCHS))
    seen = np.where(np.arange(EPOCHS) < last[:, np.newaxis], curves, np.inf)
    best = seen.min(axis=1)
    trials = pd.DataFrame(
        {
            "number": range(len(block)), "choice": [f"c{one}" for one in choice], "block": block, "phase": "", "epochs": last,
            "best_epoch": 1, "diverged_epoch": np.where(diverged, 4.0, np.nan), "y": np.where(diverged, np.inf, best),
            "state": np.where(diverged | stopped, "PRUNED", "COMPLETE"),
            "reason": np.where(diverged, "diverged", np.where(stopped, "pruner", "finished")),
        }
    )  # fmt: skip
    for column, share in TARGETS.items():
        level = target_of(pd.Series(best), share)
        there = (seen <= level).any(axis=1) & ~diverged
        trials[column] = pd.Series(np.where(there, (seen <= level).argmax(axis=1) + 1.0, np.nan)).astype("Int64")
    trials["y"] = trials["y"].mask(trials["reason"] == "pruner")
    return trials


def verdicts(
    seed: int, choices: int, blocks: int, quicker: float, worse: float, design: str, stopping: bool
) -> tuple[float, ...]:
    """Whether any pair is called faster in any way, whether the first choice is, and which of `VERDICTS` it is given."""
    trials = made(np.random.default_rng(seed), choices, blocks, quicker, worse, design, stopping)
    names = [f"c{one}" for one in range(choices)]
    pairs = compared(trials, names, trials["y"], design, seed)
    speed = compared_speed(trials, names, design, seed, pairs)
    called = speed[speed["verdict"].isin(QUICKER)]
    first = called[called["a"] == "c0"]
    return (len(called) > 0, len(first) > 0, *((first["verdict"] == word).any() for word in VERDICTS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=1000)
    sweeps = parser.parse_args().sweeps
    with ProcessPoolExecutor() as pool:

        def share(call: Callable[[int], object], count: int) -> np.ndarray:
            return np.mean(list(pool.map(call, range(count), chunksize=10)), axis=0)

        print(f"**Without any effect**, {sweeps} sweeps a row\n")
        print("| design | stopped early | choices | trials of each | called faster |\n|---|---|---|---|---|")
        for design, stopping, choices, blocks in NOTHING:
            of = {"choices": choices, "blocks": blocks, "quicker": 1.0, "worse": 0.0}
            found = share(partial(verdicts, design=design, stopping=stopping, **of), sweeps)
            print(f"| {design} | {'a third' if stopping else 'none'} | {choices} | {blocks} | {found[0]:.1%} |", flush=True)
        print(f"\n**With an effect on one of two choices**, 20 trials of each, {sweeps // 2} sweeps a row\n")
        print(f"| design | stopped early | pace | end | found | {' | '.join(VERDICTS)} |\n|{'---|' * 9}")
        for design, stopping, quicker, worse in SOMETHING:
            of = {"choices": 2, "blocks": 20, "quicker": quicker, "worse": worse}
            found = share(partial(verdicts, design=design, stopping=stopping, **of), sweeps // 2)
            cells = " | ".join(f"{cell:.0%}" for cell in found[1:])
            end = "worse" if worse else "as good"
            print(f"| {design} | {'a third' if stopping else 'none'} | {quicker} | {end} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
