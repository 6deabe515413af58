"""The description of a space as lines, for `sweep show` and `sweep run --dry-run`."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sweeper.cli.screen.text import duration, line, plural, setting

if TYPE_CHECKING:
    from sweeper.spaces.describe import Description, Nuisance
    from sweeper.spaces.fixed import FixedSetting
    from sweeper.spaces.space import Method

_LABEL = 12
_KEPT = "\u00a0"
"""Stands for a space at which no line is folded."""


def description_lines(space: Description) -> list[str]:
    """A labelled line for each thing that a space says; what it does not say is left out."""
    named = [*_compared(space), *_tried(space.nuisance, bool(space.compare)), *_fixed(space.fixed)]
    lines = [
        _wrapped(f"{line(space.name)}   {line(space.question)}".rstrip(), ""),
        _labelled("data", [_data(space.data)]),
        *named,
        _labelled("budget", [_budget(space)]),
        _labelled("search", [_method("sampler", space.sampler), _method("pruner", space.pruner)]),
        _labelled("", space.sampling),
        _labelled("programs", [_programs(space)]),
    ]
    if space.baseline is not None:
        lines.append(_labelled("baseline", [", ".join(f"{name} {setting(value)}" for name, value in space.baseline.items())]))
    return [text for group in lines for text in group]


def _labelled(label: str, texts: Iterable[str], hang: int = 0) -> list[str]:
    """The texts under a label, each folded to the terminal's width with `hang` columns more on the left."""
    rows = [row for text in texts if text for row in _wrapped(text, " " * hang)]
    return [f"{label if place == 0 else '':<{_LABEL}} {row}" for place, row in enumerate(rows)]


def _wrapped(text: str, indent: str) -> list[str]:
    width = max(shutil.get_terminal_size((100, 24)).columns - _LABEL - 1, 40)
    rows = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [row.replace(_KEPT, " ") for row in rows]


def _programs(space: Description) -> str:
    """How many structures there are, of which no more can come up than there are trials."""
    if space.structures_more:
        return f"one for each structure that comes up, at most {space.budget.trials}"
    most = min(space.structures, space.budget.trials)
    return f"{most} to compile" if most == space.structures else f"at most {most} to compile, of {space.structures} structures"


def _data(data: Mapping[str, Any]) -> str:
    [(name, settings)] = data.items()
    said = ", ".join(f"{key} {_plain(value)}" for key, value in (settings or {}).items() if value is not None)
    return f"{name}: {said}" if said else name


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else setting(value)


def _compared(space: Description) -> list[list[str]]:
    texts = [f"{name}: {' · '.join(setting(value) for value in values)}" for name, values in space.compare.items()]
    if texts and space.blocks is not None:
        choices = " x ".join(str(len(values)) for values in space.compare.values())
        texts.append(f"{plural(space.blocks, 'block')} x {choices}: {space.blocks} trials for each choice")
    return [_labelled("compare", texts)] if texts else []


def _tried(nuisance: Iterable[Nuisance], compares: bool) -> list[list[str]]:
    """What is searched, a line a name; where something is compared, all of it is nuisance."""
    rows = list(nuisance)
    width = max((len(row.name) for row in rows), default=0)
    texts = [f"{row.name:<{width}}   {_ranges(row)}   [{row.enters}]" for row in rows]
    label = "nuisance" if compares else "searched"
    return [_labelled(label, texts, width + 3)]


def _ranges(row: Nuisance) -> str:
    """Each option with its range, which no fold parts."""
    return "   ".join(line(f"{option} {tried}".strip()).replace(" ", _KEPT) for option, tried in row.ranges)


def _fixed(settings: Iterable[FixedSetting]) -> list[list[str]]:
    given = [f"{fixed.name} {_plain(fixed.value)}" for fixed in settings if not fixed.default]
    defaults = [f"{fixed.name} {_plain(fixed.value)}" for fixed in settings if fixed.default and fixed.value is not None]
    return [_labelled("fixed", [" · ".join(given)]), _labelled("defaults", [" · ".join(defaults)])]


def _budget(space: Description) -> str:
    budget = space.budget
    time = f", at most {duration(budget.seconds)}" if budget.seconds is not None else ""
    each = budget.repeats * space.folds
    if each == 1:
        return f"{plural(budget.trials, 'trial')} x {plural(budget.epochs, 'epoch')}{time}"
    factors = [plural(budget.trials, "configuration")]
    factors += [plural(budget.repeats, "seed")] if budget.repeats > 1 else []
    factors += [plural(space.folds, "fold")] if space.folds > 1 else []
    return f"{' x '.join(factors)} = {budget.trials * each:,} trainings x {plural(budget.epochs, 'epoch')}{time}"


def _method(kind: str, method: Method | None) -> str:
    if method is None:
        return f"{kind} none"
    said = ", ".join(f"{name} {setting(value)}" for name, value in method.settings.items())
    return f"{kind} {method.name}" + (f" ({said})" if said else "")
