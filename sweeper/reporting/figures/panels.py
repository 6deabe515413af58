"""Small multiples of training and validation curves, with the best epoch ringed."""

from __future__ import annotations

import matplotlib
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sweeper.reporting.figures.labels import apart, fitted, thousands
from sweeper.reporting.figures.style import NARROW, RC, WIDE, Drawing, Says, calm, canvas, choice_colour, colour
from sweeper.reporting.story.blocks import Panel, Panels

ROW = 204
"""Height of a row of panels in pixels."""


def draw(values: Panels, narrow: bool) -> Drawing:
    """The figure, three panels in a row or, narrow, two."""
    with matplotlib.rc_context(RC):
        return _draw(values, narrow)


def _draw(values: Panels, narrow: bool) -> Drawing:
    width, across = (NARROW, 2) if narrow else (WIDE, 3)
    together = len(values.panels) > 1
    cells = len(values.panels) + together
    across = 2 if cells in (2, 4) else across
    rows = -(-cells // across)
    height = ROW * rows
    figure = canvas(width, height)
    left, gap, top, bottom = (34, 44, 30, 28) if narrow else (38, 56, 30, 30)
    # A lone panel takes two thirds of the width; all others keep the grid.
    across = across if cells > 1 else 1
    inner = (width - left - (across - 1) * gap - 8) / across if cells > 1 else min(width - left - 8, 480)
    says: Says = {}
    for place in range(cells):
        row, column = divmod(place, across)
        x, y = left + column * (inner + gap), height - (row + 1) * ROW + bottom
        # The last cell leaves room for the names at its curves.
        room = (72 if narrow else 88) if together and place == cells - 1 else 0
        axes = figure.add_axes((x / width, y / height, (inner - room) / width, (ROW - top - bottom) / height))
        calm(axes, 11.5 if narrow else 12)
        axes.xaxis.set_major_locator(MaxNLocator(2 if narrow and room else 4, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_major_formatter(FuncFormatter(thousands))
        axes.set_xlim(0, max(values.panels[place].last if place < len(values.panels) else values.last, 1))
        if place < len(values.panels):
            _panel(axes, values, values.panels[place], place, says, narrow)
        else:
            _together(axes, values, narrow)
    return Drawing(figure, f"{values.key}-{'narrow' if narrow else 'wide'}", says, values.caption.question)


def _panel(axes: Axes, values: Panels, panel: Panel, place: int, says: Says, narrow: bool) -> None:
    ink = choice_colour(panel.colour)
    axes.set_ylim(values.low, values.high)
    for number, other in enumerate(panel.others):
        gid = f"other_{place}_{number}"
        axes.plot(other.x, other.y, color=colour("choice-grey"), linewidth=0.8, alpha=0.45, gid=gid)
        says[gid] = other.says
    if panel.band:
        low, high = ([min(max(value, values.low), values.high) for value in side] for side in (panel.band.low, panel.band.high))
        axes.fill_between(panel.band.x, low, high, color=ink, alpha=0.16, linewidth=0, gid=f"band_{place}")
        says[f"band_{place}"] = panel.band.says
    if panel.training:
        axes.plot(
            panel.training.x, panel.training.y, color=colour("second"), linewidth=1.2, dashes=(3, 2.2), gid=f"train_{place}"
        )
        says[f"train_{place}"] = panel.training.says
    axes.plot(panel.validation.x, panel.validation.y, color=ink, linewidth=2.2, gid=f"val_{place}", solid_joinstyle="round")
    says[f"val_{place}"] = panel.validation.says
    x, y = panel.ring
    axes.plot(
        [x], [y], "o", markersize=7, markerfacecolor=colour("page"), markeredgecolor=ink, markeredgewidth=1.8, clip_on=False
    )
    small = 11.5 if narrow else 12
    above = (y - values.low) < 0.28 * (values.high - values.low)
    side = "right" if x > 0.8 * panel.last else "left" if x < 0.15 * panel.last else "center"
    axes.annotate(
        f"{values.unit} {x:.0f}",
        (x, y),
        (0, 9 if above else -9),
        textcoords="offset points",
        ha=side,
        va="bottom" if above else "top",
        fontsize=small,
        color=colour("second"),
        clip_on=False,
    )
    _title(axes, panel.title, ink, narrow)
    axes.annotate(
        panel.note,
        (1, 1),
        (0, 9),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        fontsize=small,
        color=colour("second"),
    )


def _together(axes: Axes, values: Panels, narrow: bool) -> None:
    axes.set_ylim(*values.close)
    for panel in values.panels:
        axes.plot(panel.validation.x, panel.validation.y, color=choice_colour(panel.colour), linewidth=1.6)
    low, high = values.close
    ends = [min(max(panel.validation.y[-1], low), high) for panel in values.panels]
    pixels = (high - low) / (ROW - 60)
    for panel, end, at in zip(values.panels, ends, apart(ends, 13 * pixels, low, high), strict=True):
        ink = choice_colour(panel.colour)
        axes.plot([values.last, values.last * 1.06], [end, at], color=ink, linewidth=0.6, clip_on=False)
        most = 9 if narrow else 12
        name = fitted(panel.title, most)
        axes.text(values.last * 1.09, at, name, color=ink, va="center", fontsize=11.5, fontweight="bold", clip_on=False)
    _title(axes, "magnified" if narrow else "all, magnified", colour("ink"), narrow)


def _title(axes: Axes, words: str, ink: str, narrow: bool) -> None:
    short = fitted(words, 13 if narrow else 20)
    axes.annotate(
        short,
        (0, 1),
        (-30 if narrow else -34, 9),
        xycoords="axes fraction",
        textcoords="offset points",
        color=ink,
        fontsize=12 if narrow else 13,
        fontweight="bold",
    )
