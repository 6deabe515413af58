"""A table of numbers as shades of one colour."""

from __future__ import annotations

import math

import matplotlib
from matplotlib.patches import Rectangle

from sweeper.reporting.figures.style import NARROW, RC, WIDE, Drawing, Says, canvas, choice_colour, colour
from sweeper.reporting.story.blocks import Heat
from sweeper.reporting.text import minus

_ROW, _TALLEST = 22, 420
_BELOW, _ABOVE = 26, 34
_LEGEND = 7
_FAINTEST, _FULLEST = 0.06, 0.95
"""Opacity of the lowest and the highest value: they serve a light and a dark page alike."""


def draw(values: Heat, narrow: bool) -> Drawing:
    """The figure."""
    with matplotlib.rc_context(RC):
        return _draw(values, narrow)


def _draw(values: Heat, narrow: bool) -> Drawing:
    width = NARROW if narrow else WIDE
    height = round(min(_ROW * len(values.rows), _TALLEST)) + _BELOW + _ABOVE
    size = 11.5 if narrow else 12
    left = min(max(len(row) for row in values.rows) * 6.6 + 12, 110 if narrow else 220)
    figure = canvas(width, height)
    axes = figure.add_axes((left / width, _BELOW / height, (width - left - 4) / width, (height - _BELOW - _ABOVE) / height))
    axes.set_axis_off()
    axes.set_xlim(0, len(values.columns))
    axes.set_ylim(len(values.rows), 0)
    known = [value for row in values.values for value in row if value is not None and math.isfinite(value)]
    low, high = values.span or ((min(known), max(known)) if known else (0.0, 0.0))
    says: Says = {}
    for place, row in enumerate(values.values):
        for column, value in enumerate(row):
            if value is None or not math.isfinite(value):
                axes.text(column + 0.5, place + 0.5, "·", ha="center", va="center", color=colour("second"), fontsize=size)
                continue
            gid = f"cell_{place}_{column}"
            share = (value - low) / (high - low) if high > low else 0.5
            axes.add_patch(_cell(column, place, share, gid))
            says[gid] = f"{values.rows[place]}, {values.columns[column]}: {_number(value)}"
    _names(axes, values, size, 5 if narrow else 12)
    _legend(figure.add_axes((left / width, 1 - 14 / height, 0.3, 10 / height)), values.label, low, high, size)
    return Drawing(figure, f"{values.key}-{'narrow' if narrow else 'wide'}", says, values.caption.question)


def _cell(x: float, y: float, share: float, gid: str | None = None) -> Rectangle:
    shade = _FAINTEST + share * (_FULLEST - _FAINTEST)
    return Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, facecolor=choice_colour(1), alpha=shade, linewidth=0, gid=gid)


def _names(axes: matplotlib.axes.Axes, values: Heat, size: float, most: int) -> None:
    for place, row in enumerate(values.rows):
        name = row if len(row) <= 32 else row[:31] + "…"
        axes.text(-0.01, 1 - (place + 0.5) / len(values.rows), name, transform=axes.transAxes, ha="right", va="center",
                  color=colour("second"), fontsize=size)  # fmt: skip
    every = math.ceil(len(values.columns) / most)
    for place in range(0, len(values.columns), every):
        axes.text(place + 0.5, len(values.rows) + 0.15, values.columns[place], ha="center", va="top", color=colour("second"),
                  fontsize=size)  # fmt: skip


def _legend(axes: matplotlib.axes.Axes, label: str, low: float, high: float, size: float) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, _LEGEND)
    axes.set_ylim(0, 1)
    for place in range(_LEGEND):
        axes.add_patch(_cell(place, 0, place / (_LEGEND - 1)))
    ink = colour("second")
    axes.text(-0.1, 0.5, _number(low), ha="right", va="center", color=ink, fontsize=size)
    axes.text(_LEGEND + 0.1, 0.5, f"{_number(high)}    {label}", ha="left", va="center", color=ink, fontsize=size)


def _number(value: float) -> str:
    return minus(f"{value:.3g}")
