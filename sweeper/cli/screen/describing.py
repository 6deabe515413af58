"""The description of a space as lines, for `sweep show` and `sweep run --dry-run`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sweeper.cli.screen.text import duration, line, plural, setting

if TYPE_CHECKING:
    from sweeper.spaces.describe import Description, FixedSetting, Nuisance
    from sweeper.spaces.space import Method

_LABEL = 12


def description_lines(space: Description) -> list[str]:
    """A labelled line for each thing that a space says; what it does not say is left out."""
    named = [*_compared(space), *_tried(space.nuisance, bool(space.compare)), *_fixed(space.fixed)]
    lines = [
        _labelled(line(space.name), [line(space.question)]) if space.question else [line(space.name)],
        _labelled("data", [_data(space.data)]),
        *named,
        _labelled("budget", [_budget(space)]),
        _labelled("search", [_method("sampler", space.sampler), _method("pruner", space.pruner)]),
        _labelled("", space.sampling),
        _labelled("programs", [f"{'at least ' if space.structures_more else ''}{space.structures} to compile"]),
    ]
    if space.baseline is not None:
        lines.append(_labelled("baseline", [", ".join(f"{name} {setting(value)}" for name, value in space.baseline.items())]))
    return [text for group in lines for text in group]


def _labelled(label: str, texts: Iterable[str]) -> list[str]:
    return [
        f"{label if place == 0 else '':<{_LABEL}} {line(text) if label else text}" for place, text in enumerate(texts) if text
    ]


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
    return [[f"{label if place == 0 else '':<{_LABEL}} {text}" for place, text in enumerate(texts)]]


def _ranges(row: Nuisance) -> str:
    return "   ".join(line(f"{option} {tried}".strip()) for option, tried in row.ranges)


def _fixed(settings: Iterable[FixedSetting]) -> list[list[str]]:
    given = [f"{fixed.name} {_plain(fixed.value)}" for fixed in settings if not fixed.default]
    defaults = [f"{fixed.name} {_plain(fixed.value)}" for fixed in settings if fixed.default and fixed.value is not None]
    return [_labelled("fixed", [" · ".join(given)]), _labelled("defaults", [" · ".join(defaults)])]


def _budget(space: Description) -> str:
    budget = space.budget
    time = f", at most {duration(budget.seconds)}" if budget.seconds is not None else ""
    return f"{plural(budget.trials, 'trial')} x {plural(budget.epochs, 'epoch')}{time}"


def _method(kind: str, method: Method | None) -> str:
    if method is None:
        return f"{kind} none"
    said = ", ".join(f"{name} {setting(value)}" for name, value in method.settings.items())
    return f"{kind} {method.name}" + (f" ({said})" if said else "")
