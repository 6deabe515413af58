"""How far asking runs ahead, and which waiting plans a worker gets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from sweeper.catalogue.signature import Kind
from sweeper.records import TrialPlan
from sweeper.spaces import SearchSpace
from sweeper.spaces.draws import design
from sweeper.spaces.draws.designs import OURS

_ADAPTIVE, _FREE = 2, 16
_AUTO = {"jax": {"cpu": 4, "gpu": 64}}
"""Trials to choose from where workers find out by themselves how many lanes pay; other back ends take no lanes unasked."""
_LEARNED = 4
"""A sampler that learns hears of outcomes before the last three quarters of its trials."""

Identity = tuple[int, int]
"""Trial and repeat."""
Group = tuple[Kind, int]
"""What plans have in common that are trained side by side: their kind, and the lanes they ask for (0: that is open)."""


def available(space: SearchSpace, seed: int) -> int | None:
    """How many trials there are under the space's sampler, the baseline included; None without end.

    Raises SpaceError where the sampler is a design of ours that the space does not have.
    """
    if space.sampler.name not in OURS:
        return None
    size = design(space, space.sampler.name, seed, **space.sampler.settings).size
    return None if size is None else size + (space.baseline is not None)


def ahead(
    workers: int,
    adaptive: bool,
    trials: int,
    lanes: int = 1,
    backend: str = "tensorflow",
    device: str = "cpu",
    together: int = 1,
) -> int:
    """How far the asking runs ahead of the telling: trial n is asked for when trials 0 to n - `ahead` are told, and no others.

    So what a sampler and a pruner know of a trial's predecessors follows from its number and the number of workers, and not
    from who was quicker: the same seed gives the same sweep, with any sampler, any pruner and any number of workers. It costs
    little: the last `ahead` - 1 trials count as running ones when the next is chosen, and a worker waits only when one trial
    takes as long as the `ahead` - 1 behind it. In return a plan is ready when a worker is. Where nothing is learned from
    outcomes the window only bounds how much is planned, and it is wide, so that trials of one structure find each other.

    Lanes need trials to choose from: twice as many as there are lanes, `together` of which one configuration brings (its
    repeats). Where nobody asked for lanes they may not keep a sampler from learning.
    """
    narrow = (_ADAPTIVE if adaptive else _FREE) * workers
    if lanes:
        return max(narrow, ceil(2 * workers * lanes / together))
    wanted = ceil(_AUTO.get(backend, {}).get(device.partition(":")[0], 0) / together)
    return max(narrow, min(wanted, trials // _LEARNED) if adaptive else wanted)


def identity(plan: TrialPlan) -> Identity:
    return plan.number, plan.repeat


def choose(
    waiting: Sequence[TrialPlan], kinds: Mapping[Identity, Kind], held: Mapping[str, set[str]], worker: str
) -> TrialPlan:
    """The plan for an idle worker.

    `waiting` is in the order of numbers and not empty, `kinds` tells each plan's kind, `held` the structures whose programs a
    worker has. First comes a retry, then a structure that this worker has, then one that no worker has, then the
    oldest. Nobody is passed over for ever, because the window does not move on.
    """
    retry = next((plan for plan in waiting if plan.attempt > 1), None)
    if retry is not None:
        return retry
    mine = held.get(worker, set())
    others = set().union(*(structures for name, structures in held.items() if name != worker))
    own = next((plan for plan in waiting if kinds[identity(plan)].structure in mine), None)
    new = next((plan for plan in waiting if kinds[identity(plan)].structure not in others), None)
    return own or new or waiting[0]


def fitting(
    waiting: Sequence[TrialPlan], kinds: Mapping[Identity, Kind], group: Group, alone: Collection[Identity]
) -> list[TrialPlan]:
    """The waiting plans that can be trained beside others of a group, in their order; what is to run `alone` is not among them.

    Plans are asked for without a look at their structure and brought together here: to ask for a structure because its lanes
    are free would ruin the search.
    """
    return [plan for plan in waiting if (kinds[identity(plan)], plan.lanes) == group and identity(plan) not in alone]
