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
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import linear_sum_assignment

from sweeper.reporting.metrics.curves import RUN
from sweeper.reporting.metrics.evaluations import Evaluations
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.overfitting import overfitting
from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.ladder import Settings
from sweeper.reporting.statistics.matching import gower
from sweeper.reporting.statistics.pairs import compared, crossed
from sweeper.reporting.statistics.predictors import Predictor
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


def crossed_verdicts(seed: int, effect: float, interaction: float, design: str, blocks: int) -> tuple[bool, bool, bool]:
    """Whether any average is called better, whether anything is called to depend, and whether one of both is, of three by two
    choices: the first of the three is better by `effect`, and by `interaction` more with the first of the two."""
    random, rows = np.random.default_rng(seed), []
    for block in range(blocks):
        level = random.normal()
        for one, other in product(("a0", "a1", "a2"), ("b0", "b1")):
            own = level if design == "paired" else random.normal()
            gain = (one == "a0") * (effect + interaction * (other == "b0"))
            rows.append((block, one, other, f"{one} · {other}", own + random.normal() - gain))
    frame = pd.DataFrame(rows, columns=["block", "A", "B", "choice", "y"])
    frame = frame.assign(number=range(len(frame)), state="COMPLETE", reason="finished", phase="")
    found = crossed(frame, frame[["A", "B"]], frame["y"], design, seed)
    better = found[found["verdict"] == BETTER]
    main, depends = bool((better["within"] == "").any()), bool((better["against"] != "").any())
    return main, depends, main or depends


def confounded(seed: int, effect: float, trials: int, settings: int) -> pd.DataFrame:
    """Trials of two choices that a sampler tuned unlike: the first near the best learning rate, the second everywhere; noise is
    0.15, a learning rate at the far end costs 1.4, and the first is better by `effect` deviations of the noise."""
    random = np.random.default_rng(seed)
    rate = np.concatenate([np.clip(random.normal(0.6, 0.1, trials), 0, 1), random.uniform(0, 1, trials)])
    is_b = np.arange(2 * trials) >= trials
    y = 4 * (rate - 0.6) ** 2 + 0.15 * random.normal(size=2 * trials) + 0.15 * effect * is_b
    frame = pd.DataFrame({"number": range(2 * trials), "choice": np.where(is_b, "b", "a"), "params.rate": rate, "y": y})
    others = {f"params.x{place}": random.uniform(size=2 * trials) for place in range(settings - 1)}
    return frame.assign(**others, state="COMPLETE", reason="finished", phase="tpe", block=None)


def through_settings(seed: int, effect: float, trials: int, settings: int) -> tuple[bool, bool]:
    """Whether one of these choices is called better, and whether it is the truly better one."""
    frame = confounded(seed, effect, trials, settings)
    names = [name.removeprefix("params.") for name in frame if name.startswith("params.")]
    tried = Settings(names, {name: Range(0.0, 1.0) for name in names})
    row = compared(frame, ["a", "b"], frame["y"], "tpe", seed, np.nan, tried).iloc[0]
    return row["verdict"] == BETTER, row["verdict"] == BETTER and row["a"] == "a"


def by_the_usual_ways(seed: int, effect: float, trials: int, settings: int) -> tuple[bool, bool]:
    """Whether their plain means differ (Welch's test), and pairs matched within a caliper of 0.2 (Wilcoxon's)."""
    frame = confounded(seed, effect, trials, settings)
    x, y = frame.filter(like="params.").to_numpy(), frame["y"].to_numpy()
    columns = tuple(Predictor(f"x{place}", ()) for place in range(settings))
    distance = gower(columns, x[:trials], x[trials:])
    one, other = linear_sum_assignment(np.where(distance <= 0.2, distance, 1e3))
    close = distance[one, other] <= 0.2
    matched = stats.wilcoxon(y[trials:][other[close]] - y[:trials][one[close]]).pvalue
    return bool(stats.ttest_ind(y[:trials], y[trials:], equal_var=False).pvalue < 0.05), bool(matched < 0.05)


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
        print("\n**Crossed**, three by two choices, 20 trials of each combination; called better or to depend\n")
        print("| design | effect | interaction | an average | an interaction | either |\n|---|---|---|---|---|---|")
        for design in DESIGNS:
            for effect, more in ((0.0, 0.0), (1.0, 0.0), (0.0, 2.0)):
                count = sweeps // 2 if design == "paired" else sweeps // 10
                call = partial(crossed_verdicts, effect=effect, interaction=more, design=design, blocks=20)
                cells = " | ".join(f"{cell:.1%}" for cell in share(call, count))
                print(f"| {design} | {effect} | {more} | {cells} |", flush=True)
        print("\n**A sampler that tuned one choice better**, two choices; effect in deviations of the noise\n")
        heads = (
            "trials of each",
            "settings",
            "effect",
            "called better",
            "the right one",
            "plain means differ",
            "caliper alone",
        )
        print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for trials, settings in ((20, 1), (40, 1), (40, 3), (100, 3)):
            for effect in (0.0, 1.0, 2.0):
                calls = [
                    partial(way, effect=effect, trials=trials, settings=settings)
                    for way in (through_settings, by_the_usual_ways)
                ]
                cells = [cell for call in calls for cell in share(call, sweeps // 5)]
                print(f"| {trials} | {settings} | {effect} | {' | '.join(f'{cell:.1%}' for cell in cells)} |", flush=True)
        print("\n**Curves called overfitting**, by their length and their rise from the middle on, in noises an epoch\n")
        rises = (0.0, 0.25, 0.5, 1.0)
        print(f"| evaluations | {' | '.join(map(str, rises))} |\n|{'---|' * (len(rises) + 1)}")
        for length in LENGTHS:
            cells = [share(partial(called_overfit, length=length, rise=rise), 10) for rise in rises]
            print(f"| {length} | {' | '.join(f'{cell:.1%}' for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
