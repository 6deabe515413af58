"""Axis plots: every searched parameter against the value of the trials, with the ends of its range and what diverged."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.coverage import OUTER
from sweeper.reporting.statistics.predictors import shared_name
from sweeper.reporting.story.blocks import GREY, Area, Axis, Caption, Chart, Grid, Mark, Points
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, count, listed, number

MOST = 6
_VALUES = 8
"""Of a parameter that is a word, so many values have a place of their own."""
_NAMED = 4
"""Words that fit under a small chart; of more every second or third."""
_DRAWN = 1000
"""Trials that are drawn; of more a seeded sample, the best of them always."""
_LOG = 8.0
"""A value that ranges over more times itself has a logarithmic axis, so that one bad trial does not hide the others."""
_BEST = 5
_SHOWN = ("number", "choice", "reason", "value", "trial_value")
"""What is drawn or said of a trial beside the parameter."""


def axis_plots(subject: Subject) -> list[Grid]:
    """One grid of the parameters that most trials share, at most six; none where nothing is complete."""
    trials = _sample(subject)
    if subject.best is None:
        return []
    spans = subject.spans
    groups = _groups(subject, spans)
    y = _y_axis(subject, trials)
    charts = [_chart(subject, trials, label, names, spans, y) for label, names in groups[:MOST]]
    left = len(groups) - len(charts)
    return [Grid("axes", tuple(charts), _caption(subject, trials, left))] if charts else []


def _sample(subject: Subject) -> pd.DataFrame:
    ended = subject.trials[subject.trials["state"].isin(("COMPLETE", "PRUNED"))]
    if len(ended) <= _DRAWN:
        return ended
    best = ended[ended["number"].isin(subject.ranking["number"].head(_BEST))]
    others = ended.drop(best.index).sample(_DRAWN - len(best), random_state=subject.frames.sweep.number)
    return pd.concat([best, others]).sort_values("number")


def _groups(subject: Subject, spans: Mapping[str, Range]) -> list[tuple[str, list[str]]]:
    """What is drawn together: parameters that answer to each other in different options (`optimizer.*.learning_rate`); the
    most important first where that is known, then those that most trials have, then in the sweep's order."""
    found: dict[str, list[str]] = {}
    for name in subject.searched:
        if name in subject.frames.sweep.compare or not subject.varies(name):
            continue
        if name in spans or subject.trials[PARAM + name].nunique() <= _VALUES:
            found.setdefault(shared_name(name, subject.searched), []).append(name)
    found = {names[0] if len(names) == 1 else label: names for label, names in found.items()}
    have = {
        label: -int(subject.trials[[PARAM + name for name in names]].notna().any(axis=1).sum())
        for label, names in found.items()
    }
    columns = subject.importance.columns if subject.importance else ()
    matters = {column.name: place for place, column in enumerate(columns)}
    return sorted(found.items(), key=lambda group: (matters.get(group[0], len(matters)), have[group[0]]))


def _y_axis(subject: Subject, trials: pd.DataFrame) -> Axis:
    values = trials["value"].dropna()
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    if low > 0 and high > _LOG * low:
        return Axis(subject.metric, low / 1.3, high * 1.3, log=True)
    room = 0.06 * (high - low) or 0.1
    return Axis(subject.metric, low - room, high + room)


