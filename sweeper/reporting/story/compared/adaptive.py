"""Of a sweep whose sampler looked at outcomes: what its comparisons stand on, and the best of each choice at equal k."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.statistics.ladder import best_of
from sweeper.reporting.statistics.matching import MATCHED, STANDARDISED
from sweeper.reporting.statistics.pairs import BASELINE, LEARNED, STARTUP, drawn_unalike, losses
from sweeper.reporting.story.blocks import Axis, Caption, Chart, Line
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number

_NAMED = 5


def is_adaptive(subject: Subject) -> bool:
    return drawn_unalike(subject.frames.sweep.sampler) == LEARNED


def standing(subject: Subject) -> list[str]:
    """What the comparisons stand on, the rung by its name; the best after as many trials; how to be sure."""
    if not is_adaptive(subject):
        return []
    return [*_rung_sentence(subject), *best_sentences(subject), *_advice(subject)]


def _rung_sentence(subject: Subject) -> list[str]:
    sampler = clean(subject.frames.sweep.sampler, 20)
    looks = f"The sampler ({sampler}) looks at outcomes, so what it drew later is no fair sample of a choice."
    rungs = set(subject.pairs["rung"])
    if STARTUP in rungs:
        startup = int((subject.trials["phase"] == "startup").sum())
        return [f"{looks} Compared are the {count(startup, 'startup trial')}, drawn at random before it had learned anything."]
    told = []
    if MATCHED in rungs:
        told.append("matched pairs (trials with settings alike, less what a model says of what is left between them)")
    if STANDARDISED in rungs:
        told.append("standardisation (values and choices less what models say of their settings)")
    if not told:
        return []
    return [f"{looks} Choices are compared by {listed(told)}: that holds for this sweep and as far as settings were recorded."]


def best_sentences(subject: Subject) -> list[str]:
    """The best of each choice after as many trials as the choice with the fewest has."""
    best = _running(subject)
    if best["choice"].nunique() < 2:
        return []
    equal = int(best.groupby("choice")["k"].max().min())
    values = best[best["k"] == equal].sort_values("best")
    as_metric = subject.orientation.as_metric
    said = [f"{clean(row['choice'], 40)} {number(float(as_metric(row['best'])))}" for _, row in values.head(_NAMED).iterrows()]
    rest = len(values) - len(said)
    more = f", and {rest} more" if rest > 0 else ""
    return [
        f"After {count(equal, 'trial')} of each the best {subject.metric} was {', '.join(said)}{more}: the best of k at equal "
        "k, which is told and not tested."
    ]


def _advice(subject: Subject) -> list[str]:
    if subject.frames.confirmation is not None or not len(subject.ranking):
        return []
    name = clean(subject.frames.sweep.name, 64)
    return [f"To set the best of each choice against each other with fresh seeds: sweep confirm {name}."]


def running_best(subject: Subject) -> list[Chart]:
    """The best so far of each choice over its own trials; nothing where the sampler looked at nothing."""
    best = _running(subject)
    if not is_adaptive(subject) or best["choice"].nunique() < 2:
        return []
    as_metric, marks, ends = subject.orientation.as_metric, [], []
    for choice, own in best[best["best"] < float("inf")].groupby("choice", sort=False):
        values = tuple(float(as_metric(value)) for value in own["best"])
        says = f"{clean(choice, 40)}: {number(values[-1])} after {count(int(own['k'].iloc[-1]), 'trial')}"
        colour = subject.colours[str(choice)]
        marks.append(Line(tuple(own["k"].astype("float64")), values, colour, says, clean(choice, 24), steps=True))
        ends += [values[0], values[-1]]
    if not marks:
        return []
    room = 0.06 * (max(ends) - min(ends)) or 0.1
    log = min(ends) > 0 and max(ends) / min(ends) > 20
    y = (
        Axis(subject.metric, min(ends) / 1.1, max(ends) * 1.1, True)
        if log
        else Axis(subject.metric, min(ends) - room, max(ends) + room)
    )
    most = float(best["k"].max())
    caption = Caption(
        "What had each choice come to after as many trials?",
        f"{count(len(best), 'trial')} that are complete or diverged, without the baseline.",
        "A line moves when a trial of its choice is the best so far. Lines are read at the same number of trials: a choice "
        "with more of them had more chances. It is one search: another would run otherwise.",
    )
    return [Chart("running_best", tuple(marks), Axis("trials of the choice", 1, max(most, 2)), y, caption)]


def _running(subject: Subject) -> pd.DataFrame:
    trials = subject.trials
    return best_of(trials, losses(subject.frames).mask(trials["phase"] == BASELINE), trials["choice"])
