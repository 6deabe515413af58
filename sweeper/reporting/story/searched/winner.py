"""The winner: how sure it is the best, how much of its lead is luck, and what fewer trials would have found."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.leader import Optimism, expected_maximum, optimism
from sweeper.reporting.statistics.pairs import CUT
from sweeper.reporting.statistics.worth import TOP, chances
from sweeper.reporting.story.blocks import Block, Cell, Head, Section, Table
from sweeper.reporting.story.elsewhere import is_cut
from sweeper.reporting.story.searched.tuning import tuning_blocks, tuning_sentences
from sweeper.reporting.story.subject import Subject, spread_words, trial_name
from sweeper.reporting.text import clean, count, number, percent, signed

TITLE = "How sure the winner is"
_NOTHING = 0.1
"""A chance to be the best that exceeds an even one by no more than this share of it tells nothing."""
_SCALES = 9
"""The noise is measured on few trainings: the chance is the mean over so many values that it may have."""


def winner(subject: Subject) -> Section | None:
    """None where fewer than two trials are complete: then nothing has won."""
    if len(subject.ranking) < 2:
        return None
    blocks: list[Block] = [_table(subject)]
    sentences = (*winner_sentences(subject), *tuning_sentences(subject))
    return Section("winner", TITLE, sentences, (*blocks, *tuning_blocks(subject)))


def winner_sentences(subject: Subject) -> list[str]:
    """Who leads, with what chance it is truly the best, and how much worse it will be on new data; at least two trials."""
    return [_lead_sentence(subject), *_selection_sentences(subject)]


def leaders(subject: Subject) -> tuple[pd.DataFrame, np.ndarray | None]:
    """The best trials and the chance of each to be truly the best of them; None where the noise of a training is not known."""
    top = subject.ranking.head(TOP)
    noise = subject.rerun.sd
    if math.isnan(noise) or is_cut(subject):
        return top, None
    values = subject.orientation.loss_like(subject.ranking["trial_value"]).to_numpy("float64")
    deviations = noise / np.sqrt(subject.ranking["repeats"].to_numpy("float64"))
    scales = subject.rerun.scales(_SCALES) if subject.rerun.measured else np.ones(1)
    return top, np.mean([chances(values, scale * deviations) for scale in scales], axis=0)


def _lead_sentence(subject: Subject) -> str:
    top, chance = leaders(subject)
    best = top.iloc[0]
    head = f"{trial_name(best).capitalize()} leads with {subject.metric} {number(best['trial_value'])}"
    if is_cut(subject):
        return f"{head}; how sure that is cannot be said, for {CUT}."
    if chance is None:
        return f"{head}; how sure that is cannot be said, for the noise of a training is not known."
    of = f"the best of the top {len(top)}"
    said = f"with chance {_chance(float(chance[0]))}"
    if float(chance[0]) < (1 + _NOTHING) / len(top):
        return f"{head}; which of the top {len(top)} is truly the best is open: each has about one chance in {len(top)}."
    if subject.rerun.measured:
        return f"{head}; with the noise of a training it is truly {of} {said}."
    return f"{head}; if a training has no more noise than its curve it is truly {of} {said}, and else with less."


def _selection_sentences(subject: Subject) -> list[str]:
    if is_cut(subject):
        return []
    n, found = len(subject.ranking), measured_optimism(subject)
    if found is not None:
        return [_measured_sentence(subject, found)]
    noise = subject.rerun.sd
    if math.isnan(noise):
        return []
    most, repeats = expected_maximum(n), int(subject.ranking["repeats"].median())
    what = "a training" if repeats == 1 else f"a mean of {count(repeats, 'training')}"
    return [
        f"It was chosen as the best of {n} by validation alone. Had all {n} been equally good, the best of them would look "
        f"{number(most * noise / math.sqrt(repeats))} better than it is ({most:.1f} times the noise of {what}): expect up to "
        "about that much worse on new data. A test part would measure it."
    ]


def measured_optimism(subject: Subject) -> Optimism | None:
    """From the test part, where the winner and two more trials were measured on it."""
    test = f"test_{subject.orientation.metric}"
    if test not in subject.ranking:
        return None
    loss_like = subject.orientation.loss_like
    validation, tested = (loss_like(subject.ranking[name].astype("float64")) for name in ("trial_value", test))
    return optimism(validation.to_numpy(), tested.to_numpy())


def _measured_sentence(subject: Subject, found: Optimism) -> str:
    said = (
        f"On the test part it is {_worse(found.winner)} than on validation, and the {found.n} other complete trials "
        f"{_worse(found.others)} on average"
    )
    if found.selection > found.chance:
        return (
            f"{said}: {number(found.selection)} of its lead is owed to its having been chosen by validation (chance alone "
            f"reaches {number(found.chance)})."
        )
    return f"{said}: the difference, {signed(found.selection)}, is within what chance alone gives ({number(found.chance)})."


def _chance(share: float) -> str:
    """A normal variable is never sure, so that neither is a chance read off it."""
    if share > 0.995:
        return "over 99 %"
    return "below 1 %" if share < 0.005 else percent(share, 1)


def _worse(difference: float) -> str:
    return f"{number(abs(difference))} {'worse' if difference >= 0 else 'better'}"


def _table(subject: Subject) -> Table:
    top, chance = leaders(subject)
    test = f"test_{subject.orientation.metric}"
    tested = test in top and bool(top[test].notna().any())
    rows = []
    for place, (_, row) in enumerate(top.iterrows()):
        cells = [Cell(trial_name(row).capitalize(), sort=float(row["number"]))]
        cells += [Cell(clean(row["choice"], 40), colour=subject.colours[row["choice"]])] if subject.compares else []
        cells += [Cell(number(row["trial_value"]), spread_words(row)), Cell(str(row["repeats"]))]
        cells += [Cell(number(row[test]))] if tested else []
        cells += [] if chance is None else [Cell(_chance(float(chance[place])))]
        rows.append(tuple(cells))
    names = [Head("Trial", right=False), *([Head("Choice", right=False)] if subject.compares else [])]
    names += [Head(subject.metric.capitalize()), Head("Trainings"), *([Head("Test")] if tested else [])]
    note = f"The best {count(len(top), 'trial')} of {len(subject.ranking)}."
    if chance is not None:
        names.append(Head("Truly the best"))
        note += (
            " Truly the best: the chance that the trial is worth more than the others here, if a value is what the trial is "
            "worth plus the noise of a training. That trials were picked by these values is accounted for by what the values "
            "of all trials say of what trials are worth."
        )
        note += " How little is known of the noise is reckoned with." if subject.rerun.measured else ""
    return Table(tuple(names), tuple(rows), note, phone=len(names) if len(names) <= 4 else 0)
