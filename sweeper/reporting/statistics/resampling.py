"""Bootstrap samples of the trials of two choices: win probability and shift of each (see `comparison`).

A sample is drawn as how often each trial is in it, so that what many samples share, the order of the values and of their
differences, is found once; the median of a sample's differences is found by halving that order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Array = np.ndarray

SAMPLES = 10_000
_HELD = 2_000_000
"""Numbers held at once."""


def resample(a: Array, b: Array, differences: Array, seed: int) -> tuple[Array, Array]:
    """Win probability and shift [samples] of sorted `a` and `b` [trials], whose `differences` b - a [trials of a, trials of b]
    they are the share of positive ones and the median of."""
    drawn = zip(*_times(len(a), len(b), differences.size, seed), strict=True)
    times_a, times_b = (np.concatenate(parts) for parts in drawn)
    return wins_of(a, b, times_a, times_b), _shifts(differences, times_a, times_b)


def resample_wins(a: Array, b: Array, seed: int) -> Array:
    """The win probability alone, in time that grows with the trials and not with their pairs."""
    return np.concatenate([wins_of(a, b, *times) for times in _times(len(a), len(b), len(a) + len(b), seed)])


def wins_of(a: Array, b: Array, times_a: Array, times_b: Array) -> Array:
    """Win probability [samples] of sorted `a` and `b` [trials] that are in each sample so many times [samples, trials]."""
    below = np.pad(np.cumsum(times_b, axis=1), ((0, 0), (1, 0)))
    worse_or_tied = below[:, np.searchsorted(b, a, "left")] + below[:, np.searchsorted(b, a, "right")]
    return np.asarray((times_a * (len(b) - worse_or_tied / 2)).sum(axis=1) / (len(a) * len(b)))


def _shifts(differences: Array, times_a: Array, times_b: Array) -> Array:
    """The median [samples] of all differences, each so many times. They grow along the rows, for `b` is sorted."""
    order = np.argsort(differences, axis=None, kind="stable")
    ordered, up_to = differences.ravel()[order], _of_each_row(order, differences.shape)
    below = np.pad(np.cumsum(times_b, axis=1, dtype="int32"), ((0, 0), (1, 0)))
    lower, upper = (differences.size + 1) // 2, differences.size // 2 + 1
    first = _places(lower, times_a, below, up_to)
    last, further = first.copy(), _count(first + 1, times_a, below, up_to) < upper
    last[further] = _places(upper, times_a[further], below[further], up_to)
    return np.asarray((ordered[first] + ordered[last]) / 2)


def _of_each_row(order: Array, shape: tuple[int, int]) -> Array:
    """How many of the first k of all differences lie in each row: int [0 to all differences, rows]."""
    there = np.zeros((len(order) + 1, shape[0]), "int32")
    there[np.arange(1, len(order) + 1), order // shape[1]] = 1
    return np.cumsum(there, axis=0, dtype="int32")


def _places(wanted: int, times_a: Array, below: Array, up_to: Array) -> Array:
    """The first place [samples] in the order of the differences up to which there are `wanted` of a sample's."""
    low, high = np.zeros(len(times_a), "int64"), np.full(len(times_a), len(up_to) - 2)
    while (low < high).any():
        middle = (low + high) // 2
        enough = _count(middle + 1, times_a, below, up_to) >= wanted
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
    return low


def _count(first: Array, times_a: Array, below: Array, up_to: Array) -> Array:
    """How many of a sample's differences are among so many `first` [samples] of all: those of a row are with the first of `b`,
    of which the sample has `below` [samples, trials of b + 1]."""
    width = below.shape[1]
    own = below.ravel().take(up_to[first] + width * np.arange(len(below))[:, np.newaxis])
    return np.asarray(np.einsum("ij,ij->i", times_a, own))


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
