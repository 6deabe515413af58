"""Signal in the network: whether gradients reach the first layer, and whether units are alive, free and different."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.labels import DIVERGED, NEVER_LEARNED
from sweeper.reporting.metrics.signal import (
    DEAD,
    EXPLODING,
    FADING,
    NOT_FINITE,
    SATURATED,
    SIGNALS,
    SYMMETRIC,
    VANISHING,
)
from sweeper.reporting.story.blocks import Block, Cell, Head, Section, Table
from sweeper.reporting.story.dynamics.layers import gradient_chart, gradient_maps
from sweeper.reporting.story.shares import share_words
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, listed, minus, number

TITLE = "Signal in the network"
_NAMED = 6
"""So many choices a sentence names; the table has all."""


def signal(subject: Subject) -> Section | None:
    """None where no run carries the health of its layers."""
    looked = subject.looked_at
    if not len(looked):
        return None
    sentences = *signal_sentences(subject), *_learned(looked), _how_many(subject)
    blocks: tuple[Block, ...] = (*gradient_maps(subject), *gradient_chart(subject), _table(subject))
    return Section("signal", TITLE, sentences, blocks)


def signal_sentences(subject: Subject) -> list[str]:
    """A sentence for each choice and each word that fits some of its trials, the worst first; one where all are sound."""
    looked = subject.looked_at
    if not len(looked):
        return []
    found = []
    for choice, own in looked.groupby("choice", sort=False):
        for word in SIGNALS[:-1]:
            fits = own[own["signal"] == word]
            if len(fits):
                said = _SAID[word](fits, share_words(len(fits), len(own), not subject.repeated))
                named = f"{clean(choice, 60)}: {said}" if subject.compares else said[0].upper() + said[1:]
                found.append((len(fits) / len(own), named))
    if not found:
        return [f"The signal is sound in all {_trainings(looked)}: gradients reach the first layer and units are alive."]
    told = [sentence for _, sentence in sorted(found, key=lambda pair: -pair[0])]
    rest = len(told) - _NAMED
    return told[:_NAMED] + ([f"{count(rest, 'more case')} {'is' if rest == 1 else 'are'} in the table."] if rest > 0 else [])


def _symmetric(fits: pd.DataFrame, share: str) -> str:
    unmoved = fits["unmoved"].fillna(False).all()
    only = " No kernel has a gradient: nothing but biases can learn." if unmoved else " What is equal gets equal gradients."
    return f"all units of a layer begin with the same weights in {share}: it is symmetric.{only}"


def _vanishing(fits: pd.DataFrame, share: str) -> str:
    return f"before training {_gradient(fits)}: it vanishes in {share}."


def _exploding(fits: pd.DataFrame, share: str) -> str:
    return f"before training {_gradient(fits)}: it explodes in {share}."


def _gradient(fits: pd.DataFrame) -> str:
    slope = fits["grad_slope_start"].median()
    each = f" ({number(abs(slope), 2)} decades a kernel)" if math.isfinite(slope) else ""
    return f"the first layer's gradient is {decades(fits['grad_ratio_start'])} of the last one's{each}"


def _fading(fits: pd.DataFrame, share: str) -> str:
    step = number(float(fits["act_var_step_start"].median()), 2)
    return (
        f"before training the variance of the last hidden layer's activations is {decades(fits['act_var_ratio_start'])} of "
        f"the first one's (times {step} a layer): the signal fades in {share}."
    )


def _not_finite(fits: pd.DataFrame, share: str) -> str:
    ended = int((fits["label"] != DIVERGED).sum())
    hidden = f", though the loss of {ended} of them is finite to the end: relu turns what is no number into 0" if ended else ""
    return f"at the end gradients are not finite in {share}{hidden}."


def _dead(fits: pd.DataFrame, share: str) -> str:
    return f"in {share} most rectified units are dead at the end, {_part(fits['dead_end'])} of them in the median."


def _saturated(fits: pd.DataFrame, share: str) -> str:
    part = _part(fits["saturated_end"])
    return f"in {share} most activations are saturated at the end, {part} of them in the median."


_SAID = {
    SYMMETRIC: _symmetric, VANISHING: _vanishing, EXPLODING: _exploding, FADING: _fading,
    NOT_FINITE: _not_finite, DEAD: _dead, SATURATED: _saturated,
}  # fmt: skip


def decades(ratios: pd.Series) -> str:
    """The median of ratios, as a number within three decades of 1, else as a power: `0.0032`, `10^−6.2`."""
    middle = float(ratios.median())
    if not middle > 0 or 1e-3 <= middle <= 1e3:
        return number(middle, 2)
    return f"10^{minus(f'{math.log10(middle):.1f}')}"


def _part(shares: pd.Series) -> str:
    return f"{100 * shares.median():.0f}\u00a0%"


def _learned(looked: pd.DataFrame) -> list[str]:
    """What became of trainings by the word for their signal, where there are several words."""
    told = looked[looked["label"] != ""]
    words = [word for word in SIGNALS if (told["signal"] == word).any()]
    if len(words) < 2:
        return []
    lost = told["label"].isin((NEVER_LEARNED, DIVERGED))
    if not lost.any():
        return ["Whatever the word for their signal, all of them learned."]
    of = {word: told["signal"] == word for word in words}
    said = [f"{int(lost[own].sum())} of {int(own.sum())} whose signal was {word}" for word, own in of.items()]
    return [f"Of these never learned, or diverged: {listed(said)}."]


def _how_many(subject: Subject) -> str:
    looked, ended = subject.looked_at, subject.frames.runs["state"].isin(("COMPLETE", "PRUNED")).sum()
    part = "" if len(looked) == ended else f" of {ended}: the others carry no look at their layers, or were too many to read"
    return f"Looked at: {_trainings(looked)}{part}."


def _trainings(looked: pd.DataFrame) -> str:
    return count(len(looked), "training" if looked["number"].duplicated().any() else "trial")


def _table(subject: Subject) -> Table:
    looked = subject.looked_at
    columns = {
        "First over last gradient": ("grad_ratio_start", decades),
        "Decades a kernel": ("grad_slope_start", _middle),
        "Variance, times a layer": ("act_var_step_start", _middle),
        "Dead at the start": ("dead_start", _part),
        "Dead at the end": ("dead_end", _part),
        "Saturated at the end": ("saturated_end", _part),
        "Step over weight": ("update_ratio", decades),
    }
    shown = {name: of for name, of in columns.items() if looked[of[0]].notna().any()}
    groups = (
        [(choice, looked[looked["choice"] == choice]) for choice in subject.choices] if subject.compares else [("", looked)]
    )
    rows = []
    for choice, own in groups:
        head = Cell(clean(choice, 40), colour=subject.colours[choice]) if subject.compares else Cell("all")
        words = own["signal"].value_counts().reindex(SIGNALS).dropna()
        said = ", ".join(f"{word} {n:.0f}" for word, n in words.items()) or NONE
        cells = (
            Cell(write(own[name].dropna()), sort=_sort(own[name])) if own[name].notna().any() else Cell(NONE)
            for name, write in shown.values()
        )
        rows.append((head, Cell(said), *cells))
    note = (
        "Medians over the trials, gradients and variances before training. Dead and saturated are shares on the probe's rows, "
        "of which more would leave fewer units dead. Step over weight: the size of one step against that of the kernel, after "
        "the first epoch. Optimizers that divide by the gradient's size (rmsprop, adam and their kin) undo part of what "
        "vanishes; plain steps do not."
    )
    heads = (
        Head("Choice" if subject.compares else "Trials", right=False),
        Head("Signal, trials", right=False),
        *map(Head, shown),
    )
    return Table(heads, tuple(rows), note)


def _middle(values: pd.Series) -> str:
    return number(float(values.median()), 2)


def _sort(values: pd.Series) -> float | None:
    middle = float(np.nanmedian(values.astype("float64"))) if values.notna().any() else math.nan
    return middle if math.isfinite(middle) else None
