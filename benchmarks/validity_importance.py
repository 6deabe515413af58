"""How often the intervals of a parameter's importance hold the truth: `python benchmarks/validity_importance.py [--sweeps N]`

Sweeps are made up: trials are drawn evenly over four parameters, the value is a known function of them plus normal noise.
Each goes through the report's own surrogate and `sweeper.reporting.statistics.importance`, and counts where the surrogate is
trusted.

The truth is, of fANOVA and of LPI (around the trial that was best), the variances of the known function, on a grid; of
PED-ANOVA what it says of 20,000 trials at the same quantile. Seeded; prints the table of docs/validity.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from sweeper.reporting.statistics.importance import Importance, Shares, importance
from sweeper.reporting.statistics.ped_anova import best_of, told_apart
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.surrogate import Surrogate, forest

Array = np.ndarray

COLUMNS = tuple(Predictor(name, (name,)) for name in "abcd")
FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "three add up": lambda x: 3 * x[:, 0] + 2 * x[:, 1] + x[:, 2],
    "a bowl": lambda x: 6 * (x[:, 0] - 0.6) ** 2 + 2 * (x[:, 1] - 0.3) ** 2,
    "two hang together": lambda x: 3 * x[:, 0] * x[:, 1] + 0.5 * x[:, 2],
}
ROWS = (
    ("three add up", 40, 0.3), ("three add up", 100, 0.3), ("three add up", 100, 1.0),
    ("a bowl", 40, 0.3), ("a bowl", 100, 0.3),
    ("two hang together", 40, 0.3), ("two hang together", 100, 0.3),
)  # fmt: skip
"""A function, the number of trials, and the noise of a trial as a share of the function's deviation."""
MEASURES = ("alone", "best", "local")
TREES, MANY, GRID = 64, 20_000, 101


def sweep(function: Callable[[Array], Array], trials: int, noise: float, seed: int) -> Surrogate:
    random = np.random.default_rng(seed)
    x = random.random((trials, len(COLUMNS)))
    y = noisy(function, x, noise, random)
    grown = forest(x, y, TREES, seed, scored=True)
    return Surrogate(COLUMNS, (), np.arange(trials), x, y, grown, float(grown.oob_score_))


def noisy(function: Callable[[Array], Array], x: Array, noise: float, random: np.random.Generator) -> Array:
    return function(x) + noise * spread(function) * random.normal(size=len(x))


def spread(function: Callable[[Array], Array]) -> float:
    return float(function(np.random.default_rng(0).random((MANY, len(COLUMNS)))).std())


def alone(function: Callable[[Array], Array]) -> Array:
    """Of each column the share of the variance of `function` that it explains by itself."""
    x = np.random.default_rng(0).random((MANY, len(COLUMNS)))
    means = np.array([[function(at(x, column, place)).mean() for place in grid()] for column in range(len(COLUMNS))])
    return np.asarray(means.var(axis=1) / function(x).var())


def local(function: Callable[[Array], Array], centre: Array) -> Array:
    """Of each column its share of what changes along the columns around `centre`."""
    ways = [at(np.tile(centre, (GRID, 1)), column, grid()) for column in range(len(COLUMNS))]
    found = np.array([function(way).var() for way in ways])
    return np.asarray(found / found.sum())


def told(function: Callable[[Array], Array], noise: float, quantile: float) -> Array:
    """What PED-ANOVA says of so many trials that chance has no part in it."""
    random = np.random.default_rng(1)
    x = random.random((MANY, len(COLUMNS)))
    return told_apart(x, best_of(noisy(function, x, noise, random), quantile), COLUMNS)


def at(x: Array, column: int, place: float | Array) -> Array:
    moved = x.copy()
    moved[:, column] = place
    return moved


def grid() -> Array:
    return (np.arange(GRID) + 0.5) / GRID


def shares(found: Importance, measure: str) -> Shares:
    """In the order of `COLUMNS`."""
    order = np.argsort([COLUMNS.index(column) for column in found.columns])
    own: Shares = getattr(found, measure)
    return Shares(own.at[order], own.low[order], own.high[order])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sweeps", type=int, default=100)
    sweeps = parser.parse_args().sweeps
    print("| function | trials | noise | trusted | measure | holds what matters | holds what does not | off by, what matters |")
    print("|---|---|---|---|---|---|---|---|")
    for name, trials, noise in ROWS:
        row(name, FUNCTIONS[name], trials, noise, sweeps)


def row(name: str, function: Callable[[Array], Array], trials: int, noise: float, sweeps: int) -> None:
    held: dict[str, list[Array]] = {measure: [] for measure in MEASURES}
    off: dict[str, list[Array]] = {measure: [] for measure in MEASURES}
    fixed, trusted = alone(function), 0
    best: Array | None = None
    for seed in range(sweeps):
        model = sweep(function, trials, noise, seed)
        if not model.trusted:
            continue
        trusted += 1
        place = int(model.y.argmin())
        found = importance(model, place, seed)
        best = told(function, noise, found.quantile) if best is None else best
        truth = {"alone": fixed, "best": best, "local": local(function, model.x[place])}
        for measure in MEASURES:
            own = shares(found, measure)
            held[measure].append((own.low <= truth[measure]) & (truth[measure] <= own.high))
            off[measure].append(own.at - truth[measure])
    matters = fixed > 1e-6
    for measure in MEASURES if trusted else ():
        inside, away = np.array(held[measure]), np.array(off[measure])
        print(
            f"| {name} | {trials} | {noise} | {trusted / sweeps:.0%} | {measure} | {inside[:, matters].mean():.0%} | "
            f"{inside[:, ~matters].mean():.0%} | {away[:, matters].mean():+.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
