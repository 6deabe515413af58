"""Figures of the layers: gradients by depth, over the epochs of a trial and before training by choice."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN
from sweeper.reporting.metrics.signal import GRADIENT
from sweeper.reporting.story.blocks import Axis, Caption, Chart, Heat, Line
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, number

_ROWS = 32
"""Kernels of a heat map; of more, so many evenly chosen."""


def gradient_maps(subject: Subject) -> tuple[Heat, ...]:
    """Gradients by kernel and epoch, of the best trial and of the one whose first gradient is furthest from the last."""
    looked = subject.looked_at
    far = np.log10(looked["grad_ratio_start"].where(looked["grad_ratio_start"] > 0)).abs()
    chosen = {}
    best = looked[looked["number"] == subject.best["number"]] if subject.best is not None else looked.iloc[:0]
    if len(best):
        chosen["the best trial"] = best.iloc[0]
    if far.notna().any() and (best.empty or far.idxmax() not in best.index):
        chosen["the trial whose first and last gradients lie furthest apart"] = looked.loc[far.idxmax()]
    grids = {who: _grid(subject, row) for who, row in chosen.items()}
    grids = {who: grid for who, grid in grids.items() if len(grid) > 1}
    known = [value for grid in grids.values() for value in grid.to_numpy().ravel() if math.isfinite(value)]
    span = (min(known), max(known)) if known else None
    return tuple(_map(subject, who, chosen[who], grid, span, place) for place, (who, grid) in enumerate(grids.items()) if span)


def _grid(subject: Subject, row: pd.Series) -> pd.DataFrame:
    """log10 of the gradient, kernels in their order by epochs; NaN where it is 0 or not finite."""
    layers = subject.frames.layers
    own = layers[(layers["trial"] == row["number"]) & (layers["repeat"] == row["repeat"]) & (layers["statistic"] == GRADIENT)]
    wide = own.pivot_table(index=["depth", "layer"], columns="epoch", values="value", aggfunc="first").droplevel("depth")
    return pd.DataFrame(np.log10(wide.where(wide > 0).to_numpy()), index=wide.index, columns=wide.columns)


def _map(subject: Subject, who: str, row: pd.Series, grid: pd.DataFrame, span: tuple[float, float], place: int) -> Heat:
    some = grid.iloc[np.unique(np.linspace(0, len(grid) - 1, min(len(grid), _ROWS)).round().astype(int))]
    choice = f", {clean(row['choice'], 60)}" if subject.compares else ""
    part = f" {len(some)} of its {len(grid)} kernels are shown." if len(some) < len(grid) else ""
    values = tuple(tuple(float(value) if math.isfinite(value) else None for value in line) for line in some.to_numpy())
    caption = Caption(
        f"How large are the gradients in {who}?",
        f"Trial {row['number']}{choice}.{part}",
        "A row is a kernel, the first at the top, a column an epoch at which it was looked at; a shade is the logarithm of its "
        "gradient's root mean square, a dot a gradient of 0. Even shades from top to bottom are sound.",
    )
    columns = tuple("start" if int(epoch) == 0 else f"epoch {epoch}" for epoch in some.columns)
    rows = tuple(clean(name, 32) for name in some.index)
    return Heat(f"gradients_{place}", rows, columns, values, "log10 of the gradient", caption, span)


def gradient_chart(subject: Subject) -> tuple[Chart, ...]:
    """The gradients before training by depth, a line for each choice; nothing where no network has two kernels."""
    lines = [line for choice in subject.choices or [""] if (line := _line(subject, choice)) is not None]
    if not lines:
        return ()
    heights = [value for line in lines for value in line.y]
    deepest = max(line.x[-1] for line in lines)
    left_out = [clean(choice, 40) for choice in subject.choices if not any(_named(choice) == line.name for line in lines)]
    missing = f" No line, for all gradients but one at most are 0: {', '.join(left_out)}." if left_out else ""
    whose = "of a choice " if subject.compares else ""
    caption = Caption(
        "Do gradients reach the first layer before training?",
        f"Medians over the trials {whose}that have the commonest number of kernels.{missing}",
        "Left is the first kernel. A line that falls to the left vanishes on its way back; one that rises there explodes.",
    )
    x = Axis("kernel, from the first to the last", 1, deepest, ticks=_ticks(int(deepest)))
    y = Axis("gradient before training (root mean square)", min(heights) / 1.5, max(heights) * 1.5, log=True)
    return (Chart("gradients_start", tuple(lines), x, y, caption),)


def _line(subject: Subject, choice: str) -> Line | None:
    looked = subject.looked_at
    runs = looked.loc[looked["choice"] == choice, ["number", "repeat"]].rename(columns={"number": "trial"})
    layers = subject.frames.layers
    start = layers[(layers["statistic"] == GRADIENT) & (layers["epoch"] == 0)].merge(runs, on=RUN)
    if start.empty:
        return None
    size = start.groupby(RUN)["depth"].transform("max")
    usual = start[size == size.mode().iloc[0]]
    middle = usual.groupby("depth")["value"].median()
    middle = middle[(middle > 0) & np.isfinite(middle)]
    if len(middle) < 2:
        return None
    says = (
        f"{clean(choice, 60) or 'all'}: {number(middle.iloc[0])} in the first kernel, {number(middle.iloc[-1])} in the last, "
    )
    says += f"medians of {count(usual.groupby(RUN).ngroups, 'training')}"
    colour = subject.colours[choice] if subject.compares else 0
    return Line(tuple(map(float, middle.index)), tuple(map(float, middle)), colour, says, _named(choice))


def _named(choice: str) -> str:
    return clean(choice, 28)


def _ticks(deepest: int) -> tuple[tuple[float, str], ...]:
    step = max(1, math.ceil(deepest / 10))
    return tuple((float(place), str(place)) for place in range(1, deepest + 1, step))
