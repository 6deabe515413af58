"""The model of a table as MLflow serves it: it takes rows with the user's own columns, and texts as they stand there.

MLflow keeps a copy of this file beside the model and runs it wherever the model is loaded, so it needs no sweeper.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext


class TableModel(PythonModel):
    """Its artifacts are `model`, the Keras model, and `about`, the JSON that says what it takes and predicts."""

    def load_context(self, context: PythonModelContext) -> None:
        about = json.loads(Path(context.artifacts["about"]).read_text(encoding="utf-8"))
        backend = next(name for name in ("tensorflow", "jax") if name in about["versions"])
        os.environ.setdefault("KERAS_BACKEND", backend)
        import keras

        self._columns, self._output = about["input"]["columns"], about["output"]
        self._model = keras.models.load_model(context.artifacts["model"])

    def predict(
        self, context: PythonModelContext, model_input: pandas.DataFrame, params: dict[str, Any] | None = None
    ) -> pandas.DataFrame:
        """A row for each row. `prediction` is a number in the data's units, or the class that is most probable, as the data
        write it, followed by `probability_CLASS` for each class. A blank, and a text that no row of the data had, are taken as
        they were in training: a number's as the median, a text's as none of the column's values."""
        cells = [_numbers(model_input[column["name"]], column.get("values")) for column in self._columns]
        predicted = self._model.predict(np.stack(cells, axis=1), verbose=0)
        if "classes" not in self._output:
            return pandas.DataFrame({"prediction": predicted[:, 0]}, index=model_input.index)
        classes = self._output.get("values", self._output["classes"])
        told = {"prediction": [classes[position] for position in predicted.argmax(axis=1)]}
        names = zip(self._output["classes"], predicted.T, strict=True)
        return pandas.DataFrame(told | {f"probability_{name}": column for name, column in names}, index=model_input.index)


def _numbers(cells: pandas.Series[Any], values: list[str] | None) -> Any:
    """float64 [rows], NaN where blank; of a text its position in `values`, NaN where it is none of them."""
    if values is None:
        return pandas.to_numeric(cells).to_numpy(dtype=np.float64, na_value=np.nan)
    places = {value: float(position) for position, value in enumerate(values)}
    # a CSV file's cells were read without the spaces before them
    found = cells.map(lambda text: places.get(text, places.get(str(text).lstrip(), np.nan)), na_action="ignore")
    return found.to_numpy(dtype=np.float64, na_value=np.nan)


set_model(TableModel())
