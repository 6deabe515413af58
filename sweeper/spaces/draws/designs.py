"""The designs by the sampler's name."""

from __future__ import annotations

from typing import Any, Protocol

from sweeper.catalogue.searching import SAMPLERS
from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.draws.grid import Grid
from sweeper.spaces.draws.paired import Paired
from sweeper.spaces.draws.scattered import Qmc, Random
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.wording import perhaps


class Design(Protocol):
    """Parameters by trial number: a pure function of (space, seed, number), so that trials may be asked in any order."""

    @property
    def size(self) -> int | None:
        """How many trials there are, or None if there is no end."""

    def parameters(self, number: int) -> dict[str, Value] | None:
        """The searched values of trial `number`, counted from 0; None if the design is exhausted."""

    def block(self, number: int) -> int | None:
        """The block of trial `number`, or None if the design has none."""


OURS = tuple(entry.name for entry in SAMPLERS if "ours" in entry.marks)


def design(space: SearchSpace, sampler: str, seed: int, **settings: Any) -> Design:
    """The design of one of our samplers: paired, random, qmc or grid (`points`). Raises SpaceError if the space has none."""
    if sampler not in OURS:
        raise SpaceError(f"'{sampler}' is no design of ours.{perhaps(sampler, OURS)}", path="search.sampler")
    if sampler != "random" and not space.static:
        raise SpaceError(
            f"the sampler '{sampler}' must know all searched names beforehand, and a space from a Python function tells "
            "them only as it runs; random, tpe, gp and cmaes serve it",
            path="search.sampler",
            paste="--sampler random",
        )
    if sampler == "paired":
        if not space.compare:
            raise SpaceError(
                "'paired' sets the choices of `compare` against each other, and nothing is compared",
                path="search.sampler",
                paste="search: {sampler: qmc}",
            )
        return Paired(space, seed)
    if sampler == "qmc":
        return Qmc(space, seed)
    return Grid(space, seed, **settings) if sampler == "grid" else Random(space, seed)
