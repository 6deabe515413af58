"""What a report really used to read curves and layers, with where it comes from."""

from __future__ import annotations

import math

from sweeper.catalogue.metrics import CALIBRATION_BINS
from sweeper.reporting.metrics.labels import TOO_SHORT
from sweeper.reporting.metrics.overfitting import ALPHA, NOISES
from sweeper.reporting.statistics.agreement import LEAST as LEAST_RANKED
from sweeper.reporting.statistics.gaps import fitted, why_no_gaps
from sweeper.reporting.statistics.rates import HALF, PER_STEP
from sweeper.reporting.story.account.works import (
    FIELLER,
    GASSER,
    GLOROT,
    GUO,
    HAMPEL,
    JIANG,
    KENDALL,
    PRECHELT,
    SEN,
    SPEARMAN,
    WILSON,
    Used,
)
from sweeper.reporting.story.dynamics.rates import arms
from sweeper.reporting.story.dynamics.stability_table import has_ended, steady
from sweeper.reporting.story.generalization.calibrated import measured as calibrated
from sweeper.reporting.story.generalization.fit import evidence as fit_evidence
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import count

_JITTER = (
    "the median absolute deviation (Hampel 1974) of how far each value lies from the line between its neighbours (Gasser 1986)"
)


def of_curves(subject: Subject) -> list[Used]:
    """In the order of the report."""
    of_values = *_of_noise(subject), *_of_shapes(subject), *_of_fit(subject)
    return [*of_values, *_of_stability(subject), *_of_rates(subject), *_of_signal(subject)]


def _of_noise(subject: Subject) -> list[Used]:
    found = subject.rerun
    if math.isnan(found.sd):
        return []
    if found.measured:
        return [Used("The noise of a training is the typical standard deviation between trainings of one configuration", ())]
    told = f"The noise of a training is taken from how curves jitter from {subject.unit} to {subject.unit}: {_JITTER}"
    return [Used(told, (HAMPEL, GASSER))]


def _of_shapes(subject: Subject) -> list[Used]:
    labels = set(subject.trials.loc[subject.trials["state"] == "COMPLETE", "label"]) - {"", TOO_SHORT}
    told = (
        f"A curve is called overfitting where validation rises above its best by more than {ALPHA:g}\u00a0% (after Prechelt "
        f"1998) and {NOISES:g} times its own noise, and still improving where the slope of its last fifth (Sen 1968) promises "
        "more than its noise"
    )
    return [Used(told, (PRECHELT, SEN))] if labels else []


def _of_fit(subject: Subject) -> list[Used]:
    """Gaps at equal training, whether what fits better generalizes better, and what probabilities are worth."""
    found = []
    if subject.compares and len(subject.choices) > 1 and not why_no_gaps(subject.frames) and subject.gaps:
        found.append(Used("Gaps between training and validation are compared at equal training (after Jiang 2020)", (JIANG,)))
    if len(fitted(subject.trials)) >= LEAST_RANKED and fit_evidence(subject)["tau"] is not None:
        told = "Rankings of trials are compared by Kendall's tau (1945), with the interval of Fieller (1957)"
        found.append(Used(told, (KENDALL, FIELLER)))
    if len(calibrated(subject)):
        told = (
            "How far probabilities are from how often they are right is the expected calibration error over "
            f"{CALIBRATION_BINS} bins of equal width (Guo 2017)"
        )
        found.append(Used(told, (GUO,)))
    return found


def _of_stability(subject: Subject) -> list[Used]:
    if not len(has_ended(subject)):
        return []
    found, runs = [Used("Shares of trials have the interval of Wilson (1927)", (WILSON,))], steady(subject)
    if runs["late_sd"].notna().any():
        found.append(Used(f"How much a curve jitters at its end is {_JITTER}, over its last fifth", (HAMPEL, GASSER)))
    if runs["train_increase"].notna().any():
        told = "Training got worse by training where its rank correlation with time (Spearman 1904) is above 0 and it rose"
        found.append(Used(told, (SPEARMAN,)))
    return found


def _of_rates(subject: Subject) -> list[Used]:
    if all(arm.found is None for arm in arms(subject)):
        return []
    told = (
        f"The good range of learning rates is read off logarithmic steps of about {count(PER_STEP, 'trial')}, by the best of "
        f"each; training comes apart in the first step above in which {100 * HALF:.0f}\u00a0% or more diverged"
    )
    return [Used(told, ())]


def _of_signal(subject: Subject) -> list[Used]:
    if not len(subject.looked_at):
        return []
    told = (
        "The signal in a network is judged by gradients and activations of each layer on some rows, before training and during "
        "it (after Glorot 2010)"
    )
    return [Used(told, (GLOROT,))]
