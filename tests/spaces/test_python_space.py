from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import describe, design, read_space

CODE = """
import beside

CALLS = 0

def space(trial):
    depth = trial.suggest_int("depth", 1, 3)
    width = trial.suggest_int("width", 8, 64, log=True)
    rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
    return {
        "data": beside.DATA,
        "model": {"mlp": {"layers": "-".join([str(width // 2**layer) for layer in range(depth)])}},
        "optimizer": {"adam": {"learning_rate": rate, "clipnorm": trial.suggest_categorical("clip", [None, 1.0])}},
        "budget": {"trials": 12},
    }

def ranges(trial):
    return {"data": "digits", "model": {"mlp": {"layers": {"choice": ["8", "16"]}}}}

def two_meanings(trial):
    trial.suggest_int("a", 1, 2)
    trial.suggest_int("a", 1, 3)

def backwards(trial):
    trial.suggest_float("a", 2.0, 1.0)

def not_finite(trial):
    trial.suggest_float("a", 0.0, float("nan"))

def repeated(trial):
    trial.suggest_categorical("a", [1, True])

def bad_name(trial):
    trial.suggest_int("../a", 1, 2)

def fails(trial):
    return {}["data"]

def leaves(trial):
    raise SystemExit(3)

def returns_nothing(trial):
    pass

def holds_an_object(trial):
    return {"data": object(), "model": "mlp"}

def compares(trial):
    return {"compare": "optimizer", "data": "digits", "model": "mlp"}

def changes(trial):
    return {"data": "digits", "model": "mlp", "budget": {"trials": trial.suggest_int("trials", 1, 100)}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text("DATA = 'digits'\n")
    found = tmp_path / "my_space.py"
    found.write_text(CODE)
    return found


def test_a_function_defines_a_space_by_running(file: Path) -> None:
    space = read_space(f"{file}:space")
    assert (space.name, space.budget.trials, space.sampler.name, space.static) == ("my-space", 12, "tpe", False)
    random = design(space, "random", 3)
    depths = set()
    for number in range(30):
        parameters = random.parameters(number)
        assert parameters is not None
        drawn = space.at(parameters)
        assert drawn.parameters == parameters and set(parameters) == {"depth", "width", "rate", "clip"}
        layers = drawn.configuration["model"]["mlp"]["layers"]
        depths.add(layers.count("-") + 1)
        assert drawn.configuration["optimizer"]["adam"]["learning_rate"] == parameters["rate"]
    assert depths == {1, 2, 3}
    assert describe(space).sampling


@pytest.mark.parametrize("sampler", ["qmc", "grid", "paired"])
def test_designs_that_need_a_tree_say_so(file: Path, sampler: str) -> None:
    with pytest.raises(SpaceError, match="from a Python function"):
        design(read_space(f"{file}:space"), sampler, 0)


@pytest.mark.parametrize(
    ("function", "words", "line"),
    [
        ("ranges", "values only", 0),
        ("two_meanings", "meant something else", 22),
        ("backwards", "low below high", 25),
        ("not_finite", "a finite float", 28),
        ("repeated", "repeat a value", 31),
        ("bad_name", "cannot name a parameter", 34),
        ("fails", "KeyError", 37),
        ("leaves", "SystemExit", 40),
        ("returns_nothing", "returned NoneType", 0),
        ("holds_an_object", "a object cannot stand", 0),
        ("compares", "no fixed tree", 0),
        ("spcae", "Did you mean 'space'", 0),
    ],
)
def test_a_wrong_function_is_refused_at_its_line(file: Path, function: str, words: str, line: int) -> None:
    with pytest.raises(SpaceError) as caught:
        space = read_space(f"{file}:{function}")
        space.defaults()
    assert words in caught.value.problem
    assert caught.value.place is not None and caught.value.place.line == line
    assert caught.value.place.file == str(file)


def test_only_the_searched_sections_may_differ(file: Path) -> None:
    space = read_space(f"{file}:changes")
    with pytest.raises(SpaceError, match="differs from trial to trial"):
        space.at({"trials": 3})


def test_python_without_a_function_or_a_file(file: Path) -> None:
    with pytest.raises(SpaceError, match="name the function"):
        read_space(str(file))
    with pytest.raises(SpaceError, match="cannot be read"):
        read_space("missing.py:space")


def test_a_broken_file_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("def space(trial):\n    return {\n")
    with pytest.raises(SpaceError) as caught:
        read_space(f"{file}:space")
    assert caught.value.place is not None and caught.value.place.line == 2
