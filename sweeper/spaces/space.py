"""A search space that was read: what it asks, what it may spend, and how a trial's configuration comes from suggestions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sweeper.catalogue.sections import SEARCHED
from sweeper.errors import SpaceError
from sweeper.records import Objective, Task, Value
from sweeper.spaces import fits, objectives
from sweeper.spaces.comparing import choices_of
from sweeper.spaces.fixed import fixed_settings
from sweeper.spaces.leaves import Leaf, leaves
from sweeper.spaces.locating import locate
from sweeper.spaces.nodes import Given, error_at
from sweeper.spaces.objectives import Wanted
from sweeper.spaces.own_functions import check_own_functions
from sweeper.spaces.resolving import Drawn, Suggest, resolve
from sweeper.spaces.suggesting import Chosen, Defaults, Missing
from sweeper.spaces.tree import Group
from sweeper.spaces.warnings import device_warnings

FromFunction = Callable[[Suggest], Drawn]


@dataclass(frozen=True)
class Method:
    """A sampler or pruner by the catalogue's name, with its settings, defaults filled in."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Budget:
    """`seconds` is None where the file sets no time; `repeats` is with how many seeds each configuration is trained."""

    trials: int
    epochs: int
    seconds: float | None = None
    repeats: int = 1


@dataclass(frozen=True)
class SearchSpace:
    """A space as read. `tree` holds what is searched; for a space from a Python function it is the tree at the defaults,
    in which nothing is searched, and `function` does the drawing. `folder` is where relative paths count from."""

    name: str
    header: Mapping[str, str]
    compare: tuple[str, ...]
    data: Mapping[str, Any]
    budget: Budget
    sampler: Method
    pruner: Method | None
    wanted: Wanted
    baseline: Drawn | None
    warnings: tuple[str, ...]
    file: str
    folder: Path
    source_text: str
    tree: Group = field(repr=False)
    root: Given = field(repr=False)
    function: FromFunction | None = field(default=None, repr=False)

    @property
    def question(self) -> str:
        """The `# Question` line, or an empty text."""
        return self.header.get("question", "")

    @property
    def static(self) -> bool:
        """Whether all searched names are known beforehand, as `paired`, `qmc` and `grid` need."""
        return self.function is None

    @property
    def folds(self) -> int:
        """The parts of a cross-validation; 1 where the data are split once."""
        [settings] = self.data.values()
        return settings["folds"] or 1

    @property
    def task(self) -> Task | None:
        """The task, where file and catalogue tell it; else the prepared data do."""
        return fits.task_of(self.tree)

    @property
    def objective(self) -> Objective | None:
        """The objective, where the task is known; else see `objective_for`."""
        return self.objective_for(self.task) if self.task is not None else None

    def objective_for(self, task: Task) -> Objective:
        """The objective under this task. Raises SpaceError for a metric of another task."""
        return objectives.objective_for(self.wanted, task, self.root)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every searched name, parents first; empty for a space from a function."""
        return tuple(leaf for section in SEARCHED for leaf in leaves(self.tree.setting(section)))

    @property
    def choices(self) -> dict[str, tuple[Value, ...]]:
        """What `compare` sets against each other: name to values."""
        return choices_of(self.compare, self.leaves)

    @property
    def block_size(self) -> int:
        """Trials in a block of the paired design: the product of the compared choices."""
        size = 1
        for values in self.choices.values():
            size *= len(values)
        return size

    def configure(self, suggest: Suggest) -> Drawn:
        """A trial's parameters and configuration. Raises SpaceError if a function's tree is wrong."""
        return self.function(suggest) if self.function is not None else resolve(self.tree, suggest, SEARCHED)

    def defaults(self) -> Drawn:
        """The default configuration: trial 0 where nothing is compared."""
        return self.configure(Defaults(self.leaves))

    def at(self, parameters: Mapping[str, Value]) -> Drawn:
        """The trial with these parameters. Raises SpaceError if one is missing, unknown or outside its range."""
        try:
            drawn = self.configure(Chosen(parameters))
        except Missing as problem:
            raise SpaceError(f"these parameters are not of the space {self.name}: {problem.args[0]}") from None
        extra = [name for name in parameters if name not in drawn.parameters]
        if extra:
            raise SpaceError(
                f"these parameters are not of the space {self.name}: it does not search {', '.join(extra)} beside the others"
            )
        return drawn

    def fixed(self) -> dict[str, Value]:
        """Settings that are the same in every trial, defaults among them, by name."""
        if self.function is not None:
            return {}
        found = (setting for section in SEARCHED for setting in fixed_settings(self.tree.setting(section)))
        return {setting.name: setting.value for setting in found}

    def warnings_on(self, device: str) -> tuple[str, ...]:
        """What is allowed on this device (`cpu`, `gpu:0`) and probably not meant."""
        return device_warnings(self.tree, device)

    def check_built(self) -> None:
        """Raises SpaceError for what the language knows and no code serves yet."""
        missing = fits.unbuilt(self.tree) + [("objective", f"the metric {name}") for name in self.wanted.unbuilt()]
        if missing:
            names = ", ".join(dict.fromkeys(name for _, name in missing))
            verb = "is" if len(missing) == 1 else "are"
            raise error_at(
                locate(self.root, missing[0][0]), f"{names} {verb} part of the language, but not built yet", path=missing[0][0]
            )

    def check_own(self) -> None:
        """Raises SpaceError where a function of the user's is not in its file."""
        check_own_functions(self.tree, self.root, self.folder)

    def check_fit(self, rank: int | None, task: Task | None, outputs: int | None = None) -> None:
        """Raises SpaceError if parts or metrics do not fit data of this rank (without the batch axis), task and classes."""
        fits.check_fit(self.tree, self.root, rank, task)
        if task is not None:
            objectives.check_outputs(self.objective_for(task), outputs, self.root)
