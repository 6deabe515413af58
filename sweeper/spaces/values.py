"""One value of one setting: its type, its range, and what to write instead when it does not fit."""

from __future__ import annotations

import re
from typing import NoReturn

from sweeper.catalogue.declaration import AllOf, Anything, Flag, Names, Number, OneOf, Parameter, Sizes, Text, Word
from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.nodes import Given, Scalar, Sequence, error_at, written
from sweeper.spaces.scalars import looks_like
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import Fixed
from sweeper.spaces.wording import meant, perhaps, shown


def read_value(parameter: Parameter, given: Given, spot: Spot) -> Fixed:
    """A fixed value. Raises SpaceError."""
    if isinstance(parameter.takes, Names):
        return Fixed(spot.path, _names(given, spot))
    if isinstance(given, Sequence):
        if isinstance(parameter.takes, Anything) and not spot.searching:
            return Fixed(spot.path, tuple(value_of(parameter, item, spot) for item in given.items))
        raise bare_list(parameter, given, spot)
    return Fixed(spot.path, value_of(parameter, given, spot))


def value_of(parameter: Parameter, given: Given, spot: Spot) -> Value:
    """The value of a word, as the type that the setting takes: a float is 1.0 where `1` is written. Raises SpaceError."""
    takes = parameter.takes
    if not isinstance(given, Scalar):
        raise wrong(parameter, given, spot)
    if given.empty:
        raise nothing_there(parameter, given, spot)
    if given.is_none:
        if parameter.optional or isinstance(takes, Anything):
            return None
        raise error_at(
            given, f"'{spot.key}' cannot be none; expected {takes.says()}", path=spot.path, paste=_usual(parameter, spot)
        )
    if isinstance(takes, Text):
        return given.text
    if isinstance(takes, Sizes) and takes.holds(given.text):
        return given.text
    if isinstance(takes, Anything | OneOf | AllOf | Names):
        return given.value
    if not takes.holds(given.value):
        _refuse(parameter, given, spot)
    return float(given.value) if isinstance(takes, Number) and not takes.integer else given.value  # type: ignore[arg-type]


def bare_list(parameter: Parameter, given: Sequence, spot: Spot) -> SpaceError:
    """A list alone, where values are searched, could be one value or values to try."""
    choice = f"{spot.key}: {{choice: {written(given)}}}"
    if isinstance(parameter.takes, Sizes) and all(isinstance(item, Scalar) for item in given.items):
        one = f"{spot.key}: {parameter.takes.separator.join(written(item) for item in given.items)}"
        several = spot.searching and any(parameter.takes.separator in written(item) for item in given.items)
        readings = f"to try each, write  {choice}", f"one net's sizes are one word:  {one}"
        return error_at(
            given,
            f"a list alone has two readings: {'; '.join(readings if several else reversed(readings))}",
            path=spot.path,
            paste=choice if several else one,
        )
    if not spot.searching:
        return error_at(given, f"a list, where {parameter.takes.says()} was expected", path=spot.path)
    first = written(given.items[0]) if given.items else "..."
    return error_at(
        given,
        f"a list alone has two readings: for one value write  {spot.key}: {first}; to try each, write it as a choice",
        path=spot.path,
        paste=choice,
    )


def nothing_there(parameter: Parameter, given: Given, spot: Spot) -> SpaceError:
    says = parameter.takes.says() + (", or none" if parameter.optional else "")
    return error_at(
        given, f"nothing stands behind '{spot.key}:'; expected {says}", path=spot.path, paste=_usual(parameter, spot)
    )


def wrong(parameter: Parameter, given: Given, spot: Spot) -> SpaceError:
    """A mapping or list where a word was expected."""
    kind = "a list" if isinstance(given, Sequence) else "settings in braces"
    return error_at(
        given, f"{kind}, where {parameter.takes.says()} was expected", path=spot.path, paste=_usual(parameter, spot)
    )


def _refuse(parameter: Parameter, given: Scalar, spot: Spot) -> NoReturn:
    takes, paste = parameter.takes, ""
    came = f'"{given.text}"' if given.quoted else f"'{given.text}'"
    problem = f"{came} came; expected {takes.says()}"
    if isinstance(takes, Word):
        problem = f"unknown {spot.key} {came}.{perhaps(given.text, takes.words)}"
        near = meant(given.text, takes.words)
        paste = f"{spot.key}: {near}" if near else ""
    elif isinstance(takes, Sizes):
        numbers = [str(int(number)) for number in re.findall(r"[0-9]{1,9}", given.text) if int(number) > 0]
        if numbers and (takes.count is None or len(numbers) == takes.count):
            paste = f"{spot.key}: {takes.separator.join(numbers)}"
    elif isinstance(takes, Number):
        number = looks_like(given.text)
        if number is None and isinstance(given.value, float) and given.value.is_integer() and takes.integer:
            number = int(given.value)
        if isinstance(given.value, float) and takes.integer and given.value.is_integer():
            number = int(given.value)
        if number is not None and takes.holds(number) and shown(number) != written(given):
            problem += (
                "; a decimal point, not a comma" if "," in given.text else "; a number has no quotes" if given.quoted else ""
            )
            paste = f"{spot.key}: {shown(number)}"
    elif isinstance(takes, Flag):
        word = {"yes": "true", "on": "true", "no": "false", "off": "false", "1": "true", "0": "false"}.get(given.text.lower())
        paste = f"{spot.key}: {word}" if word else ""
    raise error_at(given, problem, path=spot.path, paste=paste)


def _names(given: Given, spot: Spot) -> tuple[str, ...] | None:
    if isinstance(given, Scalar) and given.is_none:
        return None
    items = given.items if isinstance(given, Sequence) else (given,)
    names = []
    for item in items:
        if not isinstance(item, Scalar) or item.empty:
            raise error_at(
                item, f"'{spot.key}' takes a name or a list of names", path=spot.path, paste=f"{spot.key}: [first, second]"
            )
        if item.text in names:
            raise error_at(item, f"'{item.text}' is named twice", path=spot.path)
        names.append(item.text)
    return tuple(names)


def _usual(parameter: Parameter, spot: Spot) -> str:
    if parameter.usual and spot.searching:
        return f"{spot.key}: {parameter.usual}"
    default = parameter.default
    return f"{spot.key}: {shown(default)}" if isinstance(default, bool | int | float | str) else ""
