"""`{choice: [a, b]}` and `choice:` with named options."""

from __future__ import annotations

import re
from collections.abc import Callable

from sweeper.catalogue.declaration import AllOf, Anything, OneOf, Parameter, Sizes, Word
from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, error_at, written
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import Choice, Fixed, Node, Options, Part
from sweeper.spaces.values import value_of
from sweeper.spaces.wording import meant, perhaps

ReadOption = Callable[[Parameter, str, Given, Spot], Node]
"""Reads the content of the option of this name, which stands at this spot."""


def read_choice(parameter: Parameter, given: Mapping, spot: Spot, read_option: ReadOption) -> Choice | Options:
    """A choice. Raises SpaceError."""
    inner = given.get("choice")
    assert inner is not None
    if not spot.searching:
        raise error_at(
            given,
            "nothing is tried here; choices belong to model, initializer, regularization, optimizer and training",
            path=spot.path,
        )
    for key, _ in given.pairs:
        if key.text not in ("choice", "default"):
            raise error_at(
                key, f"'{key.text}' cannot stand beside 'choice'.{perhaps(key.text, ('choice', 'default'))}", path=spot.path
            )
    if isinstance(inner, Scalar) or not (inner.items if isinstance(inner, Sequence) else inner.pairs):
        came = "nothing" if isinstance(inner, Scalar) and inner.empty else written(inner)
        raise error_at(
            inner,
            f"{came} came, a list of values or named options was expected behind 'choice:'",
            path=spot.path,
            paste=f"{spot.key}: {parameter.usual or _some(parameter)}",
        )
    if isinstance(inner, Mapping):
        return _options(parameter, given, inner.pairs, spot, read_option)
    if isinstance(parameter.takes, AllOf):
        raise error_at(
            inner,
            f"options of a group have names: '{spot.key}' is settings that apply together",
            path=spot.path,
            paste=f"{spot.key}: {{choice: {{none: , mine: {{{parameter.takes.parameters[0].name}: ...}}}}}}",
        )
    if isinstance(parameter.takes, OneOf):
        return _options(parameter, given, _as_options(parameter.takes, inner, spot), spot, read_option)
    return _values(parameter, given, inner, spot)


def _some(parameter: Parameter) -> str:
    takes = parameter.takes
    words = takes.words if isinstance(takes, Word) else [one.name for one in takes.entries] if isinstance(takes, OneOf) else []
    return f"{{choice: [{', '.join(words[:2]) or 'first, second'}]}}"


def _values(parameter: Parameter, given: Mapping, inner: Sequence, spot: Spot) -> Choice:
    values = []
    for item in inner.items:
        if isinstance(item, Sequence) and isinstance(parameter.takes, Sizes | Anything):
            words = ["-".join(map(written, one.items)) if isinstance(one, Sequence) else written(one) for one in inner.items]
            raise error_at(
                item,
                "a list inside a choice; one net's sizes are one word",
                path=spot.path,
                paste=f"{spot.key}: {{choice: [{', '.join(words)}]}}",
            )
        value = _value(parameter, inner, item, spot)
        if value in values:
            raise error_at(item, f"'{written(item)}' stands in the choice twice", path=spot.path)
        values.append(value)
    default = parameter.default if parameter.default in values else values[0]
    if (named := given.get("default")) is not None and (default := value_of(parameter, named, spot)) not in values:
        raise error_at(named, f"the default '{written(named)}' is none of the choices", path=spot.path)
    return Choice(tuple(values), default, spot.path, spot.shared, spot.enters(parameter.enters))


def _value(parameter: Parameter, inner: Sequence, item: Given, spot: Spot) -> Value:
    """One of the values; the line to paste holds the others too."""
    try:
        return value_of(parameter, item, spot)
    except SpaceError as error:
        right = error.paste.removeprefix(f"{spot.key}: ")
        words = [right if one is item else written(one) for one in inner.items]
        paste = f"{spot.key}: {{choice: [{', '.join(words)}]}}" if right and "{" not in right else ""
        raise error_at(item, error.problem, path=spot.path, paste=paste) from None


