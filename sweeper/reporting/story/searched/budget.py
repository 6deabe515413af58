"""What to spend next: whether the trainings were too long or too short, and where a pruner may begin."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.metrics.repeats import best_so_far
from sweeper.reporting.statistics.agreement import AGREES, LEAST, agreement, agrees_from
from sweeper.reporting.statistics.comparison import wilson
from sweeper.reporting.statistics.pace import UNLIKE, unlike_steps
from sweeper.reporting.statistics.pairs import CUT
from sweeper.reporting.story.blocks import Area, Axis, Bar, Block, Caption, Cell, Chart, Head, Line, Mark, Section, Table
from sweeper.reporting.story.elsewhere import is_cut
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, number, percent

TITLE = "What to spend next"
LATE, EARLY, MOST = 0.75, 0.1, 0.5
"""A best epoch in the last quarter is late, in the first tenth early (Tuning Playbook); where most are, the budget is wrong."""
_SHORTER, WASTED = 0.75, 0.2
_TENTHS = 10


def budget(subject: Subject) -> Section | None:
    """None where fewer than two trials are complete with curves."""
    trials = measured(subject)
    if len(trials) < 2:
        return None
    if is_cut(subject):
        said = f"Neither the length of trainings nor where a pruner may begin can be judged: {CUT}."
        return Section("budget", TITLE, (said,))
    found = _agreement(subject) if unlike_steps(subject.frames) is None else pd.DataFrame()
    sentences = [*length_sentences(subject), _spent_sentence(subject, trials), _ranking_sentence(subject, found)]
    blocks: list[Block] = [_histogram(subject, trials)]
    blocks += [_ranking_chart(subject, found)] if len(found) > 1 else []
    return Section("budget", TITLE, tuple(sentences), (*blocks, _table(subject, trials)))


def measured(subject: Subject) -> pd.DataFrame:
    """The complete trials whose best epoch is known, with its `place`: how far into the training it lies, 0 to 1."""
    known = subject.ranking[subject.ranking["best_epoch"].notna() & (subject.ranking["epochs"] > 0)]
    return known.assign(place=(known["best_epoch"] / known["epochs"]).astype("float64").clip(upper=1.0))


def length_sentences(subject: Subject) -> list[str]:
    """Whether longer or shorter trainings are worth trying; nothing where too few are complete."""
    trials = measured(subject)
    if len(trials) < 2 or is_cut(subject):
        return []
    n, late, early = len(trials), int((trials["place"] > LATE).sum()), int((trials["place"] <= EARLY).sum())
    improving = int((trials["plateau"] == STILL_IMPROVING).sum())
    units = subject.units
    if late > MOST * n:
        said = f"In {_share(late, n)} of the complete trials the best {subject.unit} lies in the last quarter"
        if improving > LATE * late or improving > MOST * n:
            return [f"{said}, and {improving} were still improving by more than their noise: train longer."]
        if not (trials["plateau"] != "").any():
            return [f"{said}; evaluated so few times, it cannot be told whether they were still improving: try longer ones."]
        if improving:
            return [f"{said}; {improving} were still improving by more than their noise: for those, longer training would pay."]
        return [
            f"{said}, but none was improving by more than its noise any more: nothing here says that longer training would pay."
        ]
    if early > MOST * n:
        return [
            f"In {_share(early, n)} of the complete trials the best {subject.unit} lies in the first tenth: far fewer {units} "
            "would do, or the learning rates are too high."
        ]
    enough = trials["place"].quantile(0.9)
    if enough < _SHORTER:
        last = float(trials["best_epoch"].quantile(0.9, interpolation="higher"))
        return [
            f"Nine of ten complete trials had their best {subject.unit} by {subject.unit} {number(last)} of "
            f"{number(float(trials['epochs'].max()))}: shorter trainings would have found the same."
        ]
    return [
        f"The length fits: the best {subject.unit} lies in the last quarter in {late} of {count(n, 'complete trial')}, and in "
        f"the first tenth in {early}."
    ]


def _share(part: int, whole: int) -> str:
    """`14 of 20 (70 % [48, 85])`."""
    low, high = wilson(part, whole)
    return f"{part} of {whole} ({percent(part, whole)} [{100 * low:.0f}, {100 * high:.0f}])"


def _spent_sentence(subject: Subject, trials: pd.DataFrame) -> str:
    wasted, spent = float(trials["epochs_wasted"].sum()), float(trials["epochs"].sum())
    said = f"{percent(wasted, spent)} of the {subject.units} of complete trials came after their best one"
    return f"{said}; stopping early would have saved most of them." if wasted > WASTED * spent else f"{said}."


def _agreement(subject: Subject) -> pd.DataFrame:
    """Of the complete trials, which all count to the end; pruned ones have none."""
    orientation, ranking = subject.orientation, subject.ranking.set_index("number")
    curves = objective_curves(subject.frames.epochs, orientation)
    own = curves[curves["trial"].isin(ranking.index)]
    final = orientation.loss_like(ranking["trial_value"].astype("float64"))
    return agreement(best_so_far(own), final, subject.frames.sweep.number)


def _ranking_sentence(subject: Subject, found: pd.DataFrame) -> str:
    if unlike_steps(subject.frames) is not None:
        return f"From which {subject.unit} on the ranking holds is not said: {UNLIKE}."
    if not len(found):
        return f"From which {subject.unit} on the ranking holds is not said: it takes {LEAST} complete trials."
    row, pruned = agrees_from(found), subject.counts["pruned"]
    but = f" {count(pruned, 'pruned trial')} did not come to the end and cannot be counted." if pruned else ""
    if row is None:
        return (
            f"Only near the end are {int(found['n'].max())} complete trials ranked as at the end (Kendall's tau {AGREES}): a "
            f"pruner would stop trials that end well.{but}"
        )
    return (
        f"{subject.unit.capitalize()} {number(float(row['epoch']))} ranks {count(int(row['n']), 'complete trial')} as the end "
        f"does (Kendall's tau {row['tau']:.2f} [{row['low']:.2f}, {row['high']:.2f}]): a pruner may begin there.{but}"
    )


def _histogram(subject: Subject, trials: pd.DataFrame) -> Chart:
    tenth = (trials["place"] * _TENTHS - 1e-9).astype(int).clip(0, _TENTHS - 1)
    counts = [int((tenth == place).sum()) for place in range(_TENTHS)]
    bars = tuple(
        Bar(10.0 * place, 10.0 * (place + 1), float(n), 1, f"{count(n, 'trial')} between {10 * place} and {10 * (place + 1)} %")
        for place, n in enumerate(counts)
    )
    ticks = tuple((float(place), f"{place} %") for place in range(0, 101, 25))
    caption = Caption(
        f"How far into a training does the best {subject.unit} lie?",
        f"{count(len(trials), 'complete trial').capitalize()}.",
        "Bars at the right end mean that trainings were too short, bars at the left that most of their time was wasted.",
    )
    x = Axis(f"best {subject.unit}, as a share of those trained", 0, 100, ticks=ticks)
    return Chart("best-place", bars, x, Axis("trials", 0, 1.08 * max(counts)), caption, height=240)


def _ranking_chart(subject: Subject, found: pd.DataFrame) -> Chart:
    known = found.dropna()
    x, tau, low, high = (tuple(known[name].astype("float64")) for name in ("epoch", "tau", "low", "high"))
    ends = (float(found["epoch"].min()), float(found["epoch"].max()))
    marks: tuple[Mark, ...] = (
        Area(x, low, high, 1, "95 % interval"),
        Line(ends, (AGREES, AGREES), -1, f"tau {AGREES}: nine of ten pairs in the same order", dashed=True),
        Line(x, tau, 1, "Kendall's tau with the ranking at the end"),
    )
    caption = Caption(
        f"From which {subject.unit} on are trials ranked as at the end?",
        f"{count(int(found['n'].max()), 'complete trial').capitalize()}, ranked by the best value so far.",
        "1 is the same order, 0 none. From where the line stays above the dashed one, a pruner may begin.",
    )
    lowest = min(0.0, *low) if low else 0.0
    y = Axis("Kendall's tau", lowest, 1.0)
    return Chart("ranking", marks, Axis(f"{subject.units} trained", *ends), y, caption, height=260)


def _table(subject: Subject, trials: pd.DataFrame) -> Table:
    groups = [(choice, trials[trials["choice"] == choice]) for choice in subject.choices] or [("all", trials)]
    rows = []
    for choice, own in groups:
        if not len(own):
            continue
        when = own["best_epoch"].astype("float64")
        low, high = (when.quantile(share, interpolation="nearest") for share in (0.1, 0.9))
        ends = f"{number(float(low))} to {number(float(high))}"
        late = int((own["place"] > LATE).sum())
        wasted, spent = float(own["epochs_wasted"].sum()), float(own["epochs"].sum())
        name = clean(choice, 40)
        rows.append(
            (
                Cell(name, colour=subject.colours[choice]) if subject.compares else Cell("All complete trials"),
                Cell(str(len(own)), sort=len(own)),
                Cell(number(float(when.median())), ends, sort=float(when.median())),
                Cell(str(late), f"of {len(own)}", sort=late / len(own)),
                Cell(percent(wasted, spent), sort=wasted / spent),
            )
        )
    names = ("Complete", f"Best {subject.unit}", "In the last quarter", f"{subject.units.capitalize()} after it")
    first = "Choice" if subject.compares else "Trials"
    note = f"Best {subject.unit}: the median, and in grey from where to where eight of ten lie."
    return Table((Head(first, right=False), *map(Head, names)), tuple(rows), note)
