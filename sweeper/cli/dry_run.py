"""`sweep run --dry-run`: what would be done, and the first trials. Nothing is started and nothing written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweeper.search.plans import Proposal
    from sweeper.search.request import SweepRequest
    from sweeper.spaces import SearchSpace

SHOWN = 8


def dry_run(request: SweepRequest, as_json: bool) -> None:
    from sweeper.cli.screen.describing import description_lines
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.data.looking import look
    from sweeper.spaces.describe import describe

    space = requested(request)
    look(space.data, space.folder)
    proposals = first_trials(space, request.seed)
    if as_json:
        say_json([{"number": one.number, "phase": one.phase, "params": one.drawn.parameters} for one in proposals])
        return
    for text in description_lines(describe(space)):
        say(text)
    for warning in space.warnings:
        remark(f"warning: {warning}")
    say("")
    _tell(proposals)
    remark("Nothing was started. To run it, leave out --dry-run.")


def requested(request: SweepRequest) -> SearchSpace:
    """The space with all that the command line changes in it."""
    from sweeper.search.extras import check_backend
    from sweeper.spaces import read_space

    space = read_space(request.source, request.lines)
    space.check_built()
    space.check_own()
    check_backend(request.backend)
    return replace(space, budget=replace(space.budget, seconds=request.seconds or space.budget.seconds))


def first_trials(space: SearchSpace, seed: int) -> list[Proposal]:
    """What the sweep would try first; of a sampler that learns, only what it draws before it has learned anything."""
    from sweeper.search.plans import EVEN_SHARES, design_of
    from sweeper.search.sources import source_of
    from sweeper.spaces.draws.designs import OURS

    sampler, shared = space.sampler, design_of(space) == EVEN_SHARES
    maximize = space.objective is not None and space.objective.maximize
    source = source_of(space, sampler, seed, maximize, shared)
    count = min(SHOWN, space.budget.trials)
    if sampler.name not in OURS:
        count = min(count, max(int(sampler.settings.get("startup", 1)), 1) * (space.block_size if shared else 1))
    asked = [source.ask(number) for number in range(count)]
    return [proposal for proposal in asked if proposal is not None]


def _tell(proposals: list[Proposal]) -> None:
    from sweeper.cli.screen.output import say_table
    from sweeper.cli.screen.text import parameters

    rows = [(str(proposal.number), proposal.phase, parameters(proposal.drawn.parameters)) for proposal in proposals]
    say_table(("trial", "drawn by", "parameters"), rows, right=frozenset({0}))
