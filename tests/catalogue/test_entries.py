"""Every entry of the catalogue, whatever it is: names, defaults and examples that hold what they promise."""

from collections.abc import Iterator

import pytest

from sweeper.catalogue.declaration import REQUIRED, AllOf, Anything, Entry, Names, OneOf, Parameter, Takes
from sweeper.catalogue.metrics import DEFAULT_METRICS, METRICS, NOT_BUILT, metric
from sweeper.catalogue.sections import MODEL_SECTIONS, SPACE
from sweeper.records import Task
from sweeper.spaces.building import build
from sweeper.spaces.spot import Spot
from sweeper.spaces.yaml_reader import read_text


def entries(takes: Takes) -> Iterator[Entry]:
    if isinstance(takes, OneOf):
        for entry in takes.entries:
            yield entry
            for parameter in entry.parameters:
                yield from entries(parameter.takes)
    elif isinstance(takes, AllOf):
        for parameter in takes.parameters:
            yield from entries(parameter.takes)


def parameters(owned: tuple[Parameter, ...]) -> Iterator[Parameter]:
    for parameter in owned:
        yield parameter
        if isinstance(parameter.takes, AllOf):
            yield from parameters(parameter.takes.parameters)
        elif isinstance(parameter.takes, OneOf):
            for entry in parameter.takes.entries:
                yield from parameters(entry.parameters)


ENTRIES = list({id(entry): entry for entry in entries(SPACE)}.values())
PARAMETERS = list({id(parameter): parameter for parameter in parameters(SPACE.parameters)}.values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_complete(entry: Entry) -> None:
    assert entry.name.isidentifier() and entry.name == entry.name.lower() and entry.name != "none"
    assert entry.says
    names = [parameter.name for parameter in entry.parameters]
    assert len(set(names)) == len(names)
    if entry.implementation is not None:
        module, colon, name = entry.implementation.partition(":")
        assert module.startswith(("sweeper.", "optuna.")) and colon and name
    for parameter in entry.parameters:
        assert not parameter.instead_of or parameter.instead_of in names


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_a_default_is_one_of_the_values(parameter: Parameter) -> None:
    takes, default = parameter.takes, parameter.default
    if default is REQUIRED or isinstance(takes, AllOf | Names | Anything):
        return
    if default is None:
        assert parameter.optional, f"{parameter.name} has no default and cannot be none"
    elif isinstance(takes, OneOf):
        assert takes.named(str(default)) is not None
    else:
        assert takes.holds(default)  # type: ignore[arg-type]


SEARCHED = [one for one in parameters(MODEL_SECTIONS) if one.usual]


@pytest.mark.parametrize("parameter", SEARCHED, ids=lambda parameter: parameter.name)
def test_the_usual_range_can_be_pasted(parameter: Parameter) -> None:
    from sweeper.spaces.reader import read_place

    node = read_place(parameter, read_text(parameter.usual, "usual"), Spot(parameter.name, parameter.name, searching=True))
    assert node.name == parameter.name


@pytest.mark.parametrize("section", MODEL_SECTIONS, ids=lambda section: section.name)
def test_every_part_can_stand_alone(section: Parameter) -> None:
    if not isinstance(section.takes, OneOf):
        return
    for entry in section.takes.entries:
        if any(parameter.default is REQUIRED for parameter in entry.parameters) or not entry.built:
            continue
        sections = {"data": "digits", "model": "mlp", section.name: entry.name}
        text = "".join(f"{name}: {word}\n" for name, word in sections.items())
        from pathlib import Path

        space = build(read_text(text, "x.yaml"), stem="x", file="x.yaml", folder=Path(), text=text)
        assert list(space.defaults().configuration[section.name]) == [entry.name]


def test_metrics() -> None:
    names = [one.name for one in METRICS]
    assert len(set(names)) == len(names) and not set(names) & set(NOT_BUILT)
    for task in Task:
        assert all(known is not None and known.task is task for known in map(metric, DEFAULT_METRICS[task]))
