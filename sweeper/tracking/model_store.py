"""Exported models in MLflow: logged to a trial's run, and registered under a name.

Importing this module imports MLflow.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from sweeper.errors import InputError
from sweeper.tracking.mlflow_store import MlflowStore, faults

# mlflow_store has silenced what MLflow's own import says
from mlflow.entities import LoggedModelOutput  # isort: skip
from mlflow.exceptions import MlflowException  # isort: skip
from mlflow.models import Model  # isort: skip
from mlflow.tracking import MlflowClient  # isort: skip

_DESCRIPTION = "MLmodel"


def check_name(name: str) -> None:
    """Raises InputError for a name under which MLflow registers nothing."""
    if not name.strip() or any(mark in name for mark in "/:"):
        raise InputError(f"--register {name!r}: MLflow takes names without '/' and ':'.")


class ModelStore:
    """The models of one tracking store. Methods raise StoreError where the store fails."""

    def __init__(self, store: MlflowStore) -> None:
        self._uri, self._client = store.uri, MlflowClient(tracking_uri=store.uri)

    def log(self, run_id: str, folder: Path, name: str, epoch: int) -> str:
        """Puts the MLflow model in `folder` beside the run, as what it gave at this epoch; gives its id. One that does not come
        there whole is marked as deleted."""
        with faults(self._uri):
            run = self._client.get_run(run_id)
            model = self._client.create_logged_model(run.info.experiment_id, name, source_run_id=run_id)
            try:
                described = Model.load(folder)
                described.run_id, described.model_id = run_id, model.model_id
                described.model_uuid, described.artifact_path = model.model_id, model.artifact_location
                described.save(folder / _DESCRIPTION)
                self._client.log_model_artifacts(model.model_id, str(folder))
                self._client.log_outputs(run_id, [LoggedModelOutput(model.model_id, epoch)])
                self._client.finalize_logged_model(model.model_id, "READY")
            except BaseException:
                with contextlib.suppress(MlflowException, SQLAlchemyError, OSError):
                    self._client.delete_logged_model(model.model_id)
                raise
            return str(model.model_id)

    def register(self, model_id: str, name: str, run_id: str) -> int:
        """Makes a version of the registered model `name`, which is made with its first; gives the version's number."""
        with faults(self._uri):
            try:
                self._client.create_registered_model(name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            place = self._client.get_logged_model(model_id).artifact_location  # `models:/ID` is looked up in a global store
            version = self._client.create_model_version(name, place, run_id, model_id=model_id)
            return int(version.version)
