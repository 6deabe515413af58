"""What the best trial changed against the baseline, and which of the changes bring the gain, as a model predicts it."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.ablation import Path
from sweeper.reporting.statistics.ablation import ablation as path_between
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.story.blocks import Axis, Caption, Cell, Chart, Head, Line, Points, Section, Table
from sweeper.reporting.story.elsewhere import is_cut
from sweeper.reporting.story.subject import Subject, shown, trial_name
from sweeper.reporting.text import NONE, clean, count, minus, number, percent

TITLE = "From the baseline to the best"


def ablation(subject: Subject) -> Section | None:
    """None without a baseline, where it is the best, and where no model of the trials is to be trusted."""
    path = ablation_path(subject)
    if path is None:
        return None
    return Section("ablation", TITLE, tuple(ablation_sentences(subject)), (_chart(subject, path), _table(subject, path)))


def ablation_path(subject: Subject) -> Path | None:
    baseline, best, model = subject.baseline, subject.best, subject.surrogate
    if baseline is None or best is None or model is None or not model.trusted or is_cut(subject):
        return None
    path = path_between(model, int(baseline["number"]), int(best["number"]))
    return path if path is not None and path.gain > 0 else None


def ablation_sentences(subject: Subject) -> list[str]:
    """Which change brings most of the gain; nothing where no path is shown."""
    path, baseline, best = ablation_path(subject), subject.baseline, subject.best
    if path is None or baseline is None or best is None:
        return []
    first = max(path.changes, key=lambda change: change.gain)
    name, share = clean(first.predictor.name, 60), percent(min(first.gain / path.gain, 1), 1)
    moved = f"{_value(baseline, first.predictor)} to {_value(best, first.predictor)}"
    told = (
        f"From the baseline ({trial_name(baseline)}) to the best ({trial_name(best)}), {name} ({moved}) brings {share} of the "
        f"gain that a model predicts, {number(path.gain)} in {subject.metric}{_measured(baseline, best)}."
    )
    idle = sum(change.gain <= 0 for change in path.changes)
    more = f" {count(idle, 'change').capitalize()} of {len(path.changes)} {'brings' if idle == 1 else 'bring'} nothing by it."
    after = "Nothing was trained between the two: each step is a prediction, and wants a trial to verify it."
    return [told + (more if idle else ""), after]


def _measured(baseline: pd.Series, best: pd.Series) -> str:
    if pd.isna(baseline["trial_value"]):
        return ""
    return f" (measured: {number(abs(best['trial_value'] - baseline['trial_value']))})"


def _value(row: pd.Series, predictor: Predictor) -> str:
    """What a trial has of it, in the option that it chose."""
    values = [row[PARAM + name] for name in predictor.members if pd.notna(row[PARAM + name])]
    return shown(values[0]) if values else NONE


def _table(subject: Subject, path: Path) -> Table:
    assert subject.baseline is not None and subject.best is not None
    before, after = (partial(_value, row) for row in (subject.baseline, subject.best))
    as_metric = subject.orientation.as_metric
    rows = [(Cell("0"), Cell("the baseline"), Cell(NONE), Cell(NONE), Cell(number(as_metric(path.start))), Cell(NONE))]
    for place, change in enumerate(path.changes, start=1):
        name = clean(change.predictor.name, 60)
        moved = Cell(before(change.predictor)), Cell(after(change.predictor))
        share = round(100 * change.gain / path.gain)
        gain = Cell(minus(f"{share}\u00a0%"), sort=change.gain)
        rows.append((Cell(str(place)), Cell(name), *moved, Cell(number(as_metric(change.after))), gain))
    names = ("Step", "Parameter", "From", "To", f"{subject.metric.capitalize()}, predicted", "Of the gain")
    heads = tuple(Head(name, right=place > 3) for place, name in enumerate(names))
    note = (
        "The parameter that the model predicts to help most is changed next (ablation, Biedenkapp et al. 2017). What comes "
        "first takes the credit for what it shares with later ones."
    )
    return Table(heads, tuple(rows), note)


def _chart(subject: Subject, path: Path) -> Chart:
    names = ["the baseline", *(clean(change.predictor.name, 60) for change in path.changes)]
    values = [subject.orientation.as_metric(value) for value in (path.start, *(change.after for change in path.changes))]
    places = tuple(-float(place) for place in range(len(names)))
    says = tuple(f"after {name}: {number(value)}, predicted" for name, value in zip(names, values, strict=True))
    room = 0.06 * (max(values) - min(values)) or 0.1
    caption = Caption(
        "Which changes lead from the baseline to the best?",
        "Predictions of a random forest of the trials; none was trained.",
        "From top to bottom one parameter after the other takes the best trial's value, the most helpful first. A long step is "
        "a change that matters.",
    )
    marks = (Line(tuple(values), places, 1, "the path"), Points(tuple(values), places, 1, says))
    x = Axis(f"{subject.metric}, predicted", min(values) - room, max(values) + room)
    y = Axis("", places[-1] - 0.6, 0.6, ticks=tuple(zip(places, names, strict=True)))
    return Chart("ablation", marks, x, y, caption, height=80 + 26 * len(names))
