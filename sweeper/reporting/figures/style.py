"""Colours, type and the SVG of all figures.

Figures are drawn in the colours of the light page; in SVG they become CSS variables, so that one drawing serves light, dark
and print.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweeper.reporting.figures.palette import PALETTE

WIDE, NARROW = 806, 350
"""Widths in CSS pixels."""

_VARIABLES = {light: f"var(--{name})" for name, (light, _) in PALETTE.items()}

RC: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name may hold dollar signs
    "axes.unicode_minus": True,
    "font.family": ["sans-serif"],
    "font.size": 12,
    "path.simplify": True,
}


Says = dict[str, str | tuple[str, ...]]
"""What hovering says, by the id of what is drawn: one text, or one for each of its markers."""


@dataclass(frozen=True)
class Drawing:
    """A drawn figure, and what it answers as its `label`; `key` is a name that no other figure of the page has."""

    figure: Figure
    key: str
    says: Says
    label: str


def colour(name: str) -> str:
    return PALETTE[name][0]


def choice_colour(place: int) -> str:
    return colour(f"choice-{place}" if place >= 0 else "choice-grey")


def canvas(width: int, height: int) -> Figure:
    """An empty figure of so many CSS pixels; at 72 dots an inch a point is a pixel."""
    return Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")


def calm(axes: Axes, size: float) -> None:
    """Only a base line and a horizontal grid; tick labels in second ink."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colour("second"))
    axes.spines["bottom"].set_linewidth(0.8)
    axes.grid(axis="y", color=colour("grid"), linewidth=1)
    axes.set_axisbelow(True)
    axes.set_facecolor("none")
    axes.tick_params(axis="both", length=0, labelsize=size, labelcolor=colour("second"), pad=5)
    axes.tick_params(axis="x", pad=8)  # the texts at the corner of both axes keep apart


def svg(drawing: Drawing) -> str:
    """The drawing as inline SVG: colours as CSS variables, ids that no other figure has, what it says as hover texts.

    The same drawing gives the same bytes: no date, and ids derived from its key.
    """
    figure, out = drawing.figure, io.BytesIO()
    with matplotlib.rc_context({**RC, "svg.hashsalt": drawing.key}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue().decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\b(fill|stroke): (#[0-9a-f]{6})", _variable, text)
    for gid, words in drawing.says.items():
        text = _hovered(text, f'<g id="{gid}">', words)
    # Names that nothing refers to: two figures would share them.
    text = re.sub(r'<g id="(?!m[0-9a-f]{6})[A-Za-z_0-9.]+"(/?)>', r"<g\1>", text)
    text = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r"font: bold ([0-9.]+)px [^;\"]*|font: 700 ([0-9.]+)px [^;\"]*", r"font-weight: 600; font-size: \1\2px", text)
    width, height = (round(72 * inches) for inches in figure.get_size_inches())
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg class="figure" role="img" aria-label="{escape(drawing.label)}" {size}>'
    return head + text[text.index(">") + 1 :]


def _variable(style: re.Match[str]) -> str:
    """`fill: var(--ink)` for the colour of that name."""
    return f"{style[1]}: {_VARIABLES.get(style[2], style[2])}"


def _hovered(text: str, group: str, words: str | tuple[str, ...]) -> str:
    """The SVG with a hover text for a group, or for each of its markers."""
    if isinstance(words, str):
        return text.replace(group, f"<g><title>{escape(words)}</title>", 1)
    start = text.index(group)
    end = text.find('<g id="', start + len(group))
    own = text[start:end]
    if own.count("<use ") != len(words):  # one lies outside the figure
        return text
    titles = iter(words)
    own = re.sub(r"<use [^>]*/>", lambda use: f"<g><title>{escape(next(titles))}</title>{use[0]}</g>", own)
    return text[:start] + own + text[end:]
