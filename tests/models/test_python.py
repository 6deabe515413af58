"""The user's own model, and everything that can be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweeper.errors import InputError
from sweeper.models.python import build

GOOD = """
import keras

def build(input_shape, outputs, units=4):
    layers = keras.layers
    return keras.Sequential([keras.Input(input_shape), layers.Dense(units, activation="relu"), layers.Dense(outputs)])

def not_a_model(input_shape, outputs):
    return 3

def wrong_outputs(input_shape, outputs):
    return keras.Sequential([keras.Input(input_shape), keras.layers.Dense(outputs + 1)])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text(GOOD)
    return tmp_path


def test_settings_reach_the_function_by_keyword(folder: Path) -> None:
    model = build({"build": "own.py:build", "units": 7}, {}, (3,), 2, str(folder))
    assert model.layers[0].units == 7
    assert model.output_shape == (None, 2)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("own.py:not_a_model", "returned int; expected a keras.Model"),
        ("own.py:wrong_outputs", r"output \(None, 3\); expected \(None, 2\)"),
        ("own.py:bild", "Did you mean 'build'"),
        ("other.py:build", "There is no file"),
        ("own.build", "expected file.py:function"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, reference: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        build({"build": reference}, {}, (3,), 2, str(folder))
