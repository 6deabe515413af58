"""Which trials may be asked for, and which waiting plan a free worker gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sweeper.records import TrialPlan

_ADAPTIVE, _FREE = 2, 16


def ahead(workers: int, adaptive: bool) -> int:
    """How far the asking runs ahead of the telling: trial n is asked for when trials 0 to n - `ahead` are told, and no others.

    So what a sampler and a pruner know of a trial's predecessors follows from the trial's number and the number of workers, and
    not from who was quicker: the same seed gives the same sweep. The price is that the last `ahead` trials count for nothing
    when the next one is chosen (which costs the search little, see the notes on asking ahead in docs/architecture.md), and that a
    worker waits when one trial takes longer than twice the others together. Where nothing is learned from outcomes the
    window only bounds how much is planned, and it is wide, so that trials with one structure find each other.
    """
    return (_ADAPTIVE if adaptive else _FREE) * workers


def choose(waiting: Sequence[TrialPlan], structures: Mapping[int, str], held: Mapping[str, set[str]], worker: str) -> TrialPlan:
    """The plan for a free worker.

    `waiting` is in the order of numbers and not empty, `structures` tells each trial's structure, `held` the structures whose
    programs a worker has. Taken first: a retry; then a structure that this worker has, then one that no worker has, then the oldest.
    """
    retry = next((plan for plan in waiting if plan.attempt > 1), None)
    if retry is not None:
        return retry
    mine = held.get(worker, set())
    others = set().union(*(structures for name, structures in held.items() if name != worker))
    own = next((plan for plan in waiting if structures[plan.number] in mine), None)
    new = next((plan for plan in waiting if structures[plan.number] not in others), None)
    return own or new or waiting[0]
