"""Stability: which choices diverge, jump and jitter, whether training starts and goes as it should, and how wide the range of
good learning rates is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from sweeper.reporting.metrics.start import TOO_FAR
from sweeper.reporting.story.blocks import Block, Section
from sweeper.reporting.story.dynamics.rate_chart import rate_chart
from sweeper.reporting.story.dynamics.rates import arms, rate_sentences, rate_table
from sweeper.reporting.story.dynamics.stability_table import diverged_counts, has_ended, stability_table, steady
from sweeper.reporting.story.shares import share_words
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number

TITLE = "Stability"
_NAMED = 5
"""So many choices a sentence names; the table has all."""
_ODD = 0.5
"""Where more than this share of every choice is alike, none is named."""


def stability(subject: Subject) -> Section | None:
    """None where no trial has ended."""
    if not len(has_ended(subject)):
        return None
    found = arms(subject)
    sentences = *stability_sentences(subject), *rate_sentences(subject, found)
    blocks: tuple[Block, ...] = (*rate_chart(subject, found), stability_table(subject), *rate_table(found))
    return Section("stability", TITLE, sentences, blocks)


def stability_sentences(subject: Subject) -> list[str]:
    """What diverged first, then what a loss does that does not."""
    if not len(has_ended(subject)):
        return []
    runs = steady(subject)
    return [_divergence(subject), *_spikes(subject, runs), *_jitter(subject, runs), *_increase(subject, runs), *_start(subject)]


def evidence(subject: Subject) -> Mapping[str, object]:
    """By choice how many trials diverged and ended, and what its learning rates say."""
    rates = {arm.name: arm.found for arm in arms(subject) if arm.found is not None}
    return {
        **{clean(name) or "all": {"diverged": lost, "ended": of} for name, (lost, of) in diverged_counts(subject).items()},
        **{
            f"learning rates, {name}": {
                "best": one.best,
                "lr_width": one.width,
                "lr_edge": one.margin if math.isfinite(one.margin) else None,
            }
            for name, one in rates.items()
        },
    }


def _divergence(subject: Subject) -> str:
    counts = diverged_counts(subject)
    lost, ended = (sum(part) for part in zip(*counts.values(), strict=True))
    if not lost:
        return f"No trial diverged: {share_words(0, ended)}."
    if not subject.compares:
        return f"Diverged: {share_words(lost, ended)} of the trials that ended."
    ranked = sorted(counts.items(), key=lambda pair: -pair[1][0] / pair[1][1])
    some, none = ([pair for pair in ranked if bool(pair[1][0]) == any_lost] for any_lost in (True, False))
    named = some[:_NAMED] + (none if len(none) == 1 else [])
    said = [f"{share_words(*pair)} with {clean(choice, 40)}" for choice, pair in named]
    if len(none) > 1:
        said.append(f"none of {sum(of for _, (_, of) in none)} with the others")
    more = len(some) - len(some[:_NAMED])
    return f"Diverged: {listed(said)}{f'; {more} more choices are in the table' if more else ''}."


def _spikes(subject: Subject, runs: pd.DataFrame) -> list[str]:
    jumped = runs[runs["spikes"] > 0]
    if not len(jumped):
        return []
    most = _by_choice(subject, jumped, lambda own: f"{int(own['spikes'].sum())} with", lambda own: own["spikes"].sum())
    share = share_words(len(jumped), len(runs), not subject.repeated)
    return [
        f"Training jumped up and came back within five evaluations in {share} of the "
        f"{_trainings(subject)} that did not diverge; jumps: {most or int(jumped['spikes'].sum())}."
    ]


def _jitter(subject: Subject, runs: pd.DataFrame) -> list[str]:
    known = runs[runs["late_sd"].notna()]
    if not len(known):
        return []
    typical = number(float(known["late_sd"].median()))
    whole = (
        f"At the end {subject.metric} still jitters by {typical} from one evaluation to the next "
        f"(median of {count(len(known), 'training')}): a single last value may be a lucky one by that much."
    )
    middle = known.groupby("choice")["late_sd"].median().sort_values()
    if len(middle) < 2:
        return [whole]
    most, least = (f"{number(float(middle.iloc[end]))} with {clean(middle.index[end], 40)}" for end in (-1, 0))
    return [f"{whole} By choice from {least} to {most}."]


def _increase(subject: Subject, runs: pd.DataFrame) -> list[str]:
    known = runs[runs["train_increase"].notna()]
    rose = known[known["train_increase"].astype(bool)]
    if not len(rose):
        return []
    most = _by_choice(subject, rose, lambda own: f"{len(own)} with")
    share = share_words(len(rose), len(known), not subject.repeated)
    return [
        f"Training got worse by training in {share} of the {_trainings(subject)} that did not "
        f"diverge{': ' + most if most else ''}. Steps that are far too large do that, or a fault of the pipeline."
    ]


def _start(subject: Subject) -> list[str]:
    """Whether the loss before training is that of guessing."""
    runs = subject.frames.runs
    known = runs[runs["init_check"].notna()]
    if not len(known):
        return []
    guess = number(float(subject.frames.sweep.data["chance.loss"]))
    far = known[known["init_check"] > TOO_FAR]
    if not len(far):
        most = f"{number(float(known['init_check'].max()), 2)}\u00a0%"
        return [f"Before training the loss is that of guessing, {guess}, up to {most} ({count(len(known), 'training')})."]
    alike = (known["init_check"] > TOO_FAR).groupby(known["choice"]).mean().min() > _ODD
    whose = "with every choice alike" if alike else _by_choice(subject, far, lambda own: f"{len(own)} with")
    typical = f"{number(float(far['init_check'].median()), 2)}\u00a0%"
    return [
        f"Before training the loss is more than {TOO_FAR:.0f}\u00a0% off that of guessing, {guess}, in "
        f"{share_words(len(far), len(known), not subject.repeated)} of the {_trainings(subject)} "
        f"({typical} in the median){': ' + whose if subject.compares else ''}. First outputs are too large then, and the first "
        "steps go into shrinking them."
    ]


def _by_choice(
    subject: Subject,
    rows: pd.DataFrame,
    say: Callable[[pd.DataFrame], str],
    size: Callable[[pd.DataFrame], float] = len,
) -> str:
    """What `say` tells of the rows of each choice, and its name, the largest first; nothing without choices."""
    if not subject.compares:
        return ""
    ranked = sorted(((str(choice), own) for choice, own in rows.groupby("choice")), key=lambda pair: -size(pair[1]))
    said = [f"{say(own)} {clean(choice, 40)}" for choice, own in ranked[:_NAMED]]
    return listed(said) + (f"; {len(ranked) - _NAMED} more choices are in the table" if len(ranked) > _NAMED else "")


def _trainings(subject: Subject) -> str:
    return "trainings" if subject.repeated else "trials"
