"""From parameters to plans: seeds, rungs, phase and block of a trial follow from its number and the sweep's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sweeper.records import TrialPlan
from sweeper.search.pruning import Pruner
from sweeper.search.settings import Settings
from sweeper.seeds import Seeds
from sweeper.spaces import Drawn, SearchSpace
from sweeper.spaces.draws.designs import OURS
from sweeper.tracking.replay import TrialState

BASELINE, CONFIRM = "baseline", "confirm"
PAIRED, EVEN_SHARES = "paired", "even shares"
"""Designs: choices in blocks, or an adaptive sampler of its own for each choice, in turns."""


def design_of(space: SearchSpace) -> str:
    """How a space's choices are set against each other; empty where that is left to the sampler."""
    if space.sampler.name == PAIRED:
        return PAIRED
    return EVEN_SHARES if space.compare and space.sampler.name not in OURS else ""


@dataclass(frozen=True)
class Proposal:
    """What is to be tried: its values, how they were found, and the block they belong to."""

    number: int
    drawn: Drawn
    phase: str
    block: int | None = None


def plan(proposal: Proposal, settings: Settings, pruner: Pruner | None) -> TrialPlan:
    """The plan of a proposal's repeat 0. Trials of one block share their seeds, so that only the compared choice differs."""
    number = proposal.number
    return TrialPlan(
        number=number,
        parameters=proposal.drawn.parameters,
        configuration=proposal.drawn.configuration,
        seeds=Seeds.of(settings.seed, number if proposal.block is None else proposal.block),
        epochs=settings.epochs,
        rungs=pruner.rungs(number) if pruner is not None else (),
        phase=proposal.phase,
        block=proposal.block,
    )


def repeated(first: TrialPlan, settings: Settings, repeats: Sequence[int]) -> list[TrialPlan]:
    """These repeats of a configuration whose repeat 0 is planned so.

    With K folds, repeat r is of fold r modulo K and has the seeds of round r // K, which in a paired design are a block's: so
    folds differ in their data alone, and rounds in their seeds. Rungs are repeat 0's alone.
    """
    block = first.number if first.block is None else first.block
    folds = settings.folds
    return [
        replace(
            first,
            repeat=repeat,
            fold=repeat % folds,
            seeds=Seeds.of(settings.seed, block, repeat // folds),
            rungs=(),
            attempt=1,
            lanes=0,
        )
        for repeat in repeats
    ]


def next_attempt(trial: TrialState) -> TrialPlan:
    """The plan to train a trial once more; in a program with as many lanes as the last attempt had, for the same bits (earlier
    ones may have had more, for which there was no memory)."""
    assert trial.plan is not None
    lanes = trial.starts[max(trial.starts)].lanes if trial.starts else trial.plan.lanes
    return replace(trial.plan, attempt=trial.attempt + 1, lanes=lanes)
