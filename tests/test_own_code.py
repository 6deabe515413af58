"""The user's own Python files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sweeper.errors import InputError
from sweeper.own_code import OwnCodeError, call, check_function, load_function, own_line, own_place, split_reference


def own(folder: Path, text: str) -> Path:
    (folder / "own.py").write_text(text)
    return folder / "own.py"


def test_a_file_may_import_its_neighbours_and_leaves_the_path_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_own.py").write_text("VALUE = 5\n")
    before = list(sys.path)
    path = own(tmp_path, "import neighbour_of_own\n\ndef value():\n    return neighbour_of_own.VALUE\n")
    assert call(path, load_function(path, "value")) == 5
    assert sys.path == before


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        (
            "def f():\n    x = 1\n    return x / 0\n",
            "own.py, line 3, in f: ZeroDivisionError: division by zero\n        return x / 0",
            3,
        ),
        ("import sys\ndef f():\n    sys.exit(0)\n", "own.py, line 3, in f: SystemExit: 0", 3),
        ("def f(:\n", "own.py, line 1: SyntaxError", 1),
        ("1 / 0\n", "own.py, line 1, in <module>: ZeroDivisionError", 1),
        ("def g():\n    pass\n", "own.py: has no function 'f'.", 0),
        ("def f(rows):\n    pass\n", "f does not take what it is called with, (): missing a required argument: 'rows'", 1),
    ],
)
def test_an_error_is_told_by_the_users_line(tmp_path: Path, text: str, says: str, line: int) -> None:
    path = own(tmp_path, text)
    with pytest.raises(OwnCodeError) as caught:
        call(path, load_function(path, "f"))
    assert says in str(caught.value)
    assert (caught.value.line, caught.value.path) == (line, path)


@pytest.mark.parametrize("reference", ["own.py", "own:build", "own.py:", "own.py:two words"])
def test_a_reference_is_a_file_and_a_function(tmp_path: Path, reference: str) -> None:
    with pytest.raises(InputError, match=r"expected file\.py:function"):
        split_reference(reference, tmp_path)


def test_an_error_deep_in_a_library_is_placed_at_the_users_innermost_line(tmp_path: Path) -> None:
    path = own(tmp_path, "import json\n\ndef f():\n    return json.loads('{')\n")
    with pytest.raises(ValueError, match="property name") as caught:
        load_function(path, "f")()
    assert own_line(caught.value, tmp_path) == "own.py, line 4"
    assert own_line(caught.value, tmp_path / "elsewhere") == ""


def test_a_file_that_was_mended_is_loaded_afresh(tmp_path: Path) -> None:
    path = own(tmp_path, "raise RuntimeError('not yet')\n")
    with pytest.raises(OwnCodeError):
        load_function(path, "value")
    own(tmp_path, "def value():\n    return 'mended'\n")
    assert load_function(path, "value")() == "mended"


def place(path: Path, body: str, *values: object) -> str:
    """Where a call of the file's function `f` fails."""
    path.write_text(body)
    with pytest.raises(OwnCodeError) as raised:
        call(path, load_function(path, "f"), *values)
    return own_place(raised.value, path.parent)


def test_what_fails_at_one_line_has_one_place_whatever_the_values_are(tmp_path: Path):
    path = tmp_path / "m.py"
    unfit = [place(path, "import math\n\ndef f():\n    pass\n", value) for value in (1, "two")]
    assert unfit == [f"TypeError in {path}, line 3"] * 2
    raising = "def f(a):\n    if a > 2:\n        raise ValueError(a)\n    raise KeyError(a)\n"
    assert [place(path, raising, value) for value in (3, 4)] == [f"ValueError in {path}, line 3"] * 2
    assert place(path, raising, 1) == f"KeyError in {path}, line 4"


def test_an_error_elsewhere_has_no_place_in_the_users_code(tmp_path: Path):
    assert own_place(ValueError("no"), tmp_path) == "" and own_place(InputError("no"), tmp_path) == ""


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0\ndef f():\n    pass\n",
        "from somewhere import f\n",
        "from somewhere import g as f\n",
        "from somewhere import *\n",
        "if True:\n    f = len\n",
    ],
)
def test_a_function_that_may_be_there_passes_and_its_file_is_not_run(tmp_path: Path, text: str) -> None:
    check_function(own(tmp_path, text), "f")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def build_it():\n    pass\n", "own.py: has no function 'build'. Did you mean 'build_it'?"),
        ("def f(:\n", "own.py, line 1: SyntaxError"),
        ("x = '\0'\n", "null bytes"),
    ],
)
def test_a_function_that_cannot_be_there_is_told_without_running_its_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(OwnCodeError) as caught:
        check_function(own(tmp_path, text), "build")
    assert says in str(caught.value)
    with pytest.raises(InputError, match=r"There is no file .other\.py."):
        check_function(tmp_path / "other.py", "build")
