"""Markdown tables of results: `python benchmarks/tables.py RESULTS.jsonl`

A ratio is taken within one repeat, from runs that followed each other; the median over the repeats is shown, with the smallest
and the largest behind it. Lines of different lists of configurations never meet.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from machine import sentence
from results import Row, find, read

TITLES = {
    "sweep": "sweep", "sweep_one": "sweep, 1 worker", "plain": "plain script", "plain_each": "plain script, a process per core",
    "tuner": "KerasTuner", "ray": "Ray Tune", "ray_reuse": "Ray Tune, actors reused",
}  # fmt: skip


def steady_seconds(row: Row) -> float:
    """Seconds per trial from the end of the first tenth of the trials to the end of the last: without imports and start."""
    ended = sorted(row["ended"])
    first = math.ceil(len(ended) / 10)
    return float((ended[-1] - ended[first - 1]) / max(1, len(ended) - first))


def whole_seconds(row: Row) -> float:
    return float(row["seconds"] / row["trials"])


def tables(rows: list[Row]) -> str:
    """All tables of all lists of configurations. The machine of a table is that of all its lines."""
    if not rows:
        return "no results"
    groups = [list(group) for _, group in groupby(sorted(rows, key=_group), key=_group)]
    names = [side for side in TITLES if find(rows, side=side)]
    parts = [
        _table("Seconds of the whole process (trials a minute)", names, groups, _whole),
        _table("Sweep's gain: whole processes", names, groups, lambda group, side: _gain(group, side, whole_seconds)),
        _table("Sweep's gain: steady state", names, groups, lambda group, side: _gain(group, side, steady_seconds)),
        _table("Last epoch's validation accuracy, median / best; median distance from sweep's", names, groups, _accuracy),
    ]
    machines = sorted({sentence(row["machine"]) for row in rows})
    dates = sorted({row["date"] for row in rows})
    return "\n\n".join([*parts, *machines, " to ".join(dict.fromkeys((dates[0], dates[-1])))])


def _group(row: Row) -> tuple[str, str]:
    return row["case"], row["list"]


def _table(title: str, names: list[str], groups: list[list[Row]], cell: Callable[[list[Row], str], str]) -> str:
    head = ["", "trials x epochs", "structures", "runs", *(TITLES[name] for name in names)]
    lines = [head, ["---"] * len(head)]
    for group in groups:
        row = group[0]
        counts = [f"`{row['case']}`", f"{row['trials']} x {row['epochs']}", str(row["structures"])]
        repeats = str(len({row["repeat"] for row in group}))
        lines.append([*counts, repeats, *(cell(group, name) if find(group, side=name) else "" for name in names)])
    return "\n".join([f"**{title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def _whole(group: list[Row], side: str) -> str:
    found = find(group, side=side)
    seconds = statistics.median(row["seconds"] for row in found)
    return f"{seconds:.1f} ({60 * found[0]['trials'] / seconds:.0f})"


def _gain(group: list[Row], side: str, seconds: Callable[[Row], float]) -> str:
    pairs = [(row, own) for row in find(group, side=side) for own in find(group, side="sweep", repeat=row["repeat"])]
    ratios = [seconds(row) / seconds(own) for row, own in pairs if seconds(own) > 0]
    if side == "sweep" or not ratios:
        return ""
    spread = f" ({min(ratios):.1f} to {max(ratios):.1f})" if len(ratios) > 1 else ""
    return f"**{statistics.median(ratios):.1f}**{spread}"


def _accuracy(group: list[Row], side: str) -> str:
    row = find(group, side=side)[0]
    told = f"{statistics.median(row['last']):.3f} / {max(row['last']):.3f}"
    own = find(group, side="sweep")
    return told if side == "sweep" or not own else f"{told}; {_distance(row['last'], own[0]['last']):.3f}"


def _distance(a: Iterable[float], b: Iterable[float]) -> float:
    """The median over the configurations of how far two accuracies of one configuration lie apart."""
    return statistics.median(abs(x - y) for x, y in zip(a, b, strict=True))


if __name__ == "__main__":
    print(tables(read(Path(sys.argv[1]))))
