"""Steps of "reached the target", never smoothed: by epochs, with bands, and by seconds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.arrivals import Arrivals, course
from sweeper.reporting.statistics.comparison import wilson
from sweeper.reporting.statistics.convergence import seconds_to
from sweeper.reporting.statistics.speed_verdict import HALF
from sweeper.reporting.story.blocks import GREY, Area, Axis, Caption, Chart, Line, Mark, Points
from sweeper.reporting.story.pace.target_tables import ended_early, of_times
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number

ALONE = 1
"""The colour of the one line of a sweep that compares nothing."""
_SHARES = tuple((share / 4, f"{25 * share} %") for share in range(5))
_FAR = 30
"""Seconds that lie so many times apart need a logarithmic axis."""


def by_epochs(subject: Subject, column: str, level: str) -> Chart:
    """The share of each choice's trials that are at the target after each epoch."""
    last = float(subject.racing["epochs"].astype("float64").max())
    arms = [(title, colour, Arrivals.of(own, column)) for title, colour, own in _groups(subject)]
    banded = _banded(subject, arms, last)
    marks = [mark for arm in arms for mark in _steps(subject, *arm, last, arm[0] in banded)]
    bands = f", of {listed(banded)} alone" if len(banded) < len(arms) else ""
    reading = (
        f"Higher and further left is faster. A dot marks the {subject.unit} by which half are there; bands are 95 % "
        f"intervals{bands}. A line that ends low means that many never got there."
    )
    if any(arrivals.hidden_before(last) for _, _, arrivals in arms):
        reading += f" Dashed: had those that {ended_early(subject)} done as the others."
    question = f"What share of trials has reached {subject.metric} {level}?"
    x, y = Axis(f"{subject.units} trained", 0, last), Axis("share of trials at the target", 0, 1, ticks=_SHARES)
    return Chart("convergence", tuple(marks), x, y, Caption(question, _who(subject), reading))


def _banded(subject: Subject, arms: list[tuple[str, int, Arrivals]], last: float) -> list[str]:
    """Whose line has a band: that of the first choice and that of the fastest, for more than two bands hide each other."""
    if not subject.compares:
        return [title for title, _, _ in arms]
    fastest = min(arms, key=lambda arm: (float(arm[2].restricted(last).mean()), arm[0]))[0]
    return [title for title, _, _ in arms if title in (clean(subject.choices[0], 28), fastest)]


def _steps(subject: Subject, title: str, colour: int, arrivals: Arrivals, last: float, banded: bool) -> Iterator[Mark]:
    """One choice: the band if it has one, the optimistic bound where it is another, the share, and where half are there."""
    n, reached, hidden = len(arrivals), arrivals.reached_by(last), arrivals.hidden_before(last)
    x = np.unique([0.0, *arrivals.epoch[arrivals.epoch <= last], last])
    (optimistic,), (share,) = course(arrivals).shares(x)
    if banded:
        low, high = zip(*(wilson(part * n, n) for part in share), strict=True)
        yield Area(tuple(x), low, high, colour, f"{title}: 95 % interval of the share", steps=True)
    if hidden:
        says = f"{title}: had {count(hidden, 'trial')} that {ended_early(subject)} done as the others"
        yield Line(tuple(x), tuple(optimistic), colour, says, dashed=True, thin=True, steps=True)
    says, name = f"{title}: {reached} of {n} reached the target", f"{reached}/{n} {title}"
    yield Line(tuple(x), tuple(share), colour, says, name, thin=colour == GREY, steps=True)
    if share[-1] >= HALF:
        half = float(x[np.argmax(share >= HALF)])
        yield Points((half,), (HALF,), colour, (f"{title}: half were there by {subject.unit} {number(half)}",))


def by_seconds(subject: Subject, column: str, level: str) -> Chart | None:
    """The same by seconds of training; None where none are known of trials that came, or the curves count them anyway."""
    if subject.unit == "second":
        return None
    seconds = seconds_to(subject.racing, column)
    known = seconds[seconds > 0]
    if not len(known):
        return None
    log = bool(known.max() > _FAR * known.min())
    first, last = (0.8 * float(known.min()) if log else 0.0), 1.05 * float(known.max())
    marks = []
    for title, colour, own in _groups(subject):
        came = np.sort(known[known.index.intersection(own.index)].to_numpy())
        share = (0.0, *((np.arange(len(came)) + 1) / len(own)), len(came) / len(own))
        says = f"{title}: {len(came)} of {len(own)} reached the target"
        name = f"{len(came)}/{len(own)} {title}"
        marks.append(Line((first, *came, last), share, colour, says, name, thin=colour == GREY, steps=True))
    reading = (
        f"Higher and further left is faster. Seconds are of training, without compiling and evaluating. {of_times(subject)}"
    )
    question = f"How many seconds of training did {subject.metric} {level} take?"
    x = Axis("seconds of training", first, last, log=log)
    y = Axis("share of trials at the target", 0, 1, ticks=_SHARES)
    return Chart("convergence-seconds", tuple(marks), x, y, Caption(question, _who(subject), reading), height=260)


def _groups(subject: Subject) -> Iterator[tuple[str, int, pd.DataFrame]]:
    """Name, colour and trials of each choice, those without a colour first, so that they lie below; else of all together."""
    trials = subject.racing
    if not subject.compares:
        yield "all", ALONE, trials
    for choice in sorted(subject.choices, key=lambda choice: subject.colours[choice] != GREY):
        own = trials[trials["choice"] == choice]
        if subject.compares and len(own):
            yield clean(choice, 28), subject.colours[choice], own


def _who(subject: Subject) -> str:
    trials = subject.racing
    missing = "Those that diverged, ended early or were too slow count as not there."
    who = f"{count(len(trials), 'trial').capitalize()} that ended. {missing}"
    if subject.repeated:
        who += f" A trial is there once the mean over its {subject.averaged} of the best value so far is."
    left = len(subject.trials) - len(trials)
    return who + (f" Left out: {left} (failed, running, without a curve, or the baseline)." if left else "")
