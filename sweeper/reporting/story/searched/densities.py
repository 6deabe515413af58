"""Where the best trials lie in each parameter, against where all of them lie: what PED-ANOVA sets against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.importance import Importance
from sweeper.reporting.statistics.ped_anova import best_of, density
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.surrogate import Surrogate
from sweeper.reporting.story.blocks import GREY, Axis, Bar, Caption, Chart, Grid, Line, Mark
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, count, number, percent

Array = np.ndarray

MOST = 6
_NAMED = 4
"""Numbers that fit under a small chart; of more every second or third."""
_BEST = 1


def densities(subject: Subject, found: Importance, model: Surrogate) -> tuple[Grid, ...]:
    """A chart for each of the six parameters that tell the best trials most from all; they share their y-axis. Nothing where
    none tells them apart."""
    best = best_of(model.y, found.quantile)
    order = [int(place) for place in np.argsort(-found.best.at, kind="stable")[:MOST]]
    if not found.best.at.any():
        return ()
    both: list[tuple[Predictor, Array, Array]] = []
    for place in order:
        column = found.columns[place]
        values = model.x[:, model.columns.index(column)]
        both.append((column, _times(values, column), _times(values[best], column)))
    top = 1.05 * max(float(max(every.max(), own.max())) for _, every, own in both)
    charts = tuple(_chart(subject, column, every, own, top) for column, every, own in both)
    return (Grid("densities", charts, _caption(found, len(model.y), int(best.sum()))),)


def _times(values: Array, column: Predictor) -> Array:
    """How many times as often as under an even spread each place, or word, is there."""
    dense = density(values, column)
    return dense * len(dense)


def _chart(subject: Subject, column: Predictor, every: Array, best: Array, top: float) -> Chart:
    y = Axis("times as often as evenly", 0.0, top)
    marks = (_bars if column.words else _lines)(column, every, best)
    label = clean(column.name, 60)
    return Chart(f"density-{label}", marks, _x_axis(column, label, subject.spans, best), y, Caption("", "", ""))


def _lines(column: Predictor, every: Array, best: Array) -> tuple[Mark, ...]:
    places = tuple(np.linspace(*column.ends, len(every)).tolist())
    return (
        Line(places, tuple(every.tolist()), GREY, "all trials", dashed=True),
        Line(places, tuple(best.tolist()), _BEST, "the best trials"),
    )


def _bars(column: Predictor, every: Array, best: Array) -> tuple[Mark, ...]:
    """Two beside each other for each word."""
    found: list[Mark] = []
    for place, word in enumerate(column.words):
        of = clean(word, 28)
        found.append(Bar(place - 0.4, float(place), float(every[place]), GREY, f"{of}, all: {number(float(every[place]), 2)}"))
        found.append(Bar(float(place), place + 0.4, float(best[place]), _BEST, f"{of}, best: {number(float(best[place]), 2)}"))
    return tuple(found)


def _x_axis(column: Predictor, label: str, spans: Mapping[str, Range], best: Array) -> Axis:
    """Words come in the order of how often the best trials have them: where not all have room, the first ones do."""
    if column.words:
        ticks = [(float(place), clean(column.words[place], 12)) for place in np.argsort(-best, kind="stable")]
        return Axis(label, -0.6, len(column.words) - 0.4, ticks=tuple(ticks))
    return Axis(label, *column.ends, ticks=tuple(_ticks(column.members, spans)))


def _ticks(members: Sequence[str], spans: Mapping[str, Range]) -> list[tuple[float, str]]:
    """The values at the ends and in the middle; of what joins several ranges, where in its own range."""
    if len(members) > 1:
        return [(0.0, "its least"), (1.0, "its most")]
    span = spans[members[0]]
    if span.count:
        every = -(-span.count // _NAMED)
        return [((at + 0.5) / span.count, shown(span.low + at * span.step)) for at in range(0, span.count, every)]
    return [(place, shown(span.at(place))) for place in (0.0, 0.5, 1.0)]


def _caption(found: Importance, n: int, best: int) -> Caption:
    return Caption(
        f"Where do the best {percent(found.quantile, 1)} of the trials lie?",
        f"{count(n, 'complete and diverged trial')} (grey: dashed, or the left bar), and the best {best} of them (coloured).",
        "Where colour is above grey the best trials lie more often than trials do; at 1 they are spread evenly over the range, "
        "on its own scale. Where both run alike the parameter does not tell the best from the rest. "
        "A word that has no room here is told by its bars when they are pointed at.",
    )
