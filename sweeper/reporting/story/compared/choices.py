"""The choices set against each other: what each pair's comparison holds, how sure it is, and what would settle the rest."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.story.blocks import Block, Cell, Head, Section, Table
from sweeper.reporting.story.compared.adaptive import running_best, standing
from sweeper.reporting.story.compared.comparing import counted, interval_cell, lacking_alike, p_words, verdict_words, wins_cell
from sweeper.reporting.story.compared.crossed import effect_sentences, effect_table
from sweeper.reporting.story.compared.isolation import isolation
from sweeper.reporting.story.compared.modifiers import modifiers
from sweeper.reporting.story.searched.noise import confirming
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number

TITLE = "The choices compared"
_NAMED = 6
"""So many pairs have a sentence; the table has all."""
_ROWS = 40


def choices(subject: Subject) -> Section:
    if not subject.compares:
        said = "This sweep sets no choices against each other; to have some compared, name them:  compare: optimizer"
        return Section("choices", TITLE, (said,))
    if not len(subject.pairs):
        return Section(
            "choices", TITLE, (f"There is one choice only, {clean(subject.choices[0], 40)}, so nothing is compared.",)
        )
    told = told_pairs(subject)
    sentences = [
        *standing(subject),
        *(sentence for sentence, _ in told),
        *_rest(subject, len(told)),
        _noise_sentence(subject),
    ]
    blocks: list[Block] = [*isolation(subject), *running_best(subject)]
    if _any_compared(subject):
        blocks.append(effect_table(subject) if subject.crossed else _table(subject))
    return Section("choices", TITLE, tuple(sentences), tuple(blocks))


def _any_compared(subject: Subject) -> bool:
    return bool((subject.pairs["why"] == "").any())


def told_pairs(subject: Subject) -> list[tuple[str, pd.Series]]:
    """A sentence for each of the first pairs, with the row of `pairs` that it came from; one for all where none could be
    compared; for a crossed question by its factors."""
    pairs = ranked(subject.pairs)
    reasons = set(pairs["why"])
    if len(pairs) and reasons != {""} and len(reasons) == 1:
        said = f"No choice is called better: {reasons.pop()}. What the table of the first section shows is descriptive."
        return [(said, pairs.iloc[0])]
    if subject.crossed:
        return effect_sentences(subject)
    family = int((pairs["why"] == "").sum())
    if lacking := _all_lacking(subject, pairs, family):
        return [(lacking, pairs.iloc[0])]
    return [(verdict_words(subject, row, family, modifiers(subject, row)), row) for _, row in pairs.head(_NAMED).iterrows()]


def _all_lacking(subject: Subject, pairs: pd.DataFrame, family: int) -> str:
    """One sentence for several pairs where each of them lacks the same evidence."""
    lacks = lacking_alike(subject, pairs, family)
    return f"Not enough evidence on any two of the {len(subject.choices)} choices: {lacks}" if lacks else ""


def _rest(subject: Subject, told: int) -> list[str]:
    rest = 0 if subject.crossed or not _any_compared(subject) or told < _NAMED else len(subject.pairs) - _NAMED
    return [f"{count(rest, 'more pair')} {'is' if rest == 1 else 'are'} in the table."] if rest > 0 else []


def _noise_sentence(subject: Subject) -> str:
    noise = subject.rerun
    if math.isnan(noise.sd):
        return "How far two trainings of one configuration lie apart is not known: nothing was trained twice."
    source = f"taken from how {subject.metric} jitters within a training"
    if noise.measured:
        source = f"as measured in {again}" if (again := confirming(subject)) else "as measured"
    return (
        f"A shift within the noise of a training, {number(noise.sd)} ({source}; see the section on chance), is called no "
        "practical difference."
    )


def _table(subject: Subject) -> Table:
    rows = []
    for _, row in ranked(subject.pairs).head(_ROWS).iterrows():
        known = not row["why"]
        rows.append(
            (
                Cell(clean(row["a"], 40), colour=subject.colours[row["a"]]),
                Cell(clean(row["b"], 40), colour=subject.colours[row["b"]]),
                Cell(clean(row["verdict"])),
                interval_cell(row, "shift") if known else Cell(NONE),
                wins_cell(row) if known else Cell(NONE),
                Cell(counted(row) if known else NONE, sort=float(row["n_a"]) if known else 0.0),
                Cell(p_words(row["p_holm"]), sort=row["p_holm"]) if known else Cell(NONE),
            )
        )
    names = ("Choice", "Against", "Verdict", f"Shift of {subject.metric}", "Win probability", "Compared over", "p, Holm")
    heads = tuple(Head(name, right=place > 2) for place, name in enumerate(names))
    note = (
        "Win probability: how often the first is better, in one block or of two independent trials, a tie counting half. "
        "Shift: the typical difference (Hodges and Lehmann) in favour of the first. Both with 95 % intervals; p is corrected "
        "for the number of pairs."
    )
    return Table(heads, tuple(rows), note, phone=3)
