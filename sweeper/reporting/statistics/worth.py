"""How likely each of the best trials is truly the best, of trials whose values are what they are worth plus noise.

Whoever picks the best of many values picks luck as well. A posterior does not mind that trials were picked by their values
(Dawid 1994; Efron 2011, JASA 106, 1602-1614), if what trials are worth is known as a distribution; that is taken from the
values of all trials (empirical Bayes: Robbins 1956; Efron 2014, Statistical Science 29, 285-301).

The distribution is a gamma one from a floor on: values of a search crowd at what can be reached at best. Its `SHAPES` run from
one that crowds there the most (the minimum of a smooth function) to one that is nearly normal. Our deviations: instead of one
fitted distribution all of a grid of shapes, floors and medians count by their likelihood, and of trials worse than the median
only that they are so, since what bad settings give is another matter.
"""

from __future__ import annotations

import numpy as np
from scipy import special

Array = np.ndarray

TOP = 5
"""Trials among which the leader has to be the best."""
SHAPES = (0.5, 1.0, 2.0, 5.0, 50.0)
_MOST = 400
"""Of more trials every so many-th one is looked at: more would tell no more of their distribution."""
_FLOORS, _MEDIANS = 16, (-1.0, -0.5, 0.0, 0.5, 1.0)
"""So many floors below each median, and medians in standard errors of the one that was seen."""
_REACH, _FINE, _COARSE = 5.0, 50, 60
"""Bins of worth: fine ones so many deviations around the leader, coarse ones over all that counts."""


def chances(values: Array, deviations: Array, top: int = TOP) -> Array:
    """The chance of each of the best `top` trials to be worth more than the others of these: float64 [top].

    `values` [trials] are loss-like and best first, `deviations` [trials] the standard deviations of their noise. Without noise
    the best value is the best trial, and ties share.
    """
    values, deviations = (np.asarray(one, dtype="float64") for one in (values, deviations))
    if not deviations.all():
        best = values[:top] == values[0]
        return np.asarray(best / best.sum())
    some = slice(None, None, -(-len(values) // _MOST))
    middle = float(np.median(values))
    edges = _edges(values, deviations, middle)
    prior = _priors(values, deviations, middle, edges)
    seen, noise = values[some], deviations[some]
    better = seen <= middle
    found = np.log(prior @ _density(seen[better], noise[better], edges).T + 1e-300).sum(axis=1)
    if not better.all():
        found += np.log(prior @ _beyond(middle, noise[~better], edges).T + 1e-300).sum(axis=1)
    weight = np.exp(found - found.max())
    kept = weight > 1e-4
    worth = prior[kept, np.newaxis] * _density(values[:top], deviations[:top], edges) + 1e-300
    worth /= worth.sum(axis=2, keepdims=True)
    chance = np.average(_best(worth), axis=0, weights=weight[kept])
    return np.asarray(chance / chance.sum())


def _edges(values: Array, deviations: Array, middle: float) -> Array:
    """The ends of the bins of worth; the last one has no end."""
    low, reach = values[0] - _REACH * deviations[0], _REACH * deviations[0]
    coarse = np.linspace(low, max(middle, values[0]) + _REACH * deviations.max(), _COARSE)
    return np.union1d(coarse, values[0] + np.linspace(-reach, reach, _FINE + 1))


def _priors(values: Array, deviations: Array, middle: float, edges: Array) -> Array:
    """What a trial is worth, by each of the distributions: float64 [distributions, bins]."""
    noise, half = float(np.median(deviations)), values[values <= middle]
    error = 1.25 * float(np.sqrt(((half - middle) ** 2).mean()) + 0.01 * noise) / np.sqrt(len(values))
    depth = np.geomspace(0.05 * noise, 5 * (middle - values[0]) + 5 * noise, _FLOORS)
    shape, median, depth = (
        one.ravel()[:, np.newaxis] for one in np.meshgrid(SHAPES, middle + error * np.array(_MEDIANS), depth)
    )
    scale = depth / special.gammaincinv(shape, 0.5)
    below = special.gammainc(shape, np.maximum(0, edges - (median - depth)) / scale)
    below = np.concatenate([below, np.ones((len(below), 1))], axis=1)
    below[:, 0] = 0  # what lies before the first bin belongs to it
    return np.asarray(np.diff(below, axis=1))


def _density(values: Array, deviations: Array, edges: Array) -> Array:
    """How likely a value is where the worth lies in a bin, the last one as wide as all others: float64 [values, bins]."""
    z = (edges - values[:, np.newaxis]) / deviations[:, np.newaxis]
    within = np.diff(special.ndtr(z), axis=1) / np.diff(edges)
    last = special.ndtr(-z[:, -1:]) / (edges[-1] - edges[0])
    return np.concatenate([within, last], axis=1)


def _beyond(middle: float, deviations: Array, edges: Array) -> Array:
    """How likely a value is worse than the middle where the worth lies in a bin: float64 [deviations, bins]."""
    at = np.concatenate([(edges[1:] + edges[:-1]) / 2, [np.inf]])
    return np.asarray(special.ndtr((at - middle) / deviations[:, np.newaxis]))


def _best(worth: Array) -> Array:
    """The chance of each trial to lie in the lowest bin, those of one bin sharing: float64 [distributions, trials], of worths
    [distributions, trials, bins]."""
    above = worth[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] - worth / 2
    log = np.log(np.maximum(above, 1e-300))
    return np.asarray((worth * np.exp(log.sum(axis=1, keepdims=True) - log)).sum(axis=2))
