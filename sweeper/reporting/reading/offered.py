"""What a sweep sets against each other, in the order in which its space file names it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product

Offered = Mapping[str, tuple[str, ...]]
"""Of each compared parameter its values, as texts."""
JOIN = " · "
"""Between the values of several parameters in the name of a choice."""


def offered_of(text: str) -> Offered:
    """What the tag `sweeper.choices` says: `{"optimizer": ["sgd", "adam"]}`. Empty for anything else: whoever wrote it, a
    report is made."""
    try:
        said = json.loads(text)
        return {str(path): tuple(map(str, values)) for path, values in said.items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def choices_offered(compare: Sequence[str], offered: Offered) -> tuple[str, ...]:
    """The names of all choices, or of all combinations where several parameters are compared; empty where one is not said."""
    if not compare or not all(path in offered for path in compare):
        return ()
    return tuple(JOIN.join(values) for values in product(*(offered[path] for path in compare)))


def in_order(tried: Sequence[str], offered: Sequence[str]) -> list[str]:
    """Those that were tried, in the order in which they are offered; where one of them is not, in the order that they have."""
    places = {_alike(name): place for place, name in enumerate(offered)}
    names = list(dict.fromkeys(tried))
    return sorted(names, key=lambda name: places[_alike(name)]) if all(_alike(name) in places for name in names) else names


def _alike(name: str) -> tuple[str, ...]:
    """A number has several spellings: a file says 0 where a column of numbers has 0.0."""
    return tuple(map(_spelled, name.split(JOIN)))


def _spelled(word: str) -> str:
    try:
        return repr(float(word))
    except ValueError:
        return word
