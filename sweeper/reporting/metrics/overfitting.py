"""Overfitting: validation gets worse than it was, beyond its own noise, and stays so (Prechelt 1998, Early Stopping - But
When?).

With loss-like y, its running median of five m, the best m so far E(t), and the noise s of the run (`noise.noise`):

    onset                the first t with m(t) - E(t) > ALPHA |E| and > NOISES s, in RUN_OF evaluations one after the other
    generalization loss  GL(t) = 100 (y(t) - min y) / |min y| %, the minimum being over the evaluations up to t
    severity             GL at the last evaluation
    recovered            m falls below E(onset) again later, and ends near its best (double descent: Nakkiran et al. 2019,
                         arXiv 1912.02292)
    unstable             with an onset, but training too ends worse than it was at the best m: steps that are too large, and
                         no overfitting

A gap between training and validation is none of this. Raw values would not do: the best of n noisy ones lies about 2 s below
their mean, so that with 2 s as the bound two of three plateaus of pure noise over 20 evaluations would be called overfitting.
With medians and 3 s it is less than 5 in 100, and less than 1 in 100 of curves that fall to their plateau (docs/validity.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations, smooth

ALPHA = 2.0
"""Per cent, after Prechelt's GL."""
NOISES = 3.0
RUN_OF = 3


@dataclass(frozen=True)
class Overfitting:
    """`onset` is an epoch, NaN where there is none; `severity` in per cent, NaN where the best value is 0; `lasts` says that
    the end is still worse than the best by more than `ALPHA`, `unstable` that training is worse as well; all [runs]."""

    onset: Array
    severity: Array
    recovered: Array
    lasts: Array
    unstable: Array


def overfitting(runs: Evaluations, noise: Array) -> Overfitting:
    """`noise` [runs]; where it is not known (NaN) nothing is called an onset."""
    course = smooth(runs.validation)
    best = np.fmin.accumulate(course, axis=1)
    risen = course - best
    far = risen > ALPHA / 100 * np.abs(best)
    worse = far & (risen > NOISES * noise[:, np.newaxis])
    lasting = worse[:, : max(worse.shape[1] - RUN_OF + 1, 0)].copy()
    for later in range(1, RUN_OF):
        lasting &= worse[:, later : later + lasting.shape[1]]
    found = lasting.any(axis=1)
    place = np.where(found, lasting.argmax(axis=1) if lasting.shape[1] else 0, 0)[:, np.newaxis]
    behind = np.arange(course.shape[1]) > place
    again = behind & (course < np.take_along_axis(best, place, axis=1))
    return Overfitting(
        onset=np.where(found, np.take_along_axis(runs.epoch, place, axis=1)[:, 0], np.nan),
        severity=_severity(runs),
        recovered=np.logical_and(found, again.any(axis=1)) & ~runs.last(far),
        lasts=np.logical_and(found, runs.last(far)),
        unstable=np.logical_and(found, _training_is_worse(runs, course)),
    )


def _training_is_worse(runs: Evaluations, course: Array) -> Array:
    """Whether training too is worse at the end than it was when validation was best [runs]."""
    training = smooth(runs.training)
    place = np.nanargmin(course, axis=1)[:, np.newaxis]
    then, end = np.take_along_axis(training, place, axis=1)[:, 0], runs.last(training)
    return np.asarray(end - then > ALPHA / 100 * np.abs(then))


def _severity(runs: Evaluations) -> Array:
    least = np.fmin.reduce(runs.validation, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        severity = 100 * (runs.last(runs.validation) - least) / np.abs(least)
    return np.where(np.isfinite(severity), severity, np.nan)
