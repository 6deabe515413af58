"""What asking ahead costs the search: python benchmarks/search_quality.py [--table FILE]

For many seeds, the best value that a sweep finds when trial n is asked for with trials 0 to n - A told, against A = 1, one at a
time. The sweep's own sampler (tpe), window and grouping decide; instead of training, an outcome is the value of a function of
the trial's parameters, on trees of 12 structures by three knobs:

valleys   every structure has its own offset and its own optimum of the knobs; smooth
ripples   one optimum of the knobs for all structures, with many local ones around it (Rastrigin)
cliff     the best learning rates lie below an edge behind which trials diverge

and, with --table, `digits`: the shipped space digits_mlp, whose values are those of a random forest over trials that were
trained. The table: sweep run digits_mlp --sampler random --pruner none --trials 400 --name table, then
sweep trials table --csv FILE.

Printed is the regret (value found minus the best there is): its median over the seeds, and its quartiles. With the pruner, the
epochs spent on the same trials as a share of all, for whoever is asked for early is judged by few.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import statistics
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sweeper.catalogue.signature import Kind
from sweeper.records import Asked, EpochRecord, Objective, Outcome, Reason, State, TrialPlan, Value, Verdict
from sweeper.search.asking import Asking
from sweeper.search.pruning import Pruner, make_pruner
from sweeper.search.scheduling import Identity, choose, fitting, identity
from sweeper.search.study import Sampled
from sweeper.spaces import SearchSpace, read_space
from sweeper.spaces.draws import design
from sweeper.tracking.replay import SweepState

WINDOWS = (1, 2, 4, 8, 16, 32, 64, 128)
EPOCHS = 20

TREE = """\
data: digits
model:
  mlp:
    layers: {choice: [32, 64, 32-32, 64-64]}
    activation: {choice: [relu, tanh, gelu]}
regularization:
  dropout: {float: [0.0, 0.5]}
  l2: {float: [1e-6, 1e-2], log: true}
