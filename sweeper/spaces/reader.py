"""The recursive reader: nodes of a file and the catalogue's grammar to the searched tree.

Every function takes what was `given`, the catalogue's declaration of the place, and the `Spot` it stands at, and returns
a node of the tree or raises SpaceError.
"""

from __future__ import annotations

from dataclasses import replace

from sweeper.catalogue.declaration import REQUIRED, AllOf, Anything, Entry, Number, OneOf, Parameter
from sweeper.catalogue.sections import SEARCHED, SPACE
from sweeper.spaces.choices import read_choice
from sweeper.spaces.defaults import default_settings
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, error_at, written
from sweeper.spaces.ranges import read_range
from sweeper.spaces.refusals import example, no_part, not_one_part, two_ways, unknown_part, unknown_setting
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import Choice, Fixed, Group, Node, Options, Part, PerLayer, Range
from sweeper.spaces.values import bare_list, nothing_there, read_value, value_of
from sweeper.spaces.wording import meant

BASELINE = "baseline"
"""The one key of a space beside the catalogue's sections: a mapping of searched names to values."""


def read_tree(given: Given) -> Group:
    """The whole space, without `baseline`."""
    if not isinstance(given, Mapping):
        raise error_at(
            given,
            "a space is a mapping of sections; `data` and `model` are required",
            paste="data: digits    (and)    model: {mlp: {layers: 64-64}}",
        )
    sections = replace(given, pairs=tuple(pair for pair in given.pairs if pair[0].text != BASELINE))
    known = (*(parameter.name for parameter in SPACE.parameters), BASELINE)
    return Group("", SPACE, _settings(SPACE.parameters, sections, Spot(), "a space", also=known))


def read_place(parameter: Parameter, given: Given, spot: Spot, *, in_option: bool = False) -> Node:
    """Whatever stands behind a name: a value, a range, a choice, a part or a group."""
    takes = parameter.takes
    if isinstance(given, Mapping) and "choice" in given.keys and not in_option:
        return read_choice(parameter, given, spot, _read_option)
    if isinstance(takes, OneOf | AllOf):
        if isinstance(given, Sequence):
            raise bare_list(parameter, given, spot)
        if isinstance(given, Scalar) and given.empty:
            raise nothing_there(parameter, given, spot)
        if isinstance(given, Scalar) and given.is_none:
            return _without(parameter, given, spot)
        inner = spot.entered_by(parameter.enters)
        return _part(takes, given, inner) if isinstance(takes, OneOf) else _group(takes, given, inner)
    if isinstance(given, Mapping):
        return read_range(parameter, given, spot)
    return read_value(parameter, given, spot)


def _without(parameter: Parameter, given: Scalar, spot: Spot) -> Node:
    if parameter.optional:
        return Fixed(spot.path, None)
    if isinstance(parameter.takes, AllOf):
        return Group(spot.path, parameter.takes, default_settings(parameter.takes.parameters, spot))
    raise error_at(given, f"'{spot.key}' cannot be none; expected {parameter.takes.says()}", path=spot.path)


def _read_option(parameter: Parameter, name: str, content: Given, spot: Spot) -> Node:
    """What an option holds: what could stand there without `choice`. A part's name in front is that part."""
    takes, empty = parameter.takes, isinstance(content, Scalar) and content.empty
    inner = spot.entered_by(parameter.enters)
    if isinstance(takes, OneOf):
        entry = takes.named(name)
        if entry is not None:
            return Part(spot.path, entry, _entry_settings(entry, content, inner))
        if empty:
            raise unknown_part(takes, content, name, spot)
        return _own_named(takes, content, inner)
    if isinstance(takes, AllOf):
        if isinstance(content, Scalar) and content.is_none and not parameter.optional:
            return Group(spot.path, takes, default_settings(takes.parameters, inner))
        if empty:
            known = takes.named(name)
            if known is not None and known.default is None and not isinstance(known.takes, AllOf):
                raise error_at(
                    content,
                    f"the option '{name}' does not say how much",
                    path=spot.path,
                    paste=f"{name}: {{{name}: {known.usual or '...'}}}",
                )
            return Group(spot.path, takes, default_settings(takes.parameters, inner))
        return _group(takes, content, inner)
    if empty:  # the option's name is the value
        word = Scalar(name, _plain(name), False, content.source, content.line, content.column)
        return Fixed(spot.path, value_of(parameter, word, spot))
    return read_place(parameter, content, spot, in_option=True)


def _plain(name: str) -> str | int | float | bool | None:
    from sweeper.spaces.scalars import NotAValue, resolve

    try:
        return resolve(name)
    except NotAValue:
        return name


def _own_named(takes: OneOf, content: Given, spot: Spot) -> Part:
    """An option with a name of its own holds one part, whose settings have the option's name in the part's place."""
    if isinstance(content, Scalar) and (entry := takes.named(content.text)) is not None:
        return Part(spot.path, entry, _entry_settings(entry, None, spot))
    if isinstance(content, Mapping) and len(content.pairs) == 1 and (entry := takes.named(content.keys[0])) is not None:
        return Part(spot.path, entry, _entry_settings(entry, content.pairs[0][1], spot))
    near = meant(spot.key, (entry.name for entry in takes.entries))
    names = ", ".join(entry.name for entry in takes.entries)
    problem = f"'{spot.key}' is no part's name, so it holds one part by its name: {names}"
    inside = written(content) if isinstance(content, Mapping) else "{}"
    raise error_at(
        content,
        problem + (f". Did you mean '{near}'?" if near else ""),
        path=spot.path,
        paste=f"{near}: {inside}" if near else f"{spot.key}: {{{takes.entries[0].name}: {inside}}}",
    )


