"""Bootstrap samples of the trials of two choices: win probability and shift of each (see `comparison`).

A sample is drawn as how often each trial is in it, so that what many samples share, the order of the values and of their
differences, is found once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Array = np.ndarray

SAMPLES = 10_000
_HELD = 2_000_000
"""Numbers held at once."""


def resample(a: Array, b: Array, differences: Array, seed: int) -> tuple[Array, Array]:
    """Win probability and shift [samples] of sorted `a` and `b` [trials], whose `differences` [trials of a, trials of b] they
    are the share of positive ones and the median of."""
    drawn = [(wins_of(a, b, *times), _shifts(differences, *times)) for times in _times(len(a), len(b), differences.size, seed)]
    wins, shifts = zip(*drawn, strict=True)
    return np.concatenate(wins), np.concatenate(shifts)


def resample_wins(a: Array, b: Array, seed: int) -> Array:
    """The win probability alone, in time that grows with the trials and not with their pairs."""
    return np.concatenate([wins_of(a, b, *times) for times in _times(len(a), len(b), len(a) + len(b), seed)])


def wins_of(a: Array, b: Array, times_a: Array, times_b: Array) -> Array:
    """Win probability [samples] of sorted `a` and `b` [trials] that are in each sample so many times [samples, trials]."""
    below = np.pad(np.cumsum(times_b, axis=1), ((0, 0), (1, 0)))
    worse_or_tied = below[:, np.searchsorted(b, a, "left")] + below[:, np.searchsorted(b, a, "right")]
    return np.asarray((times_a * (len(b) - worse_or_tied / 2)).sum(axis=1) / (len(a) * len(b)))


def _shifts(differences: Array, times_a: Array, times_b: Array) -> Array:
    """The median [samples] of all differences, each so many times."""
    order = np.argsort(differences, axis=None)
    times = (times_a[:, :, np.newaxis] * times_b[:, np.newaxis, :]).reshape(len(times_a), -1)[:, order]
    up_to, size, ordered = np.cumsum(times, axis=1, dtype="int32"), differences.size, differences.ravel()[order]
    middle = [ordered[(up_to < half).sum(axis=1)] for half in ((size + 1) // 2, size // 2 + 1)]
    return np.asarray((middle[0] + middle[1]) / 2)


def _times(n_a: int, n_b: int, width: int, seed: int) -> Iterator[list[Array]]:
    """How often each trial of either choice is in each sample [samples, trials], for so many samples at once as numbers of
    `width` for each can be held."""
    random, at_once = np.random.default_rng(seed), max(1, _HELD // width)
    for first in range(0, SAMPLES, at_once):
        size = min(at_once, SAMPLES - first)
        yield [times_drawn(trials, size, random) for trials in (n_a, n_b)]


def times_drawn(trials: int, samples: int, random: np.random.Generator) -> Array:
    """How often each of `trials` is in each sample of as many, drawn with replacement: int [samples, trials]."""
    places = random.integers(0, trials, (samples, trials)) + trials * np.arange(samples)[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=samples * trials).reshape(samples, trials).astype("int32")
