"""How much of what a network learned about its training part holds on the validation part."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.metrics.evaluations import Array, Evaluations

NOISES = 2.0


def memorization(runs: Evaluations, noise: Array, guess: float) -> Array:
    """(guess - y_training) / (guess - y_validation) at the last evaluation [runs]: 1 where both gained alike over guessing, 2
    where half of the gain was learned by heart.

    NaN where what guessing gives is not known, and where validation is not better than guessing by more than twice the noise:
    nothing was learned that holds.
    """
    gained = guess - runs.last(runs.validation)
    share = (guess - runs.last(runs.training)) / np.where(gained > 0, gained, np.nan)
    return np.where(gained > NOISES * np.nan_to_num(noise), share, np.nan)
