"""Overfitting: the choice or the fit? Gaps at one and the same training value, whether what fits better also generalizes
better, whether a loss overfits alone, and what probabilities are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sweeper.reporting.statistics.agreement import LEAST as LEAST_RANKED
from sweeper.reporting.statistics.agreement import interval, tau_of
from sweeper.reporting.statistics.comparison import Comparison
from sweeper.reporting.statistics.gaps import (
    BY_ITSELF,
    BY_TRAINING,
    FITS_LESS,
    NOT_DIFFERENT,
    VERDICTS,
    GapPair,
    fitted,
    is_covered,
    reference,
    training_end,
    validation_best,
    why_no_gaps,
)
from sweeper.reporting.story.blocks import Block, Section
from sweeper.reporting.story.compared.comparing import p_words
from sweeper.reporting.story.generalization.calibrated import calibration_sentences, overconfidence
from sweeper.reporting.story.generalization.fit_table import fit_table
from sweeper.reporting.story.generalization.levels import training_words
from sweeper.reporting.story.generalization.phases import phases
from sweeper.reporting.story.shares import share_words
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number

TITLE = "Overfitting: the choice or the fit?"
_NAMED = 5
"""So many choices have a sentence; the table has all."""


def fit(subject: Subject) -> Section | None:
    """None where no complete trial has a training curve."""
    if not len(fitted(subject.trials)):
        return None
    few = f"Fewer than {LEAST_RANKED} complete trials: whether fitting better was generalizing better is not said."
    blocks: tuple[Block, ...] = (*phases(subject), fit_table(subject))
    return Section("fit", TITLE, tuple(fit_sentences(subject) or [few]), blocks)


def fit_sentences(subject: Subject) -> list[str]:
    """What the gaps of choices hold at equal training, then whether fitting better was generalizing better, then a loss that
    overfits alone, and the gap in calibration."""
    if not len(fitted(subject.trials)):
        return []
    return [*_gap_sentences(subject), *_rank_sentence(subject), *_overconfident(subject), *calibration_sentences(subject)]


def evidence(subject: Subject) -> Mapping[str, object]:
    """The verdict on each choice's gap, and Kendall's tau of training and validation."""
    trials = fitted(subject.trials)
    tau = tau_of(training_end(subject.frames, trials), validation_best(subject.frames, trials))
    pairs = {f"{pair.smaller} / {pair.larger}": pair.verdict for pair in subject.gaps}
    return {"tau": None if math.isnan(tau) else tau, "n": len(trials), "gaps": pairs}


# The gaps of the choices -----------------------------------------------------------------------------------------------------


def _gap_sentences(subject: Subject) -> list[str]:
    if not subject.compares or len(subject.choices) < 2:
        return []
    why = why_no_gaps(subject.frames)
    if why:
        return [f"The gaps of the choices are not set against each other: {why}."]
    pairs, first = subject.gaps, reference(subject.choices)
    if not pairs:
        return ["Too few trials of two choices have a gap, so gaps are not set against each other."]
    told = sorted((pair for pair in pairs if pair.verdict != NOT_DIFFERENT), key=lambda pair: VERDICTS.index(pair.verdict))
    sentences = [_sentence(subject, pair) for pair in told[:_NAMED]]
    alike = [clean(pair.smaller if pair.larger == first else pair.larger, 40) for pair in pairs if pair not in told]
    if alike:
        names = listed(alike, most=_NAMED)
        sentences.append(f"At the end the gap of {names} does not surely differ from that of {clean(first, 40)}.")
    return sentences


def _sentence(subject: Subject, pair: GapPair) -> str:
    small, large = clean(pair.smaller, 40), clean(pair.larger, 40)
    end = (
        f"At the end the gap of {small} is {_shift(pair.end)} smaller than that of {large} ({_counted(pair.end)}, "
        f"p {p_words(pair.p_end)})"
    )
    if pair.matched is None:
        return f"{end}; at equal training too few trials can be compared to say why."
    at, level = pair.matched, f"At {training_words(subject, pair.level)}"
    there = f"(difference {_shift(at)}, {_counted(at)}, p {p_words(pair.p_matched)})"
    if pair.verdict == BY_ITSELF:
        return f"{end}. {level} it is smaller as well {there}: {small} narrows the gap by itself."
    if pair.verdict == FITS_LESS:
        return f"{end}. {level} the gaps agree {there}: {small} merely fits the training part less."
    if pair.verdict == BY_TRAINING:
        return f"{end}. {level} the gaps agree {there}: it comes of how far the two trained."
    doubt = "that is not sure" if is_covered(pair.end, at) else "too few of these can be compared"
    return f"{end}. {level} {doubt} {there}, so whether {small} does it by itself stays open."


def _shift(found: Comparison) -> str:
    return f"{number(found.shift)} [{number(found.shift_low)}, {number(found.shift_high)}]"


def _counted(found: Comparison) -> str:
    return count(found.n[0], "pair") if found.paired else f"{found.n[0]} against {found.n[1]} trials"


# Fit and generalization ------------------------------------------------------------------------------------------------------


def _rank_sentence(subject: Subject) -> list[str]:
    trials = fitted(subject.trials)
    if len(trials) < LEAST_RANKED:
        return []
    tau = tau_of(training_end(subject.frames, trials), validation_best(subject.frames, trials))
    if math.isnan(tau):
        return []
    low, high = interval(tau, len(trials))
    said = f"what fitted better mostly generalized {'better' if low > 0 else 'worse'}"
    if low <= 0 <= high:
        said = "whether what fits better generalizes better cannot be told"
    return [
        f"Training values at the end and best validation values rank {count(len(trials), 'complete trial')} with Kendall's tau "
        f"{number(tau, 2)} [{number(low, 2)}, {number(high, 2)}]: {said}."
    ]


def _overconfident(subject: Subject) -> list[str]:
    runs = subject.frames.runs
    known = runs[(runs["state"] == "COMPLETE") & runs["overconfident"].notna()]
    sure = known[known["overconfident"].astype(bool)]
    if not len(sure):
        return []
    by = ""
    if subject.compares:
        worst = sure["choice"].value_counts().head(_NAMED)
        of = {choice: int((known["choice"] == choice).sum()) for choice in worst.index}
        by = ": " + listed([f"{n} of {of[choice]} with {clean(choice, 40)}" for choice, n in worst.items()])
    share = share_words(len(sure), len(known), not subject.repeated)
    return [f"In {share} trainings the loss overfits while accuracy does not get worse{by}. {overconfidence(subject, sure)}"]
