"""How often a report says that a choice narrows the gap between training and validation when it does not, and whether it tells
that from one that merely fits the training part less: `python benchmarks/validity_gaps.py [--sweeps N]`

Sweeps are made up as curves whose training falls to an end, and whose gap opens with what training has fallen, 20 epochs each;
end and opening of a trial are its block's, times noise. The second of two choices may open its gap less, or end its training
earlier. Gaps are compared as a report does it (`sweeper.reporting.statistics.gaps`). Seeded; prints the table of
docs/validity.md.
"""

from __future__ import annotations

import argparse
import math
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes are as many as the cores; before NumPy is imported

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.gaps import VERDICTS, gap_pairs

EPOCHS, START, END, OPENING = 20, 1.0, 0.05, 0.15
ROWS = (("nothing", 1.0, 1.0), ("opens half the gap", 0.5, 1.0), ("opens 4/5 of it", 0.8, 1.0), ("fits less", 1.0, 8.0))
"""What the second choice does, by how much its gap opens and at how many times the training value it ends."""


def made(
    random: np.random.Generator, blocks: int, design: str, opening: float, end: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The columns of `trials` that are asked for, and the curves from epoch 0 on."""
    block, choice = (place.ravel() for place in np.divmod(np.arange(2 * blocks), 2))
    level = random.normal(size=(2, blocks))[:, block] if design == "paired" else random.normal(size=(2, len(block)))
    ends, opens = np.exp(0.2 * level + 0.1 * random.normal(size=(2, len(block))))
    ends, opens = END * ends * np.where(choice == 1, end, 1.0), OPENING * opens * np.where(choice == 1, opening, 1.0)
    training = START * (ends / START)[:, np.newaxis] ** (np.arange(EPOCHS + 1) / EPOCHS)
    validation = training + opens[:, np.newaxis] * (START - training) + 0.003 * random.standard_normal(training.shape)
    trials = pd.DataFrame(
        {
            "number": np.arange(len(block)), "block": block, "choice": np.where(choice == 1, "second", "first"),
            "gap_end": (validation - training)[:, -1], "training": training[:, -1],
        }
    )  # fmt: skip
    trials = trials.assign(phase=design, reason="finished", state="COMPLETE")
    trial, epoch = (place.ravel() for place in np.indices(training.shape))
    curves = {"trial": trial, "repeat": 0, "epoch": epoch, "validation": validation.ravel(), "training": training.ravel()}
    return trials, pd.DataFrame(curves)


def verdict(seed: int, blocks: int, design: str, opening: float, end: float) -> str:
    trials, curves = made(np.random.default_rng(seed), blocks, design, opening, end)
    [pair] = gap_pairs(trials, ["first", "second"], trials["training"], curves, math.nan, design, seed)
    return pair.verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=500)
    sweeps = parser.parse_args().sweeps
    heads = ("the second choice", "design", "trials of each", *VERDICTS)
    print(f"{sweeps} sweeps a row\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    with ProcessPoolExecutor() as pool:
        for what, opening, end in ROWS:
            for design, blocks in (("paired", 10), ("paired", 20), ("random", 20)):
                call = partial(verdict, blocks=blocks, design=design, opening=opening, end=end)
                found = Counter(pool.map(call, range(sweeps), chunksize=10))
                cells = " | ".join(f"{found[word] / sweeps:.1%}".replace("%", " %") for word in VERDICTS)
                print(f"| {what} | {design} | {blocks} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
