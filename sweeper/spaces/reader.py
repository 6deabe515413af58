"""The recursive reader: nodes of a file and the catalogue's grammar to the searched tree.

Every function takes what was `given`, the catalogue's declaration of the place, and the `Spot` it stands at, and returns
a node of the tree or raises SpaceError.
"""

from __future__ import annotations

from dataclasses import replace

from sweeper.catalogue.declaration import REQUIRED, AllOf, Anything, Entry, Number, OneOf, Parameter
from sweeper.catalogue.sections import SEARCHED, SPACE
from sweeper.errors import SpaceError
from sweeper.spaces.choices import read_choice
from sweeper.spaces.defaults import default_settings
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, error_at, written
from sweeper.spaces.ranges import read_range
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import Choice, Fixed, Group, Node, Options, Part, PerLayer, Range
from sweeper.spaces.values import bare_list, nothing_there, read_value, value_of
from sweeper.spaces.wording import meant, perhaps

BASELINE = "baseline"
"""The one key of a space beside the catalogue's sections: a mapping of searched names to values."""


def read_tree(given: Given) -> Group:
    """The whole space, without `baseline`."""
    if not isinstance(given, Mapping):
        raise error_at(given, "a space is a mapping of sections; `data` and `model` are required",
                       paste="data: digits    (and)    model: {mlp: {layers: 64-64}}")  # fmt: skip
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
            raise _unknown_part(takes, content, name, spot)
        return _own_named(takes, content, inner)
    if isinstance(takes, AllOf):
        if isinstance(content, Scalar) and content.is_none and not parameter.optional:
            return Group(spot.path, takes, default_settings(takes.parameters, inner))
        if empty:
            known = takes.named(name)
            if known is not None and known.default is None and not isinstance(known.takes, AllOf):
                raise error_at(content, f"the option '{name}' does not say how much", path=spot.path,
                               paste=f"{name}: {{{name}: {known.usual or '...'}}}")  # fmt: skip
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
    raise error_at(content, problem + (f". Did you mean '{near}'?" if near else ""), path=spot.path,
                   paste=f"{near}: {inside}" if near else f"{spot.key}: {{{takes.entries[0].name}: {inside}}}")  # fmt: skip


def _part(takes: OneOf, given: Given, spot: Spot) -> Part:
    if isinstance(given, Scalar):
        entry = takes.named(given.text)
        if entry is None:
            raise _unknown_part(takes, given, given.text, spot)
        return Part(spot.path, entry, _entry_settings(entry, None, spot.into(entry.name), given))
    assert isinstance(given, Mapping)
    if len(given.pairs) != 1:
        raise _not_one_part(takes, given, spot)
    key, content = given.pairs[0]
    entry = takes.named(key.text)
    if entry is None:
        raise _no_part(takes, given, spot)
    return Part(spot.path, entry, _entry_settings(entry, content, spot.into(entry.name), key))


def _unknown_part(takes: OneOf, given: Given, name: str, spot: Spot) -> SpaceError:
    names = [entry.name for entry in takes.entries]
    near = meant(name, names)
    place = spot.key if name != spot.key else "part"
    return error_at(given, f"unknown {place} '{name}'.{perhaps(name, names)}", path=spot.path,
                    paste=(f"{spot.key}: {near}" if name != spot.key else f"{near}:") if near else "")  # fmt: skip


def _no_part(takes: OneOf, given: Mapping, spot: Spot) -> SpaceError:
    """One key, which is not a part's name: misspelled, or a setting without its part."""
    key, content = given.pairs[0]
    names = [entry.name for entry in takes.entries]
    near = meant(key.text, names)
    owner = next((entry for entry in takes.entries if entry.parameter(key.text)), None)
    if owner is not None:
        return _settings_alone(owner, given, spot)
    paste = f"{spot.key}: {{{near}: {written(content)}}}" if near else ""
    return error_at(key, f"unknown {spot.key} '{key.text}'.{perhaps(key.text, names)}", path=spot.path, paste=paste)


