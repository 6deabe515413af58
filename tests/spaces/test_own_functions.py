"""Functions of the user's that a space names."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import read_space

OWN = "def build(input_shape, outputs):\n    1 / 0\n\n\ndef load():\n    1 / 0\n"


def read(folder: Path, load: str, build: str):
    (folder / "own.py").write_text(OWN)
    file = folder / "own.yaml"
    file.write_text(f"data: {{python: {{load: '{load}'}}}}\nmodel: {{choice: {{mlp: {{}}, python: {{build: '{build}'}}}}}}\n")
    return read_space(str(file))


def test_functions_that_are_there_pass_and_are_not_called(tmp_path: Path) -> None:
    read(tmp_path, "own.py:load", "own.py:build").check_own()


@pytest.mark.parametrize(
    ("load", "build", "line", "says"),
    [
        ("own.py:lode", "own.py:build", 1, "own.py: has no function 'lode'. Did you mean 'load'?"),
        ("own.py:load", "own.py:bild", 2, "own.py: has no function 'bild'. Did you mean 'build'?"),
        ("own.py:load", "onw.py:build", 2, "There is no file 'onw.py' in "),
        ("own.py:load", "own.py", 2, "names no function; expected file.py:function"),
    ],
)
def test_one_that_is_not_is_told_by_the_line_of_the_space(tmp_path: Path, load: str, build: str, line: int, says: str) -> None:
    with pytest.raises(SpaceError) as caught:
        read(tmp_path, load, build).check_own()
    assert says in caught.value.problem
    assert f"own.yaml:{line}" in str(caught.value)