def _part(takes: OneOf, given: Given, spot: Spot) -> Part:
    if isinstance(given, Scalar):
        entry = takes.named(given.text)
        if entry is None:
            raise unknown_part(takes, given, given.text, spot)
        return Part(spot.path, entry, _entry_settings(entry, None, spot.into(entry.name), given))
    assert isinstance(given, Mapping)
    if len(given.pairs) != 1:
        raise not_one_part(takes, given, spot)
    key, content = given.pairs[0]
    entry = takes.named(key.text)
    if entry is None:
        raise no_part(takes, given, spot)
    return Part(spot.path, entry, _entry_settings(entry, content, spot.into(entry.name), key))


def _group(takes: AllOf, given: Given, spot: Spot) -> Group:
    if not isinstance(given, Mapping):
        first = takes.parameters[0]
        example = first.usual if first.usual and spot.searching else first.default if first.default is not None else "..."
        raise error_at(
            given,
            f"'{written(given)}' came, {takes.says()} were expected",
            path=spot.path,
            paste=f"{spot.key}: {{{first.name}: {example}}}",
        )
    return Group(spot.path, takes, _settings(takes.parameters, given, spot, f"'{spot.key}'"))


def _entry_settings(
    entry: Entry, content: Given | None, spot: Spot, place: Given | None = None
) -> tuple[tuple[str, Node], ...]:
    """All settings of a part, named ones and defaults, in the catalogue's order; an open part's own ones at the end."""
    if content is None or (isinstance(content, Scalar) and content.empty):
        at = place or content
        assert at is not None
        content = Mapping((), at.source, at.line, at.column)
    if not isinstance(content, Mapping):
        first = entry.parameters[0] if entry.parameters else None
        example = f"{{{first.name}: {first.usual or '...'}}}" if first else ""
        raise error_at(
            content,
            f"'{written(content)}' came, settings of {entry.name} were expected",
            path=spot.path,
            paste=f"{spot.key}: {example}" if first else spot.key,
        )
    own: list[tuple[str, Node]] = []
    if entry.open:
        declared = {parameter.name for parameter in entry.parameters}
        for key, value in content.pairs:
            if key.text not in declared:
                if not key.text.isidentifier():
                    raise error_at(
                        key, f"'{key.text}' reaches your function by keyword, so it must be a Python name", path=spot.path
                    )
                own.append((key.text, read_place(Parameter(key.text, Anything(), optional=True), value, spot.into(key.text))))
        content = replace(content, pairs=tuple(pair for pair in content.pairs if pair[0].text in declared))
    return (*_counted(entry, _settings(entry.parameters, content, spot, entry.name)), *own)


def _settings(
    parameters: tuple[Parameter, ...], given: Mapping, spot: Spot, owner: str, also: tuple[str, ...] = ()
) -> tuple[tuple[str, Node], ...]:
    known = {parameter.name: parameter for parameter in parameters}
    said = {key.text for key, value in given.pairs if not (isinstance(value, Scalar) and value.is_none)}
    found: dict[str, Node] = {}
    for key, value in given.pairs:
        parameter = known.get(key.text)
        if parameter is None:
            raise unknown_setting(key, value, given, also or tuple(known), spot, owner)
        if parameter.instead_of in said and key.text in said:
            raise two_ways(key, value, parameter.instead_of, given, spot)
        found[key.text] = read_place(parameter, value, _at(parameter, spot))
    missing = next(
        (parameter for parameter in parameters if parameter.default is REQUIRED and parameter.name not in found), None
    )
    if missing is not None:
        raise error_at(given, f"'{missing.name}' is missing in {owner}: {missing.says}", path=spot.path, paste=example(missing))
    defaults = dict(default_settings(parameters, spot, tuple(name for name in found if name in said)))
    return tuple((name, found[name] if name in found else defaults[name]) for name in known)


def _at(parameter: Parameter, spot: Spot) -> Spot:
    """The spot of a setting; at the top level it decides whether values may be tried below."""
    inner = spot.into(parameter.name)
    return replace(inner, searching=parameter.name in SEARCHED) if not spot.path else inner


def _counted(entry: Entry, settings: tuple[tuple[str, Node], ...]) -> tuple[tuple[str, Node], ...]:
    """Per-layer ranges learn which setting counts the layers: `depth`, or a whole number of `layers`."""
    if not any(isinstance(node, PerLayer) for _, node in settings):
        return settings
    names = [
        parameter.name for parameter in entry.parameters if isinstance(parameter.takes, Number) and parameter.takes.integer
    ]
    counter = "depth" if "depth" in names else "layers"
    most = _most(dict(settings)[counter])
    return tuple(
        (name, replace(node, counted_by=counter, most=most) if isinstance(node, PerLayer) else node) for name, node in settings
    )


def _most(node: Node) -> int:
    """The largest number a node can take."""
    if isinstance(node, Range):
        return int(node.high)
    if isinstance(node, Choice):
        return max(int(value) for value in node.values if isinstance(value, int))
    if isinstance(node, Options):
        return max(_most(content) for _, content in node.options)
    return node.value if isinstance(node, Fixed) and isinstance(node.value, int) else 0
