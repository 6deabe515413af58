"""Marks on one pair of axes: lines with their bands, points, estimates with their intervals, bars."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from sweeper.reporting.figures.labels import apart, breadth, within
from sweeper.reporting.figures.style import NARROW, RC, WIDE, Drawing, Says, calm, canvas, choice_colour, colour
from sweeper.reporting.story.blocks import Area, Axis, Bar, Chart, Interval, Line, Mark, Points
from sweeper.reporting.text import minus

HOVERED = 600
"""More points than this have no text of their own: a page has to stay light."""
_BELOW, _ABOVE = 46, 32
_DIGIT, _BOLD = 7.2, 7.8
"""About the width of a character of a label, and of a name at a line, in pixels."""
_BETWEEN = 4
"""Pixels between two texts under an axis."""
_END = 6
"""Pixels between a name and the figure's edge."""
_LEADER = 14
"""Pixels from the axes to a name, for a hairline from where its line ends."""
_SHORT = 200.0
"""A logarithmic axis over fewer times its least has ticks between the powers of ten."""
_NAMED = 15
"""Pixels between two names at the ends of lines."""


def draw(values: Chart, narrow: bool) -> Drawing:
    """The figure."""
    with matplotlib.rc_context(RC):
        return _draw(values, narrow)


def _draw(values: Chart, narrow: bool) -> Drawing:
    width, height = (NARROW, min(values.height, 280)) if narrow else (WIDE, values.height)
    size = 11.5 if narrow else 12
    left, right = _room(values, narrow)
    figure = canvas(width, height)
    place = (left / width, _BELOW / height, (width - left - right) / width, (height - _BELOW - _ABOVE) / height)
    axes = figure.add_axes(place)
    says = put(axes, values, size, left)
    head(axes, values.y.label, left, size)
    _name_ends(axes, values, height - _BELOW - _ABOVE, size, (right - _LEADER - _END) / _BOLD)
    return Drawing(figure, f"{values.key}-{'narrow' if narrow else 'wide'}", says, values.caption.question)


def put(axes: Axes, values: Chart, size: float, left: float, gid: str = "mark", most: int = 5) -> Says:
    """Scales and marks on these axes, with at most so many ticks; returns what hovering the marks says, by their ids."""
    calm(axes, size)
    _scale(axes, values.x, "x", size, most=most)
    _scale(axes, values.y, "y", size, left, most)
    says: Says = {}
    for number, mark in enumerate(values.marks):
        says |= _DRAWN[type(mark)](axes, mark, f"{gid}_{number}")
    return says


def head(axes: Axes, label: str, left: float, size: float) -> None:
    """What the y-axis shows, above it, from the figure's left edge on."""
    axes.annotate(label, (0, 1), (-left, 14), "axes fraction", "offset points", color=colour("second"), fontsize=size)


def _room(values: Chart, narrow: bool) -> tuple[float, float]:
    """Pixels left of the axes, for the texts at them, and right of them, for the names of lines."""
    longest = max((len(text) for _, text in values.y.ticks), default=6)
    names = max((breadth(mark.name) for mark in values.marks if isinstance(mark, Line)), default=0)
    left = min(longest * _DIGIT + 14, 118 if narrow else 220)
    return left, min(names * _BOLD + _LEADER + _END, 120 if narrow else 210) if names else 20


def _scale(axes: Axes, values: Axis, which: str, size: float, room: float = 0, most: int = 5) -> None:
    """One axis; its texts fit into `room` pixels, where that is given."""
    line: Any = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log" if values.log else "linear")
    (axes.set_xlim if which == "x" else axes.set_ylim)(values.low, values.high)
    line.set_minor_locator(NullLocator())
    if values.ticks:
        letters = int((room - 14) / _DIGIT) if room else None
        ticks = _side_by_side(axes, values) if which == "x" else values.ticks
        line.set_ticks([place for place, _ in ticks], [shortened(text, letters) for _, text in ticks])
    elif values.log and (span := max(values.low, values.high) / min(values.low, values.high)) >= 10:
        line.set_major_locator(LogLocator(subs=_subs(values, span, most), numticks=most + 1))
        line.set_major_formatter(FuncFormatter(_tick))
    else:
        line.set_major_locator(MaxNLocator(most))
        line.set_major_formatter(FuncFormatter(_tick))
    if which == "x" and values.label:
        axes.set_xlabel(values.label, fontsize=size, color=colour("second"), labelpad=6)


def _side_by_side(axes: Axes, values: Axis) -> list[tuple[float, str]]:
    """Of the ticks, in their order, those whose texts do not touch one that is there already."""
    kept: list[tuple[float, str]] = []
    taken: list[tuple[float, float]] = []
    for place, text in values.ticks:
        at, half = float(axes.transData.transform((place, 1.0))[0]), (len(text) * _DIGIT + _BETWEEN) / 2
        if all(abs(at - other) >= half + own for other, own in taken):
            kept.append((place, text))
            taken.append((at, half))
    return kept


