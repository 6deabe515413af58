"""The exported model as a folder that MLflow reads, with a signature and an example of what it takes."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np


def save_mlflow_model(model: keras.Model, folder: Path, examples: np.ndarray) -> None:
    """Writes an MLflow model of the flavor `keras`; `examples` [rows, ...] are rows as they were read."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow.keras
    from mlflow.models import infer_signature

    predicted = model.predict(examples, verbose=0)
    backend = keras.backend.backend()
    folder.mkdir(parents=True)  # MLflow writes the example into it before it makes it
    mlflow.keras.save_model(
        model,
        str(folder),
        signature=infer_signature(examples, predicted),
        input_example=examples,
        pip_requirements=[f"{name}=={version(name)}" for name in (backend, "keras", "numpy")],  # to infer them takes a minute
    )
