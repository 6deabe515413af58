"""What is exported does what the sweep's network did: the model predicts the same, the script trains to the same value."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from sweeper.errors import SweepError
from sweeper.records import Objective
from tests.training.conftest import configuration

from .conftest import Export

ADAM = {"adam": {"learning_rate": 0.01}}
DIGITS = {"digits": {"train_rows": 100}}
_MLP = {"layers": "12-8", "depth": None, "activation": "tanh", "normalization": "batch"}
_CNN = {"filters": "4-6", "kernel_size": 3, "activation": "relu", "normalization": "batch", "pooling": "max"}
_RNN = {"cell": "lstm", "layers": 1, "units": 5, "bidirectional": True, "head": "average"}
_TRANSFORMER = {"depth": 1, "heads": 2, "head_width": 4, "feed_forward": 2, "activation": "relu"}

EXACT: dict[str, dict[str, Any]] = {
    "mlp": {"model": {"mlp": _MLP}, "regularization": {"dropout": 0.3, "noise": 0.1, "l1": 1e-4, "l2": 1e-3}},
    "cnn": {"model": {"cnn": {**_CNN, "head": "flatten", "dense": "8"}}, "regularization": {"dropout": 0.2, "l2": 1e-3}},
    "rnn": {"model": {"rnn": _RNN}, "regularization": {"dropout": 0.2, "l2": 1e-3}},
}
PRE = {**_TRANSFORMER, "normalization": "pre", "positions": "learned"}
POST = {**_TRANSFORMER, "normalization": "post", "positions": "sinusoidal"}


@pytest.mark.parametrize("name", EXACT)
def test_the_script_gives_the_sweeps_value_to_the_last_bit(name: str, export_of: Export) -> None:
    made = export_of(configuration(ADAM, **EXACT[name]), DIGITS)
    assert made.exported.no_script == ""
    assert made.exported.script_value == made.exported.value == made.value
    assert made.exported.difference < 1e-5
    assert "to the last digit" in made.script
    compile(made.script, "train.py", "exec")


def test_a_transformers_script_comes_near_and_says_how_near(export_of: Export) -> None:
    """Grappler folds Keras's constants otherwise than the engine's: the last bit differs (see tests/training/test_twins.py)."""
    made = export_of(configuration(ADAM, model={"transformer": PRE}, regularization={"dropout": 0.2}), DIGITS)
    assert made.exported.script_value == pytest.approx(made.value, rel=1e-4)
    assert made.exported.difference < 1e-5
    assert ("to the last digit" in made.script) == (made.exported.script_value == made.value)


def test_a_script_that_is_not_run_says_so(export_of: Export) -> None:
    made = export_of(configuration(ADAM, model={"transformer": POST}), DIGITS, epochs=1, run=False)
    assert made.exported.script_value is None
    assert made.exported.difference < 1e-5
    assert "It was not run when it was written" in made.script


def test_a_regression_in_the_datas_own_units(export_of: Export, tmp_path: Path) -> None:
    stopping = {"early_stopping": {"patience": 2, "min_delta": 0.01}}
    schedule = {"sgd": {"learning_rate": 0.1, "momentum": 0.5, "schedule": {"step": {"drop": 0.5, "every": 1}}}}
    made = export_of(
        configuration(schedule, regularization=stopping), "diabetes", objective=Objective("val_mae", False, ("mae",)), epochs=8
    )
    assert made.exported.script_value == pytest.approx(made.value, rel=1e-5)
    assert made.exported.difference < 1e-5
    model = keras.models.load_model(made.folder / "model.keras")
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    validation = np.load(made.folder / "rows.npz")["validation"]
    mae = np.abs(model.predict(x[validation], verbose=0)[:, 0] - y[validation]).mean()
    assert mae == pytest.approx(made.value, rel=1e-5)


def test_another_objective_is_measured_as_the_sweep_did(export_of: Export) -> None:
    objective = Objective("val_f1", maximize=True, metrics=("f1",))
    made = export_of(configuration({"nadam": {"learning_rate": 0.05}}, class_weight="balanced"), objective=objective)
    assert made.exported.script_value == pytest.approx(made.value, abs=1e-6)


def test_rows_in_their_own_order_and_a_fold(export_of: Export) -> None:
    made = export_of(configuration(ADAM, shuffle=False), {"iris": {"folds": 3, "label_noise": 0.3}}, fold=1)
    assert made.exported.script_value == made.value
    assert "shuffled" not in made.script and "hashlib" not in made.script


TABLE = """\
age,city,hours,bought
31,Oslo,3.5,yes
,Bergen,1.25,no
47,,2,no
52,Oslo,,yes
"""


def test_a_table_with_text_and_blanks(export_of: Export, tmp_path: Path) -> None:
    rows = TABLE.splitlines()
    (tmp_path / "shop.csv").write_text("\n".join([rows[0], *rows[1:] * 15]) + "\n")
    data = {"csv": {"file": "shop.csv", "target": "bought"}}
    made = export_of(configuration(ADAM), data, epochs=2)
    assert made.exported.script_value == made.value
    about = json.loads((made.folder / "model.json").read_text())
    assert about["input"]["columns"] == [{"name": "age"}, {"name": "city", "values": ["Bergen", "Oslo"]}, {"name": "hours"}]
    assert about["output"]["classes"] == ["no", "yes"]
    model = keras.models.load_model(made.folder / "model.keras")
    given = model.predict(np.array([[31, 1, 3.5], [31, np.nan, np.nan]]), verbose=0)
    assert given.shape == (2, 2)
    assert np.isfinite(given).all()
    assert "fillna" in made.script and '"Oslo"' in made.script


@pytest.mark.parametrize("given", [True, False])
def test_a_script_finds_a_file_that_was_moved(
    given: bool, export_of: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ages.csv").write_text("age,bought\n" + "1,no\n2,yes\n3,no\n" * 20)
    made = export_of(configuration(ADAM), {"csv": {"file": "ages.csv", "target": "bought"}}, epochs=1)
    assert "# Its argument is the data's file, ages.csv;" in made.script
    moved = tmp_path / "moved.csv" if given else made.folder / "ages.csv"
    (tmp_path / "ages.csv").rename(moved)
    monkeypatch.setattr(sys, "argv", ["train.py", str(moved)] if given else ["train.py"])
    assert runpy.run_path(str(made.folder / "train.py"))["best"] == made.value


def test_data_from_ones_own_code_and_a_model_of_ones_own(export_of: Export, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        """\
import keras
import numpy as np
from own_model import SCALE

