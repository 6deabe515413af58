"""The user's own Python files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sweeper.own_code import load_function, own_line


def test_a_file_may_import_its_neighbours_and_leaves_the_path_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_own.py").write_text("VALUE = 5\n")
    (tmp_path / "own.py").write_text("import neighbour_of_own\n\ndef value():\n    return neighbour_of_own.VALUE\n")
    before = list(sys.path)
    assert load_function("own.py:value", tmp_path)() == 5
    assert sys.path == before


def test_the_users_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def fails():\n    x = 1\n    return x / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        load_function("own.py:fails", tmp_path)()
    assert own_line(caught.value, tmp_path) == "own.py:3"


def test_an_error_elsewhere_names_no_line(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018
    assert own_line(caught.value, tmp_path) == ""


def test_a_file_that_fails_is_loaded_afresh_next_time(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text("raise RuntimeError('not yet')\n")
    with pytest.raises(RuntimeError):
        load_function("own.py:value", tmp_path)
    file.write_text("def value():\n    return 1\n")
    assert load_function("own.py:value", tmp_path)() == 1
