"""What a space will do, as plain values: `sweep show` and `--dry-run` print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sweeper.catalogue.declaration import Enters
from sweeper.catalogue.sections import SEARCHED
from sweeper.catalogue.signature import structure
from sweeper.records import Value
from sweeper.spaces.draws.designs import design
from sweeper.spaces.draws.enumerating import enumerate_trials
from sweeper.spaces.fixed import FixedSetting, fixed_settings
from sweeper.spaces.leaves import Leaf
from sweeper.spaces.space import Budget, Method, SearchSpace
from sweeper.spaces.tree import Options, Range
from sweeper.spaces.wording import shown

_MOST_STRUCTURES = 500


@dataclass(frozen=True)
class Nuisance:
    """Leaves that answer to each other: `name` is `optimizer.*.learning_rate`, `ranges` their option (or an empty text)
    with what is tried there (`0.001 .. 0.1 log`, `constant | cosine`), `enters` is structure, knob or host."""

    name: str
    ranges: tuple[tuple[str, str], ...]
    enters: str


@dataclass(frozen=True)
class Description:
    """`folds` is 1 where the data are split once; each configuration is trained `budget.repeats` times `folds` times. A grid's
    `budget.trials` are no more than it has, with the baseline. `structures` is how many compiled programs the space can need;
    `structures_more` says that counting stopped there. `sampling` says in a line or two what the sampler treats together and
    what independently; `independent` names it."""

    name: str
    question: str
    data: Mapping[str, Any]
    compare: Mapping[str, tuple[Value, ...]]
    blocks: int | None
    nuisance: tuple[Nuisance, ...]
    fixed: tuple[FixedSetting, ...]
    budget: Budget
    folds: int
    sampler: Method
    pruner: Method | None
    structures: int
    structures_more: bool
    independent: tuple[str, ...]
    sampling: tuple[str, ...]
    baseline: Mapping[str, Value] | None
    warnings: tuple[str, ...]


def describe(space: SearchSpace) -> Description:
    """The description of a space; of one from a Python function only what its first call shows."""
    structures, more = count_structures(space)
    independent = independent_names(space)
    return Description(
        name=space.name,
        question=space.question,
        data=space.data,
        compare=space.choices,
        blocks=space.budget.trials // space.block_size if space.compare else None,
        nuisance=_nuisance(space),
        fixed=tuple(setting for section in SEARCHED for setting in fixed_settings(space.tree.setting(section))),
        budget=replace(space.budget, trials=_trials(space)),
        folds=space.folds,
        sampler=space.sampler,
        pruner=space.pruner,
        structures=structures,
        structures_more=more,
        independent=independent,
        sampling=_sampling(space, independent),
        baseline=space.baseline.parameters if space.baseline is not None else None,
        warnings=space.warnings,
    )


def _trials(space: SearchSpace) -> int:
    if space.sampler.name != "grid" or not space.static:
        return space.budget.trials
    size = design(space, "grid", 0, **space.sampler.settings).size
    assert size is not None
    return min(space.budget.trials, size + (space.baseline is not None))


def count_structures(space: SearchSpace, backend: str = "tensorflow") -> tuple[int, bool]:
    """How many different compiled programs the space holds, and whether there are more than were counted."""
    if not space.static:
        return 1, True
    by_name = {leaf.name: leaf for leaf in space.leaves}
    endless = any(
        leaf.enters is Enters.STRUCTURE and isinstance(leaf.node, Range) and leaf.node.kind == "float" for leaf in space.leaves
    )
    found: set[tuple[tuple[str, str], ...]] = set()
    for count, drawn in enumerate(
        enumerate_trials(space, lambda n, r: _numbers(by_name[n], r), lambda n, o: _options(by_name[n], o))
    ):
        if count >= _MOST_STRUCTURES:
            return len(found), True
        found.add(tuple((name, str(value)) for name, value in sorted(structure(drawn.configuration, backend).items())))
    return len(found), endless


def independent_names(space: SearchSpace) -> tuple[str, ...]:
    """Searched names that the sampler draws without regard to the others."""
    if space.sampler.name == "random":
        return tuple(leaf.name for leaf in space.leaves)
    drawn = [leaf for leaf in space.leaves if leaf.name not in space.compare]  # these are dealt out in turns
    if space.sampler.name in ("tpe", "gp"):
        return tuple(leaf.name for leaf in drawn if _is_apart(leaf, space.compare))
    if space.sampler.name == "cmaes":
        return tuple(leaf.name for leaf in drawn if _is_apart(leaf, space.compare) or not isinstance(leaf.node, Range))
    return ()


def _is_apart(leaf: Leaf, compared: tuple[str, ...]) -> bool:
    """Whether a name lacks in some trials of one choice."""
    return leaf.layer > 0 or any(above not in compared for above, _ in leaf.conditions)


def _numbers(leaf: Leaf, found: Range) -> tuple[int | float, ...]:
    """Numbers that are structure count each; of a knob one is enough."""
    if leaf.enters is Enters.STRUCTURE and found.kind == "int":
        step = int(found.step or 1)
        return tuple(range(int(found.low), int(found.high) + 1, step))
    return (int(found.low) if found.kind == "int" else found.low,)


def _options(leaf: Leaf, options: tuple[Value, ...]) -> tuple[Value, ...]:
    """Of a knob's choices, `none` (the term is absent) and one other; all of anything else's."""
    if leaf.enters is Enters.STRUCTURE or isinstance(leaf.node, Options):
        return options
    values = tuple(option for option in options if option is not None)[:1]
    return values + ((None,) if None in options and leaf.enters is Enters.KNOB else ())


def _nuisance(space: SearchSpace) -> tuple[Nuisance, ...]:
    groups: dict[str, list[Leaf]] = {}
    for leaf in space.leaves:
        if leaf.name not in space.compare:
            groups.setdefault(leaf.shared, []).append(leaf)
    return tuple(
        Nuisance(name, tuple((_option(leaf), _tried(leaf)) for leaf in members), str(members[0].enters))
        for name, members in groups.items()
    )


def _option(leaf: Leaf) -> str:
    return shown(leaf.conditions[-1][1]) if leaf.conditions else ""


def _tried(leaf: Leaf) -> str:
    if isinstance(leaf.node, Range):
        return leaf.node.says()
    return " | ".join(shown(value) for value in leaf.node.values)


def _sampling(space: SearchSpace, independent: tuple[str, ...]) -> tuple[str, ...]:
    name = space.sampler.name
    if name == "paired":
        shared = [nuisance.name for nuisance in _nuisance(space) if "*" in nuisance.name and len(nuisance.ranges) > 1]
        answering = f"; {', '.join(shared)} take one quantile, each option in its own range" if shared else ""
        compared = " x ".join(space.compare)
        return (f"paired: every combination of {compared} once in each block, under the same values of the rest{answering}",)
    if name == "random":
        return ("random: every name is drawn independently; every option of a choice is equally likely",)
    if name == "qmc":
        return ("qmc: scrambled Sobol' points, a dimension for each name; every option of a choice is equally likely",)
    if name == "grid":
        return (
            f"grid: every combination of the choices and of {space.sampler.settings.get('points', 3)} values of each range",
        )
    if not space.static:
        return (f"{name}: names that do not exist in every trial are drawn independently of the others",)
    if not space.leaves:
        return (f"{name}: nothing is searched",)
    each = f"each {' x '.join(space.compare)} in its turn, with a sampler of its own: the same budget for all"
    turns = (each,) if space.compare else ()
    if not independent:
        return (f"{name}: all names are drawn together", *turns)
    how = {
        "tpe": "what exists only in some branch is drawn apart from the rest, together with its branch",
        "gp": "what exists only in some branch is drawn at random",
        "cmaes": "choices, and what exists only in some branch, are drawn at random",
    }
    return (f"{name}: {how[name]}: {', '.join(independent)}", *turns)
