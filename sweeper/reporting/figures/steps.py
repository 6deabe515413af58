"""Steps of "reached the target", never smoothed."""

from __future__ import annotations

import matplotlib
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sweeper.reporting.figures.labels import apart, thousands
from sweeper.reporting.figures.style import NARROW, RC, WIDE, calm, canvas, choice_colour, colour, svg
from sweeper.reporting.story.blocks import Steps

HEIGHT = 300


def draw(values: Steps, narrow: bool) -> str:
    """The figure as SVG text."""
    with matplotlib.rc_context(RC):
        return _draw(values, narrow)


def _draw(values: Steps, narrow: bool) -> str:
    width, height = (NARROW, 270) if narrow else (WIDE, HEIGHT)
    figure = canvas(width, height)
    room = 104 if narrow else 170
    axes = figure.add_axes((46 / width, 46 / height, (width - 46 - room) / width, (height - 66) / height))
    size = 11.5 if narrow else 12
    calm(axes, size)
    last = max(values.last, 1)
    axes.set_xlim(0, last)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    axes.set_xlabel(f"{values.unit}s trained", fontsize=size, color=colour("second"), labelpad=6)
    says = {}
    for place, step in enumerate(values.steps):
        ink = choice_colour(step.colour)
        x, share = (*step.x, last), (*step.share, step.share[-1])
        axes.step(x, share, where="post", color=ink, linewidth=2, gid=f"step_{place}", clip_on=False)
        says[f"step_{place}"] = f"{step.title}: {step.reached} of {step.n} reached the target"
        if step.half is not None:
            axes.plot(
                [step.half],
                [0.5],
                "o",
                markersize=8,
                markerfacecolor=ink,
                markeredgecolor=colour("page"),
                markeredgewidth=1.5,
                clip_on=False,
            )
    ends = [step.share[-1] for step in values.steps]
    for step, end, at in zip(values.steps, ends, apart(ends, 15 / (height - 66), 0, 1), strict=True):
        ink = choice_colour(step.colour)
        axes.plot([last * 1.005, last * 1.02], [end, at], color=ink, linewidth=0.6, clip_on=False)
        name = step.title if not narrow or len(step.title) <= 9 else step.title[:8] + "…"
        counts = f"{step.reached}/{step.n}" if narrow else f"{step.reached} of {step.n}"
        axes.text(last * 1.03, at, f"{name} {counts}", color=ink, va="center", fontsize=size, fontweight="bold", clip_on=False)
    return svg(figure, f"{values.key}-{'narrow' if narrow else 'wide'}", says, values.caption.question)