def _as_options(takes: OneOf, inner: Sequence, spot: Spot) -> tuple[tuple[Scalar, Given], ...]:
    """A list of parts as they come is a mapping of empty options."""
    found: dict[str, tuple[Scalar, Given]] = {}
    for item in inner.items:
        if not isinstance(item, Scalar) or item.empty:
            raise error_at(
                item,
                "a part with settings in a list; options with settings have names, without dashes",
                path=spot.path,
                paste=f"{spot.key}: {{choice: {{{', '.join(_unlisted(one) for one in inner.items)}}}}}",
            )
        names = [entry.name for entry in takes.entries]
        if item.text not in (*names, "none"):
            near = meant(item.text, names)
            words = [near or "" if one is item else written(one) for one in inner.items]
            raise error_at(
                item,
                f"unknown {spot.key} '{item.text}'.{perhaps(item.text, names)}",
                path=spot.path,
                paste=f"{spot.key}: {{choice: [{', '.join(words)}]}}" if near else "",
            )
        if item.text in found:
            raise error_at(item, f"'{item.text}' stands in the choice twice", path=spot.path)
        found[item.text] = item, Scalar("", None, False, item.source, item.line, item.column)
    return tuple(found.values())


def _unlisted(item: Given) -> str:
    return written(item)[1:-1] if isinstance(item, Mapping) else f"{written(item)}: "


def _options(
    parameter: Parameter, given: Mapping, pairs: tuple[tuple[Scalar, Given], ...], spot: Spot, read_option: ReadOption
) -> Options:
    options: list[tuple[str | None, Node]] = []
    for key, content in pairs:
        if not re.fullmatch(r"[\w-]{1,64}", key.text):
            raise error_at(key, f"'{key.text}' cannot name an option; up to 64 letters, digits, - and _ can", path=spot.path)
        if isinstance(content, Mapping) and "choice" in content.keys:
            raise error_at(content, "a choice directly inside a choice; list all options side by side", path=spot.path)
        if key.text == "none":
            options.append((None, _without(parameter, key, content, spot, read_option)))
            continue
        node = read_option(parameter, key.text, _placed(content, key), spot.option(key.text))
        options.append((key.text, node))
    names = [name for name, _ in options]
    default = _default_option(parameter, options)
    if (named := given.get("default")) is not None:
        default = None if isinstance(named, Scalar) and named.is_none else written(named)
        if default not in names:
            raise error_at(named, f"the default '{written(named)}' is none of the options", path=spot.path)
    return Options(tuple(options), default, spot.path, spot.shared, spot.enters(parameter.enters))


def _placed(content: Given, key: Scalar) -> Given:
    """An empty option is pointed at by its name: nothing else stands there."""
    if isinstance(content, Scalar) and content.empty:
        return Scalar("", None, False, key.source, key.line, key.column)
    return content


def _without(parameter: Parameter, key: Scalar, content: Given, spot: Spot, read_option: ReadOption) -> Node:
    if written(content) not in ("", "none", "{}"):
        raise error_at(content, "the option 'none' is without content; give this option another name", path=spot.path)
    if not parameter.optional and not isinstance(parameter.takes, AllOf | Anything):
        raise error_at(key, f"'{spot.key}' cannot be none; expected {parameter.takes.says()}", path=spot.path)
    if isinstance(parameter.takes, AllOf) and not parameter.optional:
        return read_option(
            parameter, "none", Scalar("none", "none", False, key.source, key.line, key.column), spot.option("none")
        )
    return Fixed(spot.path, None)


def _default_option(parameter: Parameter, options: list[tuple[str | None, Node]]) -> str | None:
    """The option that stands for the defaults: the catalogue's default part by name, else by content, else the first."""
    names = [name for name, _ in options]
    if parameter.default is None and None in names:
        return None
    if parameter.default in names:
        return str(parameter.default)
    same = (name for name, node in options if isinstance(node, Part) and node.entry.name == parameter.default)
    return next(same, names[0])
