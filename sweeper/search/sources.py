"""Which source a sweep's trials come from. Imports Optuna."""

from __future__ import annotations

from sweeper.search.plans import EVEN_SHARES
from sweeper.search.settings import Settings
from sweeper.search.shares import EvenShares
from sweeper.search.study import Designed, Listed, Sampled, Source
from sweeper.spaces import Method, SearchSpace
from sweeper.spaces.draws import design
from sweeper.spaces.draws.designs import OURS


def make_source(space: SearchSpace, settings: Settings) -> Source:
    """The source of a sweep's trials. Raises InputError where a package is missing that its sampler needs."""
    if settings.confirmed is not None:
        return Listed(space, [candidate.parameters for candidate in settings.confirmed.candidates])
    method = Method(settings.sampler, settings.sampler_settings)
    return source_of(space, method, settings.seed, settings.objective.maximize, settings.design == EVEN_SHARES)


def source_of(space: SearchSpace, method: Method, seed: int, maximize: bool, shared: bool) -> Source:
    """What this sampler draws from the space; `shared`: with an even share for each choice. Raises InputError, as above."""
    if method.name in OURS:
        return Designed(space, design(space, method.name, seed, **method.settings), method.name, space.baseline)
    adaptive = EvenShares if shared else Sampled
    return adaptive(space, method.name, method.settings, seed, maximize, space.baseline)
