"""What MLflow holds of a table takes the user's own rows, and predicts what the sweep's network did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas
import pytest

import sweeper
from tests.training.conftest import configuration

from .conftest import Export, Made

pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:mlflow"),  # what it says of type hints, its own too
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),  # MLflow uses what pandas 4 will drop
]

ADAM = {"adam": {"learning_rate": 0.05}}
TABLE = """\
age,city,member,hours,visits,bought
31,Oslo,True,3.5,2,yes
,Bergen,False,1.25,0,no
47,,True,2,7,no
52,Oslo,False,,3,maybe
"""

USER = """\
import sys
sys.modules["sweeper"] = None   # whoever imports it fails
import mlflow.pyfunc, pandas

model = mlflow.pyfunc.load_model("model")
model.predict(pandas.read_csv("shop.csv")).to_json("predicted.json", orient="table")
"""


def logged(export_of: Export, folder: Path, target: str, **settings: str) -> tuple[Made, pandas.DataFrame]:
    """The export of a trial on TABLE, its model for MLflow in `folder / "model"`, and the rows."""
    rows = TABLE.splitlines()
    (folder / "shop.csv").write_text("\n".join([rows[0], *rows[1:] * 15]) + "\n")
    data = {"csv": {"file": "shop.csv", "target": target, **settings}}
    made = export_of(configuration(ADAM), data, epochs=2, run=False, mlflow=str(folder / "model"))
    return made, pandas.read_csv(folder / "shop.csv")


def by_keras(made: Made, rows: pandas.DataFrame) -> Any:
    """What `model.keras` predicts of these rows, written as `model.json` says."""
    columns = json.loads((made.folder / "model.json").read_text())["input"]["columns"]
    cells = [
        rows[column["name"]].map(column["values"].index, na_action="ignore") if "values" in column else rows[column["name"]]
        for column in columns
    ]
    numbers = np.stack([np.asarray(column, dtype="float64") for column in cells], axis=1)
    return keras.models.load_model(made.folder / "model.keras").predict(numbers, verbose=0)


def lines(rows: pandas.DataFrame) -> list[str]:
    return rows.to_csv(index=False).splitlines()


def test_raw_rows_are_predicted_where_sweeper_is_not(export_of: Export, tmp_path: Path) -> None:
    made, rows = logged(export_of, tmp_path, "bought")
    outside = {**os.environ, "PYTHONPATH": "", "CUDA_VISIBLE_DEVICES": "-1"}
    subprocess.run([sys.executable, "-c", USER], cwd=tmp_path, env=outside, check=True, timeout=240)
    served = pandas.read_json(tmp_path / "predicted.json", orient="table")
    assert list(served.columns) == ["prediction", "probability_maybe", "probability_no", "probability_yes"]
    expected = by_keras(made, rows)
    np.testing.assert_allclose(served.iloc[:, 1:], expected, atol=1e-6)
    assert served["prediction"].tolist() == [["maybe", "no", "yes"][best] for best in expected.argmax(axis=1)]
    assert made.exported.difference < 1e-6  # of model.keras from the sweep's own network


def test_the_signature_is_the_users_columns_and_the_keras_model_is_kept(export_of: Export, tmp_path: Path) -> None:
    import mlflow.keras
    from mlflow.models import Model

    made, rows = logged(export_of, tmp_path, "bought")
    described = Model.load(tmp_path / "model")
    takes = {column.name: column.type.name for column in described.signature.inputs}
    assert takes == {"age": "double", "city": "string", "member": "boolean", "hours": "double", "visits": "long"}
    assert [column.type.name for column in described.signature.outputs] == ["string", "float", "float", "float"]
    example = described.load_input_example(str(tmp_path / "model"))
    assert set(lines(example)) <= set(lines(rows.drop(columns="bought"))) and len(example) == 5
    assert {**described.metadata, "value": None} == {"sweep": "made", "trial": 3, "epoch": made.epoch, "value": None}
    assert described.metadata["value"] == made.value
    told = (tmp_path / "model" / "MLmodel").read_text()
    assert str(tmp_path) not in told and str(Path(sweeper.__file__).parent) not in told
    row = np.zeros((1, 5))
    kept, exported = mlflow.keras.load_model(str(tmp_path / "model")), keras.models.load_model(made.folder / "model.keras")
    np.testing.assert_array_equal(kept.predict(row, verbose=0), exported.predict(row, verbose=0))


def test_classes_that_are_numbers_are_predicted_as_numbers(export_of: Export, tmp_path: Path) -> None:
    import mlflow.pyfunc

    _, rows = logged(export_of, tmp_path, "visits", task="classification")
    served = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(rows)
    assert served["prediction"].dtype == rows["visits"].dtype
    assert set(served["prediction"]) <= {0, 2, 3, 7}
    assert served.columns[1:].tolist() == ["probability_0", "probability_2", "probability_3", "probability_7"]


def test_numbers_are_predicted_in_the_datas_units(export_of: Export, tmp_path: Path) -> None:
    import mlflow.pyfunc

    (tmp_path / "heights.csv").write_text("kind, age, height\n" + "dog, 3, 61.5\ncat, 2, 24\ncat, 5, 26.25\n" * 10)
    data = {"csv": {"file": "heights.csv", "target": "height"}}
    made = export_of(configuration(ADAM), data, epochs=2, run=False, mlflow=str(tmp_path / "model"))
    model = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    rows = pandas.DataFrame({"age": [3, 2], "kind": [" dog", "cat"]}, index=["a", "b"])
    served = model.predict(rows)
    assert list(served.columns) == ["prediction"] and list(served.index) == ["a", "b"]
    expected = by_keras(made, rows.assign(kind=rows["kind"].str.lstrip()))
    np.testing.assert_allclose(served, expected, atol=1e-5)
    unknown, blank = (model.predict(pandas.DataFrame({"kind": [kind], "age": [3]})) for kind in ("horse", None))
    pandas.testing.assert_frame_equal(unknown, blank)
