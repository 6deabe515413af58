"""Colours, type and the SVG of all figures.

Colours are drawn as stand-ins and written as CSS variables, so that one drawing serves light and dark. The palette was
chosen for distance under simulated protanopia, deuteranopia and tritanopia, with a contrast of at least 4.3 on the page.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDE, NARROW = 806, 350
"""Widths in CSS pixels."""

PALETTE = {
    "page": ("#fdfdfb", "#15181b"),
    "ink": ("#1c2127", "#e8eaec"),
    "second": ("#59626d", "#a3abb4"),
    "hairline": ("#dfe2e5", "#30363c"),
    "grid": ("#e9ebed", "#282d32"),
    "choice-0": ("#3f454d", "#e0e4e8"),
    "choice-1": ("#3b6fe0", "#6ea2ff"),
    "choice-2": ("#0a8754", "#3cc78a"),
    "choice-3": ("#b8500b", "#ea9440"),
    "choice-4": ("#b8399e", "#e07fcb"),
    "choice-grey": ("#7b848e", "#868f98"),
    "look": ("#9a5b00", "#e5b45a"),
}
"""Name -> (light, dark)."""

_STAND_INS = {name: f"#fe{place:02x}fd" for place, name in enumerate(PALETTE)}

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


_printed = ContextVar("printed", default=False)


@contextlib.contextmanager
def printed() -> Iterator[None]:
    """Within, colours are those of the light page itself, for files that no stylesheet reaches."""
    token = _printed.set(True)
    try:
        yield
    finally:
        _printed.reset(token)


def colour(name: str) -> str:
    """The stand-in that becomes `var(--name)`, or the colour itself."""
    return PALETTE[name][0] if _printed.get() else _STAND_INS[name]


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
    for name, stand_in in _STAND_INS.items():
        text = text.replace(stand_in, f"var(--{name})")
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
