"""The exported model as a folder that MLflow reads, with a signature and an example of what it takes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from sweeper.data.raw import Array, Column
from sweeper.exporting.order import ABOUT, MODEL

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before mlflow is imported, which only who logs a model waits for

_TOLD = ("sweep", "trial", "epoch", "value")
"""What MLflow keeps of the trial as the model's metadata."""


def save_mlflow_model(model: keras.Model, folder: Path, examples: Array, about: Mapping[str, Any]) -> None:
    """Writes an MLflow model of the flavor `keras`; `examples` [rows, ...] are rows as they were read."""
    import mlflow.keras
    from mlflow.models import infer_signature

    predicted = model.predict(examples, verbose=0)
    folder.mkdir(parents=True)  # MLflow writes the example into it before it makes it
    mlflow.keras.save_model(
        model,
        str(folder),
        signature=infer_signature(examples, predicted),
        input_example=examples,
        pip_requirements=_requirements(),
        metadata=_metadata(about),
    )


def save_mlflow_table(
    exported: Path, folder: Path, examples: Array, columns: Sequence[Column], about: Mapping[str, Any]
) -> None:
    """Writes an MLflow model of the flavors `python_function`, which takes rows with the columns of a table, and `keras`, which
    takes them as numbers. `exported` is the folder of the export, `examples` [rows, columns] are rows as they were read."""
    import mlflow.pyfunc
    from mlflow.models import Model, ModelSignature, infer_signature
    from mlflow.pyfunc.model import PythonModelContext
    from mlflow.types.schema import ColSpec, Schema

    from sweeper.exporting.table_model import TableModel

    artifacts = {"model": str(exported / MODEL), "about": str(exported / ABOUT)}
    rows, served = _rows(examples, columns), TableModel()
    context = PythonModelContext(artifacts, None)  # type: ignore[no-untyped-call]
    served.load_context(context)
    takes = Schema([ColSpec(_type(column), column.name) for column in columns])
    gives = infer_signature(model_output=served.predict(context, rows)).outputs
    described = Model()
    described.add_flavor(
        mlflow.keras.FLAVOR_NAME,
        data="artifacts",
        keras_version=keras.__version__,
        keras_backend=keras.backend.backend(),
        save_exported_model=False,
    )
    mlflow.pyfunc.save_model(
        str(folder),
        python_model=str(Path(__file__).with_name("table_model.py")),
        artifacts=artifacts,
        mlflow_model=described,
        signature=ModelSignature(takes, gives),
        input_example=rows,
        pip_requirements=[*_requirements(), f"pandas=={version('pandas')}"],
        metadata=_metadata(about),
    )
    _forget_places(folder)


def _forget_places(folder: Path) -> None:
    """MLflow writes down whence it copied each file: places of this machine, some of which are gone with the export."""
    from mlflow.models import Model

    described = Model.load(str(folder))
    served = described.flavors["python_function"]
    served["model_code_path"] = Path(served["model_code_path"]).name
    for artifact in served["artifacts"].values():
        artifact["uri"] = artifact["path"]
    described.save(str(folder / "MLmodel"))


def _requirements() -> list[str]:
    """To infer them takes a minute."""
    return [f"{name}=={version(name)}" for name in (keras.backend.backend(), "keras", "numpy")]


def _metadata(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: about[name] for name in _TOLD}


def _rows(examples: Array, columns: Sequence[Column]) -> Any:
    """The examples as the user's table has them."""
    import pandas

    series: dict[str, Any] = {}
    for column, cells in zip(columns, examples.T, strict=True):
        if column.values is None:
            given: Any = pandas.Series(cells)
        else:
            given = pandas.Series([None if np.isnan(cell) else column.values[int(cell)] for cell in cells], dtype="object")
        series[column.name] = given.astype(column.dtype)
    return pandas.DataFrame(series)


def _type(column: Column) -> Any:
    """MLflow's type for the cells of a column; one that checks nothing where it would refuse what pandas has there."""
    from mlflow.types import DataType
    from mlflow.types.schema import AnyType

    if column.values is not None and column.dtype in ("str", "string", "object"):
        return DataType.string
    numbers = {"bool": DataType.boolean, "int": DataType.long, "float": DataType.double}
    return numbers.get(column.dtype.rstrip("0123456789")) or AnyType()  # type: ignore[no-untyped-call]