def build(input_shape, outputs, units):
    inputs = keras.Input(input_shape)
    x = keras.layers.Dense(units, activation="relu")(inputs)
    x = keras.layers.Dropout(0.4)(x)
    return keras.Model(inputs, keras.layers.Dense(outputs)(x))

def load(rows):
    random = np.random.default_rng(1)
    x = random.normal(size=(rows, 5)) * SCALE
    return x, (x.sum(axis=1) > 0).astype(int)
"""
    )
    (tmp_path / "own_model.py").write_text("SCALE = 3\n")
    model = {"python": {"build": "train.py:build", "units": 7}}
    data = {"python": {"load": "train.py:load", "rows": 90}}
    made = export_of(configuration(ADAM, model=model, regularization={"l2": 1e-3}), data)
    assert made.exported.script_value == made.value
    assert (made.folder / "own_model_.py").read_text() == (tmp_path / "train.py").read_text()
    assert not (made.folder / "data.npz").exists()


OWN = """\
import keras

def build(input_shape, outputs):
    if not __name__.startswith("sweeper_own"):
        {elsewhere}
    return keras.Sequential([keras.Input(input_shape), keras.layers.Dense(outputs)])
"""


def test_the_file_of_an_own_model_may_have_a_name_that_python_cannot_import(export_of: Export, tmp_path: Path) -> None:
    (tmp_path / "my-model 2.py").write_text(OWN.format(elsewhere="pass"))
    made = export_of(configuration(ADAM, model={"python": {"build": "my-model 2.py:build"}}), epochs=1)
    assert made.exported.script_value == made.value
    assert (made.folder / "own_model.py").is_file()


@pytest.mark.parametrize(
    ("elsewhere", "says"), [("raise KeyError('x')", "KeyError: 'x'"), ("raise SystemExit(3)", "SystemExit: 3")]
)
def test_a_script_that_fails_in_a_way_nobody_foresaw_costs_no_model(
    elsewhere: str, says: str, export_of: Export, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(OWN.format(elsewhere=elsewhere))
    made = export_of(configuration(ADAM, model={"python": {"build": "mine.py:build"}}), epochs=1)
    assert made.exported.no_script == f"it could not be written: {says}"
    assert {file.name for file in made.folder.iterdir()} == {"model.keras", "model.json"}


def test_rows_that_no_short_code_reads_lie_beside_the_script(export_of: Export, tmp_path: Path) -> None:
    (tmp_path / "parts.py").write_text(
        "import numpy as np\n"
        "def load_parts():\n"
        "    x = np.random.default_rng(1).normal(size=(90, 5))\n"
        "    y = (x.sum(axis=1) > 0).astype(int)\n"
        "    return {'train': (x[20:], y[20:]), 'test': (x[:20], y[:20])}\n"
    )
    made = export_of(configuration(ADAM), {"python": {"load": "parts.py:load_parts"}}, epochs=2)
    assert (made.folder / "data.npz").is_file()
    assert made.exported.script_value == made.value


def test_streamed_data_have_a_model_and_no_script(export_of: Export) -> None:
    made = export_of(configuration(ADAM), {"iris": {"stream": "always"}}, epochs=2)
    assert "chunks" in made.exported.no_script
    assert not (made.folder / "train.py").exists()
    assert made.exported.difference < 1e-5


def test_a_model_that_keras_cannot_save_has_its_script(export_of: Export, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        """\
import keras

class Net(keras.Model):
    def __init__(self, outputs):
        super().__init__()
        self.hidden, self.dropped = keras.layers.Dense(6, activation="tanh"), keras.layers.Dropout(0.2)
        self.last = keras.layers.Dense(outputs)

    def call(self, x, training=False):
        return self.last(self.dropped(self.hidden(x), training=training))

def build(input_shape, outputs):
    return Net(outputs)
"""
    )
    made = export_of(configuration(ADAM, model={"python": {"build": "mine.py:build"}}), epochs=2)
    assert made.exported.no_model == "your class Net has no get_config(), by which Keras would build it again"
    assert not (made.folder / "model.keras").exists()
    assert made.exported.script_value == made.value


def test_without_model_and_script_nothing_is_exported(export_of: Export, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        """\
import keras

class Net(keras.Model):
    def __init__(self, outputs):
        super().__init__()
        self.last = keras.layers.Dense(outputs)

    def call(self, x):
        return self.last(x)

def build(input_shape, outputs):
    if not __name__.startswith("sweeper_own"):
        raise OSError("elsewhere")
    return Net(outputs)
"""
    )
    with pytest.raises(SweepError, match=r"nothing can be exported. No model: your class Net .* No script: .*elsewhere"):
        export_of(configuration(ADAM, model={"python": {"build": "mine.py:build"}}), epochs=1)
