"""What the reader says of names that cannot stand where they stand, and the line that could.

Each function returns the SpaceError; the reader raises it.
"""

from __future__ import annotations

from sweeper.catalogue.declaration import Entry, OneOf, Parameter
from sweeper.errors import SpaceError
from sweeper.spaces.homes import elsewhere
from sweeper.spaces.nodes import Given, Mapping, Scalar, error_at, written
from sweeper.spaces.spot import Spot
from sweeper.spaces.wording import known_as, meant, perhaps


def unknown_part(takes: OneOf, given: Given, name: str, spot: Spot) -> SpaceError:
    names = [entry.name for entry in takes.entries]
    near = meant(name, names)
    place = spot.key if name != spot.key else "part"
    return error_at(
        given,
        f"unknown {place} '{name}'.{perhaps(name, names)}",
        path=spot.path,
        paste=(f"{spot.key}: {near}" if name != spot.key else f"{near}:") if near else "",
    )


def no_part(takes: OneOf, given: Mapping, spot: Spot) -> SpaceError:
    """One key, which is not a part's name: misspelled, or a setting without its part."""
    key, content = given.pairs[0]
    names = [entry.name for entry in takes.entries]
    near = meant(key.text, names)
    owner = next((entry for entry in takes.entries if entry.parameter(key.text)), None)
    if owner is not None:
        return _settings_alone(owner, given, spot)
    paste = f"{spot.key}: {{{near}: {written(content)}}}" if near else ""
    return error_at(key, f"unknown {spot.key} '{key.text}'.{perhaps(key.text, names)}", path=spot.path, paste=paste)


def not_one_part(takes: OneOf, given: Mapping, spot: Spot) -> SpaceError:
    parts = [key for key in given.keys if takes.named(key)]
    if not given.pairs:
        return error_at(given, f"empty braces; expected {takes.says()}", path=spot.path)
    if len(parts) == len(given.pairs) and spot.searching:
        bare = all(isinstance(value, Scalar) and value.empty for _, value in given.pairs)
        alone = f"[{', '.join(parts)}]" if bare else ""
        return error_at(
            given.pairs[1][0],
            f"{len(parts)} parts at once ({', '.join(parts)}); to try each, write them as a choice",
            path=spot.path,
            paste=f"{spot.key}: {{choice: {alone or written(given)}}}",
        )
    owner = next((entry for entry in takes.entries if any(entry.parameter(key) for key in given.keys)), None)
    if not parts and owner is not None:
        return _settings_alone(owner, given, spot)
    return error_at(
        given.pairs[1][0],
        f"one key was expected here, the part's name: {takes.says()}",
        path=spot.path,
        paste=f"{spot.key}: {{{(parts or [takes.entries[0].name])[0]}: {{...}}}}",
    )


def _settings_alone(owner: Entry, given: Mapping, spot: Spot) -> SpaceError:
    return error_at(
        given.pairs[0][0],
        f"'{given.keys[0]}' is a setting; the part it belongs to stands around it",
        path=spot.path,
        paste=f"{spot.key}: {{{owner.name}: {written(given)}}}",
    )


def unknown_setting(key: Scalar, value: Given, given: Mapping, known: tuple[str, ...], spot: Spot, owner: str) -> SpaceError:
    if key.text.isdigit() and isinstance(value, Scalar) and value.empty and (before := _before(given, key)) is not None:
        name, number = before
        return error_at(
            key,
            "a comma ends a value here; decimals are written with a point",
            path=spot.path,
            paste=f"{name.text}: {number.text}.{key.text}",
        )
    word, colon, rest = key.text.partition(":")
    if colon and word in known and isinstance(value, Scalar) and value.empty:
        return error_at(
            key, f"'{key.text}' lacks the space behind its colon, so it is one word", path=spot.path, paste=f"{word}: {rest}"
        )
    near = meant(key.text, known)
    if known_as(key.text, known) is None and (home := elsewhere(key.text, written(value), spot.path.partition(".")[0])):
        section = home.partition(":")[0]
        is_ = "is a section of its own" if section == key.text else f"belongs to the section '{section}'"
        return error_at(key, f"'{key.text}' is no setting of {owner}; it {is_}", path=spot.path, paste=home)
    return error_at(
        key,
        f"unknown setting '{key.text}' of {owner}.{perhaps(key.text, known)}",
        path=spot.path,
        paste=f"{near}: {written(value)}" if near else "",
    )


def two_ways(key: Scalar, value: Given, other: str, given: Mapping, spot: Spot) -> SpaceError:
    """Two settings of which each has a meaning without the other."""
    rival = given.get(other)
    readings = f"{other}: {written(rival) if rival is not None else '...'}  or  {key.text}: {written(value)}"
    return error_at(key, f"'{key.text}' takes the place of '{other}'; keep one of them:  {readings}", path=spot.path)


def _before(given: Mapping, key: Scalar) -> tuple[Scalar, Scalar] | None:
    """The name and whole number in front of a key."""
    index = next(index for index, (name, _) in enumerate(given.pairs) if name is key)
    if index == 0:
        return None
    name, value = given.pairs[index - 1]
    return (name, value) if isinstance(value, Scalar) and isinstance(value.value, int) else None


def example(parameter: Parameter) -> str:
    examples = {
        "data": "digits",
        "model": "{mlp: {layers: 64-64}}",
        "target": "the_column",
        "file": "rows.csv",
        "folder": "pictures/",
        "load": "my_data.py:load",
        "build": "my_model.py:build",
    }
    return f"{parameter.name}: {examples.get(parameter.name, '...')}"
