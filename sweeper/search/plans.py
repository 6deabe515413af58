"""From parameters to a plan: seeds, rungs, phase and block of a trial follow from its number and the sweep's settings."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.records import TrialPlan
from sweeper.search.pruning import Pruner
from sweeper.seeds import Seeds
from sweeper.spaces import Drawn

BASELINE = "baseline"


@dataclass(frozen=True)
class Proposal:
    """What is to be tried: its values, how they were found, and the block they belong to."""

    number: int
    drawn: Drawn
    phase: str
    block: int | None = None


def plan(proposal: Proposal, seed: int, epochs: int, pruner: Pruner | None) -> TrialPlan:
    """The plan of a proposal. Trials of one block share their seeds, so that only the compared choice differs."""
    number = proposal.number
    return TrialPlan(
        number=number,
        parameters=proposal.drawn.parameters,
        configuration=proposal.drawn.configuration,
        seeds=Seeds.of(seed, number if proposal.block is None else proposal.block),
        epochs=epochs,
        rungs=pruner.rungs(number) if pruner is not None else (),
        phase=proposal.phase,
        block=proposal.block,
    )