def _not_one_part(takes: OneOf, given: Mapping, spot: Spot) -> SpaceError:
    parts = [key for key in given.keys if takes.named(key)]
    if not given.pairs:
        return error_at(given, f"empty braces; expected {takes.says()}", path=spot.path)
    if len(parts) == len(given.pairs) and spot.searching:
        return error_at(given.pairs[1][0], f"{len(parts)} parts at once ({', '.join(parts)}); to try each, write them as a choice",
                        path=spot.path, paste=f"{spot.key}: {{choice: {written(given)}}}")  # fmt: skip
    owner = next((entry for entry in takes.entries if any(entry.parameter(key) for key in given.keys)), None)
    if not parts and owner is not None:
        return _settings_alone(owner, given, spot)
    return error_at(given.pairs[1][0], f"one key was expected here, the part's name: {takes.says()}", path=spot.path,
                    paste=f"{spot.key}: {{{(parts or [takes.entries[0].name])[0]}: {{...}}}}")  # fmt: skip


def _settings_alone(owner: Entry, given: Mapping, spot: Spot) -> SpaceError:
    return error_at(given.pairs[0][0], f"'{given.keys[0]}' is a setting; the part it belongs to stands around it", path=spot.path,
                    paste=f"{spot.key}: {{{owner.name}: {written(given)}}}")  # fmt: skip


def _group(takes: AllOf, given: Given, spot: Spot) -> Group:
    if not isinstance(given, Mapping):
        first = takes.parameters[0]
        example = first.usual if first.usual and spot.searching else first.default if first.default is not None else "..."
        raise error_at(given, f"'{written(given)}' came, {takes.says()} were expected", path=spot.path,
                       paste=f"{spot.key}: {{{first.name}: {example}}}")  # fmt: skip
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
        raise error_at(content, f"'{written(content)}' came, settings of {entry.name} were expected", path=spot.path,
                       paste=f"{spot.key}: {example}" if first else spot.key)  # fmt: skip
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
    found: dict[str, Node] = {}
    for key, value in given.pairs:
        parameter = known.get(key.text)
        if parameter is None:
            raise _unknown_setting(key, value, given, also or tuple(known), spot, owner)
        if parameter.instead_of and parameter.instead_of in given.keys:
            raise error_at(
                key, f"'{key.text}' and '{parameter.instead_of}' say the same thing; keep one of them", path=spot.path
            )
        found[key.text] = read_place(parameter, value, _at(parameter, spot))
    missing = next(
        (parameter for parameter in parameters if parameter.default is REQUIRED and parameter.name not in found), None
    )
    if missing is not None:
        raise error_at(
            given, f"'{missing.name}' is missing in {owner}: {missing.says}", path=spot.path, paste=_example(missing)
        )
    defaults = dict(default_settings(parameters, spot, tuple(found)))
    return tuple((name, found[name] if name in found else defaults[name]) for name in known)


def _at(parameter: Parameter, spot: Spot) -> Spot:
    """The spot of a setting; at the top level it decides whether values may be tried below."""
    inner = spot.into(parameter.name)
    return replace(inner, searching=parameter.name in SEARCHED) if not spot.path else inner


def _unknown_setting(key: Scalar, value: Given, given: Mapping, known: tuple[str, ...], spot: Spot, owner: str) -> SpaceError:
    if key.text.isdigit() and isinstance(value, Scalar) and value.empty and (before := _before(given, key)) is not None:
        name, number = before
        return error_at(key, "a comma ends a value here; decimals are written with a point", path=spot.path,
                        paste=f"{name.text}: {number.text}.{key.text}")  # fmt: skip
    word, colon, rest = key.text.partition(":")
    if colon and word in known and isinstance(value, Scalar) and value.empty:
        return error_at(
            key, f"'{key.text}' lacks the space behind its colon, so it is one word", path=spot.path, paste=f"{word}: {rest}"
        )
    near = meant(key.text, known)
    return error_at(key, f"unknown setting '{key.text}' of {owner}.{perhaps(key.text, known)}", path=spot.path,
                    paste=f"{near}: {written(value)}" if near else "")  # fmt: skip


def _before(given: Mapping, key: Scalar) -> tuple[Scalar, Scalar] | None:
    """The name and whole number in front of a key."""
    index = next(index for index, (name, _) in enumerate(given.pairs) if name is key)
    if index == 0:
        return None
    name, value = given.pairs[index - 1]
    return (name, value) if isinstance(value, Scalar) and isinstance(value.value, int) else None


def _example(parameter: Parameter) -> str:
    examples = {"data": "digits", "model": "{mlp: {layers: 64-64}}", "target": "the_column", "file": "rows.csv",
                "folder": "pictures/", "load": "my_data.py:load", "build": "my_model.py:build"}  # fmt: skip
    return f"{parameter.name}: {examples.get(parameter.name, '...')}"


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
