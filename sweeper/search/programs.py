"""What compiling came to: programs, seconds, trials that found theirs, and the lanes in use. Pure, from the spools' records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sweeper.search.lanes import Choice
from sweeper.tracking.replay import TrialState


@dataclass(frozen=True)
class LaneUse:
    """So many structures are trained in so many lanes; `why`, as a worker said it, or empty."""

    lanes: int
    structures: int
    why: str

    def __str__(self) -> str:
        """`8 lanes for 3 structures (throughput fell at 16)`."""
        lanes = "1 lane" if self.lanes == 1 else f"{self.lanes} lanes"
        structures = "1 structure" if self.structures == 1 else f"{self.structures} structures"
        return f"{lanes} for {structures}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True)
class Programs:
    """`structures` are different ones, `compiled` the programs that were compiled for them (by several workers, or again after
    one was dropped) in `seconds`, `found` the attempts at trials that found their program compiled. `lanes` is sorted, most
    structures first."""

    structures: int
    compiled: int
    seconds: float
    found: int
    lanes: tuple[LaneUse, ...]


def count_programs(trials: Iterable[TrialState], choices: Mapping[str, Choice]) -> Programs:
    """`choices` are what the workers last said of each structure's lanes."""
    starts = [start for trial in trials for start in trial.starts.values()]
    compiled = [start for start in starts if start.compiled]
    used: dict[str, Counter[int]] = {}
    for start in starts:
        used.setdefault(start.structure, Counter())[start.lanes] += 1
    uses = Counter(_use(choices.get(structure), lanes) for structure, lanes in used.items())
    ranked = sorted(uses.items(), key=lambda use: (-use[1], use[0]))
    return Programs(
        structures=len(used),
        compiled=len(compiled),
        seconds=round(sum(start.compile_seconds for start in compiled), 3),
        found=len(starts) - len(compiled),
        lanes=tuple(LaneUse(lanes, count, why) for (lanes, why), count in ranked),
    )


def _use(choice: Choice | None, used: Counter[int]) -> tuple[int, str]:
    """The lanes of a structure and why: what a worker chose, or else what most of its trials had."""
    if choice is not None:
        return choice.lanes, choice.why
    return min(used, key=lambda lanes: (-used[lanes], lanes)), ""