optimizer: {adam: {learning_rate: {float: [1e-4, 1e-1], log: true}}}
search: {sampler: tpe, pruner: none}
"""

Parameters = Mapping[str, Value]


@dataclass(frozen=True)
class Problem:
    """`value` of parameters, or None where the trial diverges; `best` is the smallest there is."""

    space: SearchSpace
    value: Callable[[Parameters], float | None]
    best: float


def structure(parameters: Parameters) -> str:
    """The searched words: what the spaces here compile by."""
    return " ".join(str(value) for value in parameters.values() if isinstance(value, str))


def draw(*names: object) -> float:
    """A number in [0, 1) that follows from the names."""
    return int.from_bytes(hashlib.sha256(repr(names).encode()).digest()[:8], "big") / 2**64


def knobs(parameters: Parameters) -> tuple[float, float, float]:
    """Learning rate, L2 and dropout as places in [0, 1] of their ranges."""
    rate, l2, dropout = (
        float(parameters[name] or 0) for name in ("optimizer.adam.learning_rate", "regularization.l2", "regularization.dropout")
    )
    return (math.log10(rate) + 4) / 3, (math.log10(l2) + 6) / 4, dropout / 0.5


def valleys(parameters: Parameters) -> float:
    name = structure(parameters)
    steep = 1 + 3 * draw(name, "steep")
    return draw(name, "offset") * 0.5 + steep * sum(
        (place - draw(name, knob)) ** 2 for knob, place in enumerate(knobs(parameters))
    )


def ripples(parameters: Parameters) -> float:
    offset = draw(structure(parameters), "offset")
    away = [2 * (place - 0.35) for place in knobs(parameters)]
    return offset + sum(4 * x * x + 0.4 * (1 - math.cos(6 * math.pi * x)) for x in away)


def cliff(parameters: Parameters) -> float | None:
    name = structure(parameters)
    rate, l2, dropout = knobs(parameters)
    edge = 0.35 + 0.4 * draw(name, "edge")
    if rate > edge:
        return None
    return 0.3 * draw(name, "offset") + 2 * (edge - rate) + 0.5 * (l2 - 0.3) ** 2 + 0.5 * (dropout - 0.6) ** 2


def problem(name: str, table: Path | None) -> Problem:
    if name == "digits":
        assert table is not None
        return _surrogate(table)
    space = _space(TREE)
    words = [{"model.mlp.layers": layers, "model.mlp.activation": activation}
             for layers in ("32", "64", "32-32", "64-64") for activation in ("relu", "tanh", "gelu")]  # fmt: skip
    names = [structure(word) for word in words]
    if name == "valleys":
        return Problem(space, valleys, min(draw(word, "offset") * 0.5 for word in names))
    if name == "ripples":
        return Problem(space, ripples, min(draw(word, "offset") for word in names))
    return Problem(space, cliff, min(0.3 * draw(word, "offset") for word in names))


def _space(text: str) -> SearchSpace:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tree.yaml"
        file.write_text(text)
        return read_space(str(file))


@cache
def _surrogate(table: Path) -> Problem:
    """A forest over the rows of a `sweep trials --csv`; the best is the smallest of what it says of 20,000 random points."""
    import numpy as np
    from sklearn.ensemble import ExtraTreesRegressor

    with table.open() as file:
        rows = [row for row in csv.DictReader(file) if row["state"] == "COMPLETE"]
    space = read_space("digits_mlp", ("search.pruner=none",))
    names = sorted(leaf.name for leaf in space.leaves)
    words = sorted({f"{name}={row[f'params.{name}']}" for row in rows for name in names})

    def encoded(parameters: Mapping[str, Any]) -> list[float]:
        said = {name: parameters.get(name) for name in names}
        numbers = [_place(value) for value in said.values()]
        return [*numbers, *(float(f"{name}={value}" == word) for word in words for name, value in [_split(word, said)])]

    points = np.array([encoded({name: row[f"params.{name}"] for name in names}) for row in rows])
    values = np.array([math.log10(float(row["value"])) for row in rows])
    forest = ExtraTreesRegressor(30, min_samples_leaf=2, random_state=0).fit(points, values)
    draws = design(space, "random", 1)
    drawn = np.array([encoded(draws.parameters(number) or {}) for number in range(20_000)])
    best = float(forest.predict(drawn).min())
    return Problem(space, lambda parameters: float(forest.predict(np.array([encoded(parameters)]))[0]), best)


def _split(word: str, said: Mapping[str, Any]) -> tuple[str, Any]:
    name = word.partition("=")[0]
    return name, said[name]


def _place(value: Any) -> float:
    try:
        return math.log10(float(value)) if 0 < float(value) < 0.05 else float(value)
    except (TypeError, ValueError):
        return 0.0


@dataclass(frozen=True)
class Run:
    best: float
    epochs: int


def run(task: tuple[str, Path | None, int, int, int, bool]) -> Run:
    """One sweep without training: the best value of its trials, and the epochs that were spent."""
    name, table, window, seed, trials, prunes = task
    found = problem(name, table)
    objective = Objective("val_loss", False)
    settings: Any = SimpleNamespace(
        seed=seed, epochs=EPOCHS, trials=trials, ahead=window, trainings=1, folds=1, objective=objective
    )
    pruner = make_pruner("asha", {"min_epochs": 1, "factor": 3}, EPOCHS, False, seed) if prunes else None
    source = Sampled(found.space, "tpe", {"startup": 10}, seed, False, found.space.baseline)
    state = SweepState()
    asking = Asking(settings, source, pruner, state)
    waiting: list[TrialPlan] = []
    kinds: dict[Identity, Kind] = {}
    values: list[float] = []
    epochs = 0
    while True:
        for plans, _ in asking.more():
            for plan in plans:
                state.add(Asked(plan, 1))
                kinds[identity(plan)] = Kind(structure(plan.parameters), 32, ())
                waiting.append(plan)
        if not waiting:
            return Run(min(values, default=math.inf), epochs)
        first = choose(waiting, kinds, {}, "w0")
        for plan in fitting(waiting, kinds, (kinds[identity(first)], 0), ())[: max(window // 2, 1)]:
            waiting.remove(plan)
            outcome, spent = _train(plan, found.value(plan.parameters), pruner, asking, state)
            state.add(outcome)
            epochs += spent
            if outcome.state is State.COMPLETE and outcome.value is not None:
                values.append(outcome.value)


def _train(
    plan: TrialPlan, value: float | None, pruner: Pruner | None, asking: Asking, state: SweepState
) -> tuple[Outcome, int]:
    """A curve that falls to the value, at a pace of its own; it ends at a rung where the pruner says so."""
    number = identity(plan)[0]
    if value is None:
        return Outcome(number, State.PRUNED, Reason.DIVERGED, None, None, None, 1, {}, 1), 1
    pace = 0.5 + draw(number, value, "pace")
    for epoch in range(1, EPOCHS + 1):
        reached = value + 2 * math.exp(-pace * epoch / 3)
        state.add(EpochRecord(number, epoch, {"val_loss": reached}, {}, 1))
        if pruner is not None and epoch in plan.rungs:
            curve = state.trial(number).curve("val_loss")
            if pruner.verdict(number, epoch, curve, asking.told(number)) is Verdict.STOP:
                return Outcome(number, State.PRUNED, Reason.PRUNER, reached, reached, epoch, epoch, {}, 1), epoch
    return Outcome(number, State.COMPLETE, Reason.FINISHED, value, value, EPOCHS, EPOCHS, {}, 1), EPOCHS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--windows", type=int, nargs="+", default=WINDOWS)
    parser.add_argument("--problems", nargs="+")
    given = parser.parse_args()
    names = given.problems or ["valleys", "ripples", "cliff", *(["digits"] if given.table else [])]
    print(f"{given.trials} trials, {given.seeds} seeds: median regret [quartiles], and the share of epochs that asha spends")
    with ProcessPoolExecutor(given.processes) as pool:
        for name in names:
            best = problem(name, given.table).best
            for window in given.windows:
                free, pruned = (
                    list(pool.map(run, [(name, given.table, window, seed, given.trials, asha) for seed in range(given.seeds)]))
                    for asha in (False, True)
                )
                told = [_told([one.best - best for one in runs]) for runs in (free, pruned)]
                spent = statistics.fmean(one.epochs for one in pruned) / (given.trials * EPOCHS)
                print(f"{name:8} A {window:3}   {told[0]}   with asha {told[1]}, {spent:.0%} of the epochs", flush=True)


def _told(regrets: list[float]) -> str:
    low, middle, high = statistics.quantiles(regrets, n=4)
    return f"{middle:.4f} [{low:.4f} {high:.4f}]"


if __name__ == "__main__":
    main()
