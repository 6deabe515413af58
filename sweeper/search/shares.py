"""An adaptive sampler with an even share for each choice that a sweep compares. Imports Optuna."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sweeper.search.plans import BASELINE, Proposal
from sweeper.search.study import Sampled
from sweeper.seeds import derive
from sweeper.spaces import Drawn, SearchSpace
from sweeper.tracking.combined import Combined
from sweeper.tracking.replay import TrialState


class EvenShares:
    """Round-robin over the compared choices, each with a sampler that knows the outcomes of this choice alone.

    One sampler for all would give the choice that looks good early more trials, with better settings of all else. Here every
    choice has the same budget for its own tuning. In each round the choices come in the same order, so that when they are
    asked for, each knows as many outcomes of its own. A baseline is nobody's: no sampler hears of it.
    """

    def __init__(
        self, space: SearchSpace, name: str, settings: Mapping[str, Any], seed: int, maximize: bool, baseline: Drawn | None
    ) -> None:
        """Raises InputError where a package is missing that the sampler needs."""
        self._baseline = baseline
        names = tuple(space.choices)
        self._shares = [
            Sampled(
                space,
                name,
                settings,
                derive(seed, "share", *map(str, values)),
                maximize,
                None,
                dict(zip(names, values, strict=True)),
            )
            for values in itertools.product(*space.choices.values())
        ]

    def ask(self, number: int) -> Proposal:
        if number == 0 and self._baseline is not None:
            return Proposal(0, self._baseline, BASELINE)
        turn, place = divmod(self._behind_the_baseline(number), len(self._shares))
        return replace(self._shares[place].ask(turn), number=number)

    def know(self, trial: TrialState) -> None:
        if (share := self._of(trial.number)) is not None:
            share.know(trial)

    def tell(self, ended: Combined) -> None:
        if (share := self._of(ended.number)) is not None:
            share.tell(ended)

    def _of(self, number: int) -> Sampled | None:
        place = self._behind_the_baseline(number)
        return self._shares[place % len(self._shares)] if place >= 0 else None

    def _behind_the_baseline(self, number: int) -> int:
        return number - (self._baseline is not None)
