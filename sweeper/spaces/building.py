"""From a read tree to a SearchSpace: the sections that are not searched, and all checks that need the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sweeper.catalogue.declaration import Entry
from sweeper.catalogue.searching import PRUNERS, SAMPLERS
from sweeper.catalogue.sections import SEARCHED
from sweeper.spaces import fits
from sweeper.spaces.baselines import check_active, read_baseline
from sweeper.spaces.comparing import check_compare, choices_of
from sweeper.spaces.durations import seconds
from sweeper.spaces.leaves import Leaf, leaves
from sweeper.spaces.locating import locate
from sweeper.spaces.naming import header, safe_name
from sweeper.spaces.nodes import Given, Mapping, error_at
from sweeper.spaces.objectives import objective_for, read_wanted
from sweeper.spaces.reader import BASELINE, read_tree
from sweeper.spaces.resolving import Drawn, plain, resolve
from sweeper.spaces.space import Budget, FromFunction, Method, SearchSpace
from sweeper.spaces.suggesting import Chosen, Defaults
from sweeper.spaces.tree import Fixed, Group
from sweeper.spaces.warnings import incomplete_block, uneven_shares, warnings_of


def build(root: Given, *, stem: str, file: str, folder: Path, text: str, function: FromFunction | None = None) -> SearchSpace:
    """The space that `root` describes. Raises SpaceError."""
    tree = read_tree(root)
    found = tuple(leaf for section in SEARCHED for leaf in leaves(tree.setting(section)))
    compare = _compare(tree, found, root)
    sampler, pruner = _methods(tree, bool(compare), root)
    budget = _budget(tree, root)
    wanted = read_wanted(tree.setting("objective"), root)
    task = fits.task_of(tree)
    fits.check_fit(tree, root, fits.rank_of(tree), task)
    if task is not None:
        objective_for(wanted, task, root)
    warnings = warnings_of(tree, found)
    size = 1
    for values in choices_of(compare, found).values():
        size *= len(values)
    if not found and function is None and budget.trials > 1:
        warnings = (*warnings, "nothing is searched: all trials have one configuration, and differ by their seeds alone.")
    if sampler.name == "paired" and (warning := incomplete_block(budget.trials, size)):
        warnings = (*warnings, warning)
    if compare and "startup" in sampler.settings:
        warnings = (*warnings, *uneven_shares(budget.trials, size, int(sampler.settings["startup"])))
    baseline = None if function is not None else _baseline(tree, found, bool(compare), root)
    return SearchSpace(
        name=_name(tree, stem, root),
        header=header(text),
        compare=compare,
        data=plain(tree.setting("data")),
        budget=budget,
        sampler=sampler,
        pruner=pruner,
        wanted=wanted,
        baseline=baseline,
        warnings=warnings,
        file=file,
        folder=folder,
        source_text=text,
        tree=tree,
        root=root,
        function=function,
    )


def _name(tree: Group, stem: str, root: Given) -> str:
    said = plain(tree.setting("name"))
    name = safe_name(stem if said is None else said)
    if not name:
        raise error_at(
            locate(root, "name"),
            f"the name '{said or stem}' has no letter a-z and no digit",
            path="name",
            paste="name: my-sweep",
        )
    return name


def _compare(tree: Group, found: tuple[Leaf, ...], root: Given) -> tuple[str, ...]:
    names = plain(tree.setting("compare"))
    if not names:
        return ()
    drawn = resolve(tree, Defaults(found), SEARCHED)
    check_compare(tuple(names), found, drawn.settings, root)
    return tuple(names)


def _budget(tree: Group, root: Given) -> Budget:
    said = plain(tree.setting("budget"))
    time = said["time"]
    limit = seconds(time) if time is not None else None
    if time is not None and limit is None:
        raise error_at(
            locate(root, "budget.time"),
            f"'{time}' is no duration; expected a number and s, m or h",
            path="budget.time",
            paste=f"time: {time}m" if time.isdigit() else "time: 30m",
        )
    return Budget(said["trials"], said["epochs"], limit, said["repeats"])


def _methods(tree: Group, comparing: bool, root: Given) -> tuple[Method, Method | None]:
    search = tree.setting("search")
    assert isinstance(search, Group)
    said = plain(search)
    sampler = _method(said["sampler"]) or _as_it_comes(SAMPLERS, "paired" if comparing else "tpe")
    if sampler.name == "paired" and not comparing:
        raise error_at(
            locate(root, "search.sampler"),
            "'paired' sets the choices of `compare` against each other, and nothing is compared",
            path="search.sampler",
            paste="sampler: qmc",
        )
    node = search.setting("pruner")
    unsaid = isinstance(node, Fixed) and not node.given
    if unsaid:
        return sampler, None if comparing else _as_it_comes(PRUNERS, "asha")
    return sampler, _method(said["pruner"])


def _method(said: dict[str, dict[str, Any]] | None) -> Method | None:
    if said is None:
        return None
    [(name, settings)] = said.items()
    return Method(name, settings)


def _as_it_comes(entries: tuple[Entry, ...], name: str) -> Method:
    [entry] = [entry for entry in entries if entry.name == name]
    return Method(name, {parameter.name: parameter.default for parameter in entry.parameters})


def _baseline(tree: Group, found: tuple[Leaf, ...], comparing: bool, root: Given) -> Drawn | None:
    given = root.get(BASELINE) if isinstance(root, Mapping) else None
    if given is None:
        return None if comparing else resolve(tree, Defaults(found), SEARCHED)
    values = read_baseline(given, found)
    drawn = resolve(tree, Chosen(values, Defaults(found)), SEARCHED)
    check_active(given, values, drawn.parameters)
    return drawn
