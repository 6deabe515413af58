"""The choices set against each other: what each pair's comparison holds, how sure it is, and what would settle the rest."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.statistics.pairs import LEAST_WINS, diverged, is_lopsided, ranked
from sweeper.reporting.statistics.rerun import MEASURED
from sweeper.reporting.statistics.verdict import BETTER, CLEARLY, NO_DIFFERENCE, NOT_ENOUGH, SMALL, UNDECIDED, least
from sweeper.reporting.story.blocks import Cell, Head, Section, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, listed, number

TITLE = "The choices compared"
_NAMED = 6
"""So many pairs have a sentence; the table has all."""
_ROWS = 40
_FEW = 10
"""Pairs, or trials of each, below which nothing is called clear."""


def choices(subject: Subject) -> Section:
    if not subject.compares:
        said = "This sweep sets no choices against each other; to have some compared, name them:  compare: optimizer"
        return Section("choices", TITLE, (said,))
    pairs = ranked(subject.pairs)
    if not len(pairs):
        return Section(
            "choices", TITLE, (f"There is one choice only, {clean(subject.choices[0], 40)}, so nothing is compared.",)
        )
    rest = len(pairs) - _NAMED
    more = [f"{count(rest, 'more pair')} {'is' if rest == 1 else 'are'} in the table."] if rest > 0 else []
    sentences = *pair_sentences(subject), *more, _noise_sentence(subject)
    return Section("choices", TITLE, sentences, (_table(subject, pairs),))


def pair_sentences(subject: Subject) -> list[str]:
    """A sentence for each of the first pairs; one for all where none could be compared."""
    pairs = ranked(subject.pairs)
    reasons = set(pairs["why"])
    if len(pairs) and reasons != {""} and len(reasons) == 1:
        return [f"No choice is called better: {reasons.pop()}. What the table of the first section shows is descriptive."]
    return [_sentence(subject, row) for _, row in pairs.head(_NAMED).iterrows()]


def _noise_sentence(subject: Subject) -> str:
    noise = subject.rerun
    if noise.source == MEASURED:
        return (
            f"The same configuration trained again ends {number(noise.sd)} away in {subject.metric} (the typical standard "
            f"deviation of {count(noise.n, 'group')} of trainings that differ in their seed alone); a shift within that is "
            "called no practical difference."
        )
    if math.isnan(noise.sd):
        return "How far two trainings of one configuration lie apart is not known: nothing was trained twice."
    return (
        f"No configuration was trained twice on the same data, so the noise of a training is taken to be what {subject.metric} "
        f"jitters by from {subject.unit} to {subject.unit}: {number(noise.sd)} (median of {count(noise.n, 'training')}). "
        "`repeats: 3` in the budget would measure it."
    )


def _sentence(subject: Subject, row: pd.Series) -> str:
    a, b = clean(row["a"], 40), clean(row["b"], 40)
    if row["why"]:
        return f"{a} and {b} are not compared: {row['why']}."
    evidence = f"{_shift(subject, row)}{_wins(row)}"
    asymmetry = _asymmetry(subject, row)
    if row["verdict"] == BETTER:
        clearly = "clearly " if row["wins_low"] > CLEARLY and min(row["n_a"], row["n_b"]) >= _FEW and not asymmetry else ""
        return f"{a} did {clearly}better than {b}: {evidence}.{asymmetry}"
    if row["verdict"] == SMALL:
        return f"{a} did better than {b}, but not surely by more than the noise of a training: {evidence}.{asymmetry}"
    if row["verdict"] == NO_DIFFERENCE:
        return f"No practical difference between {a} and {b}: {evidence}, within the noise of a training.{asymmetry}"
    if row["verdict"] == UNDECIDED:
        return f"Undecided between {a} and {b}: {evidence}.{_more(subject, row)}{asymmetry}"
    fewest = least(row["design"] == "paired", len(subject.pairs[subject.pairs["why"] == ""]))
    among = f" for {count(len(subject.pairs), 'comparison')}" if len(subject.pairs) > 1 else ""
    told = f"Not enough evidence on {a} and {b}: {_counted(row)}, where {fewest} are the least{among}."
    return f"{told}{_more(subject, row)}{asymmetry}"


def _interval_cell(row: pd.Series, name: str) -> Cell:
    return Cell(_end(row[name]), f"{_end(row[f'{name}_low'])} to {_end(row[f'{name}_high'])}", sort=row[name])


def _end(value: float) -> str:
    """An interval's end; infinite where a divergence decides."""
    return number(value) if math.isfinite(value) else "−∞" if value < 0 else "∞"


def _shift(subject: Subject, row: pd.Series) -> str:
    side = "higher" if subject.orientation.maximize else "lower"
    if math.isinf(row["shift"]):
        return "in most comparisons the other diverged, "
    interval = f"[{_end(row['shift_low'])}, {_end(row['shift_high'])}]"
    return f"{subject.metric} {_end(row['shift'])} {interval} {side}, "


def _wins(row: pd.Series) -> str:
    interval = f"[{row['wins_low']:.2f}, {row['wins_high']:.2f}]"
    return f"win probability {row['wins']:.2f} {interval}, {_counted(row)}, p {_p(row['p_holm'])}"


def _counted(row: pd.Series) -> str:
    if row["design"] == "paired":
        return count(int(row["n_a"]), "pair")
    return f"{row['n_a']} against {row['n_b']} trials"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _more(subject: Subject, row: pd.Series) -> str:
    """What would settle it; a grid has no more trials."""
    if pd.isna(row["needed"]) or subject.frames.sweep.sampler == "grid":
        return ""
    lacking = int(row["needed"]) - int(min(row["n_a"], row["n_b"]))
    if lacking <= 0:
        return ""
    trials = lacking * len(subject.choices)
    each = "blocks" if row["design"] == "paired" else "trials of each"
    likely = CLEARLY if row["verdict"] == NOT_ENOUGH else max(row["wins"], LEAST_WINS)
    return (
        f" About {lacking} more {each} would tell a win probability of {likely:.2f} four times in five: "
        f"sweep resume {clean(subject.frames.sweep.name, 64)} --trials +{trials}."
    )


def _asymmetry(subject: Subject, row: pd.Series) -> str:
    """Where far more trials of one choice diverged than of the other, that is part of the answer."""
    if not is_lopsided(subject.trials, row["a"], row["b"]):
        return ""
    shares = {choice: diverged(subject.trials, choice) for choice in (row["a"], row["b"])}
    told = [f"{n} of {of} with {clean(choice, 40)}" for choice, (n, of) in shares.items()]
    return f" Diverged: {listed(told)}; a trial that diverged counts as worse than any other."


def _table(subject: Subject, pairs: pd.DataFrame) -> Table:
    rows = []
    for _, row in pairs.head(_ROWS).iterrows():
        known = not row["why"]
        rows.append(
            (
                Cell(clean(row["a"], 40), colour=subject.colours[row["a"]]),
                Cell(clean(row["b"], 40), colour=subject.colours[row["b"]]),
                Cell(clean(row["verdict"])),
                _interval_cell(row, "shift") if known else Cell(NONE),
                _interval_cell(row, "wins") if known else Cell(NONE),
                Cell(_counted(row) if known else NONE, sort=float(row["n_a"]) if known else 0.0),
                Cell(_p(row["p_holm"]), sort=row["p_holm"]) if known else Cell(NONE),
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