def _subs(values: Axis, span: float, most: int) -> tuple[int, ...]:
    """The multiples of powers of ten that have a tick: as many of them as have room."""
    low, high = sorted((values.low, values.high))
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for subs in ((1, 2, 5), (1, 3)) if span < _SHORT else ():
        if sum(low <= sub * 10.0**decade <= high for decade in decades for sub in subs) <= most + 1:
            return subs
    return (1,)


def shortened(text: str, most: int | None) -> str:
    """The end of a long text, which is where the paths of parameters differ."""
    return text if most is None or len(text) <= most else "…" + text[1 - most :]


def _tick(value: float, place: int | None = None) -> str:
    """`0.001`, `1e-5`, `−2.5`."""
    if value and not 1e-4 < abs(value) < 1e5:
        exponent = math.floor(math.log10(abs(value)) + 1e-9)
        return minus(f"{value / 10**exponent:.3g}e{exponent}")
    return minus(f"{value:.6g}")


def _line(axes: Axes, mark: Line, gid: str) -> Says:
    axes.plot(
        mark.x,
        mark.y,
        color=choice_colour(mark.colour),
        linewidth=0.8 if mark.thin else 2,
        alpha=0.55 if mark.thin else 1,
        linestyle=(0, (4, 3)) if mark.dashed else "-",
        drawstyle="steps-post" if mark.steps else "default",
        gid=gid,
        clip_on=True,
    )
    return {gid: mark.says}


def _area(axes: Axes, mark: Area, gid: str) -> Says:
    step: Any = "post" if mark.steps else None
    ink = choice_colour(mark.colour)
    axes.fill_between(mark.x, mark.low, mark.high, color=ink, alpha=0.15, linewidth=0, step=step, gid=gid)
    return {gid: mark.says}


def _points(axes: Axes, mark: Points, gid: str) -> Says:
    ink = choice_colour(mark.colour)
    looks: dict[str, dict[str, Any]] = {
        "dot": {"marker": "o", "markersize": 5, "alpha": 0.8, "markeredgewidth": 0},
        "ring": {"marker": "o", "markersize": 9, "markerfacecolor": "none", "markeredgewidth": 1.8},
        "cross": {"marker": "x", "markersize": 6, "markeredgewidth": 1.4},
    }
    look = looks[mark.mark] | {"linestyle": "none", "color": ink, "clip_on": False, "zorder": 3}
    axes.plot(mark.x, mark.y, gid=gid, **look)
    return {gid: mark.says} if len(mark.x) <= HOVERED else {}


def _interval(axes: Axes, mark: Interval, gid: str) -> Says:
    ink = choice_colour(mark.colour)
    axes.plot([mark.low, mark.high], [mark.y, mark.y], color=ink, linewidth=2, solid_capstyle="butt", gid=f"{gid}_whole")
    axes.plot([mark.at], [mark.y], "o", color=ink, markersize=7, gid=gid, clip_on=False)
    return {gid: mark.says, f"{gid}_whole": mark.says}


def _bar(axes: Axes, mark: Bar, gid: str) -> Says:
    ink, base = choice_colour(mark.colour), axes.get_ylim()[0]
    gap = 0.06 * (mark.x_high - mark.x_low)
    size = mark.x_high - mark.x_low - gap, mark.height - base
    axes.add_patch(Rectangle((mark.x_low + gap / 2, base), *size, facecolor=ink, alpha=0.75, linewidth=0, gid=gid))
    return {gid: mark.says}


_DRAWN: dict[type[Mark], Callable[[Axes, Any, str], Says]] = {
    Line: _line,
    Area: _area,
    Points: _points,
    Interval: _interval,
    Bar: _bar,
}


def _name_ends(axes: Axes, values: Chart, height: float, size: float, longest: float) -> None:
    """The names of lines where they end, moved apart where they would collide, and no wider than so many usual letters."""
    leader = _LEADER / axes.get_window_extent().width
    named = [mark for mark in values.marks if isinstance(mark, Line) and mark.name and mark.x]
    to_axes = axes.transScale + axes.transLimits
    ends = [to_axes.transform((mark.x[-1], mark.y[-1])) for mark in named]
    places = apart([float(y) for _, y in ends], _NAMED / height, 0, 1)
    look: dict[str, Any] = {"transform": axes.transAxes, "color": None, "clip_on": False}
    for mark, (x, end), y in zip(named, ends, places, strict=True):
        text = within(mark.name, longest)
        look["color"] = choice_colour(mark.colour)
        start = min(float(x), 1.0)
        axes.plot([start, start + 0.75 * leader], [min(max(float(end), 0.0), 1.0), y], linewidth=0.6, **look)
        axes.text(start + leader, y, text, va="center", fontsize=size, fontweight="bold", **look)