def _chart(subject: Subject, trials: pd.DataFrame, label: str, names: list[str], spans: Mapping[str, Range], y: Axis) -> Chart:
    values = trials[[PARAM + name for name in names]].bfill(axis=1).iloc[:, 0]
    own = trials[[*_SHOWN]].assign(x=values)[values.notna()]
    own["of"] = own["x"].map(shown)
    if all(name in spans for name in names):
        known = [spans[name] for name in names]
        log = all(span.log for span in known)
        low, high = min(span.low for span in known), max(span.high for span in known)
        room = 0.0 if log else 0.04 * (high - low)
        x = Axis(clean(label, 60), low / 1.2 if log else low - room, high * 1.2 if log else high + room, log=log)
        bands = _bands(known[0], x, y) if len(known) == 1 else []
    else:
        words = sorted(own["x"].astype("str").unique())
        places = {word: place for place, word in enumerate(words)}
        own = own.assign(x=own["x"].astype("str").map(places) + _jitter(own["number"]))
        every = -(-len(words) // _NAMED)
        ticks = tuple((float(place), clean(word, 9)) for word, place in places.items() if place % every == 0)
        x, bands = Axis(clean(label, 60), -0.6, len(words) - 0.4, ticks=ticks), []
    return Chart(f"axis-{clean(label, 60)}", (*bands, *_points(subject, own, y)), x, y, Caption("", "", ""))


def _jitter(numbers: pd.Series) -> pd.Series:
    """Up to a quarter to either side, by the number of the trial, so that equal values lie beside each other."""
    return (numbers.astype("float64") * 0.6180339887) % 1 * 0.5 - 0.25


def _bands(span: Range, x: Axis, y: Axis) -> list[Mark]:
    """The outer tenths of a declared range."""
    if not span.declared or span.count:
        return []
    found: list[Mark] = []
    for low, high in ((x.low, span.at(OUTER)), (span.at(1 - OUTER), x.high)):
        found.append(Area((low, high), (y.low,) * 2, (y.high,) * 2, GREY, "the outer tenth of the range"))
    return found


def _points(subject: Subject, own: pd.DataFrame, y: Axis) -> list[Mark]:
    """Complete trials in the colour of their choice, pruned ones grey, diverged ones as crosses at the worse end."""
    worse = y.low if subject.orientation.maximize else y.high
    diverged = own["reason"] == "diverged"
    complete = own["trial_value"].notna()
    marks = [_mark(own[~complete & ~diverged & own["value"].notna()], GREY, "dot", "pruned at ")]
    colours = own["choice"].map(lambda choice: subject.colours.get(choice, 1))
    for colour in sorted(colours.unique()):
        mine = colours == colour
        marks.append(_mark(own[mine & complete], int(colour), "dot", ""))
        crossed = own[mine & diverged].assign(value=worse)
        marks.append(_mark(crossed, int(colour), "cross", "diverged"))
    return [mark for mark in marks if mark.x]


def _mark(own: pd.DataFrame, colour: int, mark: str, word: str) -> Points:
    known = zip(own["number"], own["choice"], own["of"], own["value"].astype("float64"), strict=True)
    says = tuple(
        f"trial {trial}{f' ({clean(choice, 28)})' if choice else ''}, {at}: {word if mark == 'cross' else word + number(value)}"
        for trial, choice, at, value in known
    )
    return Points(tuple(own["x"].astype("float64")), tuple(own["value"].astype("float64")), colour, says, mark)


def _caption(subject: Subject, trials: pd.DataFrame, left: int) -> Caption:
    ended = subject.counts["complete"] + subject.counts["pruned"] + subject.counts["diverged"]
    words = {"complete": "complete", "pruned": "pruned (grey)", "diverged": "diverged (crosses)"}
    who = (
        f"{count(len(trials), 'trial').capitalize()}: {listed([said for word, said in words.items() if subject.counts[word]])}."
    )
    who += " Each choice has its colour in the table of the first section." if subject.compares else ""
    who += f" A sample of {ended}." if ended > len(trials) else ""
    who += f" {count(left, 'more parameter')} {'is' if left == 1 else 'are'} not drawn." if left > 0 else ""
    side = "higher" if subject.orientation.maximize else "lower"
    reading = (
        f"Each dot is a trial, {side} is better. Where the best dots crowd in a grey band, an outer tenth of the range, the "
        "range is too narrow; where they lie everywhere alike, the parameter matters little."
    )
    return Caption(f"Which values of each parameter gave the best {subject.metric}?", who, reading)
