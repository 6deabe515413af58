"""One word for each training: the first of these that fits.

    diverged                  its loss became infinite or not a number
    too short to tell         fewer than 10 evaluations
    never learned             training ends no better than guessing: within 2 s or 5 % of chance
    still improving           see `plateau`
    memorising                training below 5 % of chance, validation above 80 % of it
    unstable                  validation and training both got worse than they were: see `overfitting`
    overfits, then recovers   see `overfitting`
    overfits                  see `overfitting`: an onset, and still worse than it was at the end
    gap                       validation exceeds training by half of itself and by 2 s at the best epoch, without getting worse
    healthy                   none of these

s is the noise of the run. Memorising is called so before overfitting, of which it is the extreme (Zhang et al. 2017, arXiv
1611.03530).
"""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations
from sweeper.reporting.metrics.overfitting import Overfitting
from sweeper.reporting.metrics.plateau import ENOUGH, STILL_IMPROVING

DIVERGED, TOO_SHORT, NEVER_LEARNED, MEMORISING = "diverged", "too short to tell", "never learned", "memorising"
UNSTABLE, RECOVERS, OVERFITS, GAP, HEALTHY = "unstable", "overfits, then recovers", "overfits", "gap", "healthy"
LABELS = (DIVERGED, TOO_SHORT, NEVER_LEARNED, STILL_IMPROVING, MEMORISING, UNSTABLE, RECOVERS, OVERFITS, GAP, HEALTHY)
"""In the order in which they are tried."""
OVERFITTING = (MEMORISING, RECOVERS, OVERFITS)
"""Those under which validation got worse than it was, or never followed training."""

NOISES = 2.0
NOTHING_LEARNED, LEARNED_BY_HEART, NOT_GENERALIZED, HALF = 0.05, 0.05, 0.8, 0.5


def labels(runs: Evaluations, found: Overfitting, plateau: Array, noise: Array, guess: float) -> Array:
    """The label of each run [runs] that did not diverge; `guess` is the loss-like value of guessing, NaN where that is not
    known."""
    noise = np.nan_to_num(noise)
    train, best, end = runs.training, np.nanmin(runs.validation, axis=1), runs.last(runs.validation)
    best_place = np.nanargmin(runs.validation, axis=1)[:, np.newaxis]
    gap = best - np.take_along_axis(train, best_place, axis=1)[:, 0]
    least_train = np.fmin.reduce(train, axis=1)
    fits = {
        TOO_SHORT: runs.count < ENOUGH,
        NEVER_LEARNED: least_train >= guess - np.maximum(NOISES * noise, NOTHING_LEARNED * guess),
        STILL_IMPROVING: plateau == STILL_IMPROVING,
        MEMORISING: (runs.last(train) < LEARNED_BY_HEART * guess) & (end > NOT_GENERALIZED * guess),
        UNSTABLE: found.unstable,
        RECOVERS: found.recovered,
        OVERFITS: found.lasts,
        GAP: (gap > HALF * np.abs(best)) & (gap > NOISES * noise),
    }
    return np.select(list(fits.values()), list(fits), HEALTHY)
