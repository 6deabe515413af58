"""Learning rates: where each choice does best, how wide the range is in which it does well, and where training comes apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sweeper.reporting.frames import ENDED, guess
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.pairs import ADAPTIVE, BASELINE
from sweeper.reporting.statistics.rates import LEAST_DECADES, LEAST_RATES, Rates, rates_of
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number

SHARE = 0.05
"""Values within this share of the best, or within the noise of a training where that is more, are as good."""
_NAMED = 5
"""So many choices have a sentence; the table has all."""


@dataclass(frozen=True)
class Arm:
    """The trials of one choice that have one parameter of learning rates: `rate` above 0 and loss-like `y`, infinite for those
    that diverged, [trials]; `found` is what they say, None where they say nothing."""

    name: str
    colour: int
    trials: pd.DataFrame
    rate: pd.Series
    y: pd.Series
    found: Rates | None


def arms(subject: Subject) -> list[Arm]:
    """An arm for each choice and each of its searched learning rates; without choices one for each such parameter. Where a
    sampler chose the rates by how trials did, they say nothing."""
    names = [name for name in subject.searched if name.rpartition(".")[2] == "learning_rate"]
    trials = subject.trials[["number", "choice", "reason", "trial_value", *(PARAM + name for name in names)]]
    counts = (subject.trials["phase"] != BASELINE) | (subject.frames.sweep.sampler == "paired")
    ended = trials[subject.trials["state"].isin(ENDED) & counts]
    found = []
    for choice in subject.choices or [""]:
        own = ended[ended["choice"] == choice]
        its = [name for name in names if own[PARAM + name].notna().any()]
        for place, name in enumerate(its):
            part = clean(name.rpartition(".")[0].rpartition(".")[2], 40)
            label = ", ".join([clean(choice, 40)] * bool(choice) + [part] * (len(its) > 1 or not choice))
            found.append(_arm(subject, own, name, label, subject.colours[choice] if choice else place))
    return found


def _arm(subject: Subject, own: pd.DataFrame, name: str, label: str, colour: int) -> Arm:
    rate = pd.to_numeric(own[PARAM + name], errors="coerce").astype("float64")
    y = subject.orientation.loss_like(own["trial_value"].astype("float64")).mask(own["reason"] == "diverged", math.inf)
    known = (rate > 0) & y.notna()
    rate, y, span = rate[known], y[known], subject.spans.get(name)
    found = None
    nothing_learned = float(y.min()) > (1 - SHARE) * guess(subject.frames.sweep) if len(y) else True
    if not nothing_learned and subject.frames.sweep.sampler not in ADAPTIVE:
        noise = subject.rerun.sd
        tolerance = max(SHARE * abs(float(y.min())), 0.0 if math.isnan(noise) else noise)
        low, high = (span.low, span.high) if span is not None and span.low > 0 else (rate.min(), rate.max())
        found = rates_of(rate.to_numpy(), y.to_numpy(), tolerance, low, high)
    return Arm(label, colour, own[known], rate, y, found)


def rate_sentences(subject: Subject, found: list[Arm]) -> list[str]:
    """One for each arm whose rates say something; else why they do not."""
    told = [_sentence(arm, arm.found) for arm in found if arm.found is not None]
    if told or not found:
        rest = len(told) - _NAMED
        more = f"The learning rates of {count(rest, 'more choice')} are in the table."
        return told[:_NAMED] + [more] * (rest > 0)
    if subject.frames.sweep.sampler in ADAPTIVE:
        return ["The sampler chose learning rates by how trials did, so they do not show how wide the good range is."]
    return [
        f"How wide the good range of learning rates is cannot be said: that takes {LEAST_RATES} rates or more over "
        f"{LEAST_DECADES:g} decades for one choice, and a trial that learned."
    ]


def _sentence(arm: Arm, rates: Rates) -> str:
    said = (
        f"{arm.name}: the best learning rate is near {number(rates.best, 2)} ({rates.n} trials), and those from "
        f"{number(rates.good_low, 2)} to {number(rates.good_high, 2)} are about as good ({_width(rates)} decades)"
    )
    if math.isfinite(rates.apart):
        said += f"; from {number(rates.apart, 2)} on, {number(rates.margin, 2)} decades above the best, half or more diverged."
    elif rates.diverged:
        said += f"; {rates.diverged} diverged, but nowhere half, up to the largest, {number(rates.high, 2)}."
    else:
        said += f"; none diverged up to the largest, {number(rates.high, 2)}."
    end = {"low": "lower", "high": "upper"}.get(rates.edge)
    return said + (f" The best lies at the {end} end of its range: further out may be better." if end else "")


def rate_table(found: list[Arm]) -> tuple[Table, ...]:
    """A row for each arm whose rates say something."""
    rows = []
    for arm in found:
        rates = arm.found
        if rates is not None:
            good = f"{number(rates.good_low, 2)} to {number(rates.good_high, 2)}"
            apart = number(rates.apart, 2) if math.isfinite(rates.apart) else NONE
            rows.append(
                (
                    Cell(arm.name, colour=arm.colour),
                    Cell(str(rates.n), sort=rates.n),
                    Cell(f"{number(rates.low, 2)} to {number(rates.high, 2)}", sort=rates.low),
                    Cell(number(rates.best, 2), sort=rates.best),
                    Cell(good, sort=rates.good_low),
                    Cell(_width(rates), f"in steps of {number(rates.step, 2)}", sort=rates.width),
                    Cell(apart, sort=rates.apart if math.isfinite(rates.apart) else None),
                    Cell(_margin(rates), sort=rates.margin if math.isfinite(rates.margin) else None),
                )
            )
    names = ("Trials", "Rates tried", "Best rate", "Good from, to", "Decades", "Half diverge from", "Decades above the best")
    note = (
        "Learning rates in steps of about three trials: a step is about as good where its best trial comes within "
        f"{100 * SHARE:.0f}\u00a0% of the best, or within the noise of a training, and fewer than half diverged. ≥: it may "
        "reach further than what was tried. With few trials the width is rather too small; widths that differ by a step or two "
        "are not told apart."
    )
    return (Table((Head("Choice", right=False), *map(Head, names)), tuple(rows), note),) if rows else ()


def _width(rates: Rates) -> str:
    bound = "≥ " if rates.open_low or rates.open_high or rates.edge else ""
    return f"{bound}{number(rates.width, 2)}"


def _margin(rates: Rates) -> str:
    if math.isfinite(rates.apart):
        return number(rates.margin, 2)
    return f"≥ {number(math.log10(rates.high / rates.best), 2)}"
