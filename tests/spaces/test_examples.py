"""The ten examples, one for each kind of question: they read, are described, and every draw of them means what it says."""

from pathlib import Path

import pytest

from sweeper.catalogue.declaration import AllOf, OneOf, Parameter
from sweeper.catalogue.sections import MODEL_SECTIONS
from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces import SearchSpace, describe, design, read_space
from sweeper.spaces.suggesting import Chosen
from sweeper.spaces.tree import Range
from tests.spaces.reading import EXAMPLES

DRAWS = 200
BUILT = {"optimizers", "initializer_activation", "own_model", "recurrent", "regularization"}


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> Path:
    found = request.param
    assert isinstance(found, Path)
    return found


def test_there_are_ten() -> None:
    assert len(EXAMPLES) == 10


def test_it_reads_and_is_described(file: Path) -> None:
    space = read_space(file)
    described = describe(space)
    assert described.question and described.sampling and described.structures >= 1
    assert space.sampler.name == ("paired" if space.compare else "tpe")
    searched = {leaf.name for leaf in space.leaves}
    assert searched.isdisjoint(setting.name for setting in described.fixed)


def test_what_is_not_built_yet_is_refused_plainly(file: Path) -> None:
    space = read_space(file)
    if file.stem in BUILT:
        space.check_built()
    else:
        with pytest.raises(SpaceError, match="part of the language, but not built yet"):
            space.check_built()


class Watching:
    """Notes what each name means, and that a value fits its meaning."""

    def __init__(self, values: dict[str, Value], meanings: dict[str, object]) -> None:
        self.known, self.meanings, self.asked = Chosen(values), meanings, set[str]()

    def number(self, name: str, range: Range) -> int | float:
        self.note(name, (range.kind, range.low, range.high, range.log, range.step))
        return self.known.number(name, range)

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        self.note(name, options)
        return self.known.option(name, options)

    def note(self, name: str, meaning: object) -> None:
        assert name not in self.asked, f"{name} is asked for twice in one trial"
        self.asked.add(name)
        assert self.meanings.setdefault(name, meaning) == meaning, f"{name} has two meanings"


@pytest.mark.parametrize("sampler", ["paired", "random", "qmc", "grid"])
def test_two_hundred_draws_have_one_meaning_for_each_name(file: Path, sampler: str) -> None:
    space = read_space(file)
    if sampler == "paired" and not space.compare:
        return
    drawing, meanings = design(space, sampler, seed=3), dict[str, object]()
    for number in range(DRAWS):
        parameters = drawing.parameters(number)
        if parameters is None:
            assert drawing.size is not None and number >= drawing.size
            break
        watching = Watching(parameters, meanings)
        drawn = space.configure(watching)
        assert drawn.parameters == parameters
        assert watching.asked == set(parameters)
        check_complete(space, drawn.configuration)
    assert set(meanings) <= {leaf.name for leaf in space.leaves}


def check_complete(space: SearchSpace, configuration: dict[str, object]) -> None:
    for section in MODEL_SECTIONS:
        check_place(section, configuration[section.name])


def check_place(parameter: Parameter, value: object) -> None:
    if value is None:
        return
    if isinstance(parameter.takes, OneOf):
        assert isinstance(value, dict) and len(value) == 1
        [(name, settings)] = value.items()
        entry = parameter.takes.named(name)
        assert entry is not None
        assert set(settings) == {inner.name for inner in entry.parameters} or entry.open
        for inner in entry.parameters:
            check_place(inner, settings[inner.name])
    elif isinstance(parameter.takes, AllOf):
        assert isinstance(value, dict) and set(value) == {inner.name for inner in parameter.takes.parameters}
        for inner in parameter.takes.parameters:
            check_place(inner, value[inner.name])
    elif isinstance(value, list):
        assert parameter.per_layer and all(parameter.takes.holds(one) for one in value)  # type: ignore[union-attr]
    else:
        assert parameter.takes.holds(value), f"{parameter.name} = {value!r}"  # type: ignore[union-attr, arg-type]
