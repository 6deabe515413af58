"""The one place that speaks to MLflow: a client with explicit run ids, never its global state.

Importing this module imports MLflow (a second of processor time): only `run` and `resume` do.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import SQLAlchemyError

from sweeper.errors import InputError, StoreError
from sweeper.records import DataInfo
from sweeper.tracking.home import Home
from sweeper.tracking.layout import EXPERIMENT, Row
from sweeper.tracking.reconcile import ChildRun
from sweeper.tracking.server import knock, shown, without_driver
from sweeper.tracking.sqlite import write_ahead
from sweeper.tracking.sqlite_file import bring_to_disk

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # two lines a run of a server; stdout is for data
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what MLflow itself uses that is deprecated is nothing to tell our users
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.artifact_repo import ArtifactRepository
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
    from mlflow.store.tracking import sqlalchemy_store  # noqa: F401  (imported late by MlflowClient otherwise)
    from mlflow.tracking import MlflowClient

for _name in ("alembic", "mlflow"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # they print a traceback of what they raise, and we tell that in a line

_METRICS, _OTHERS = 1000, 100
"""Most metrics, and most params or tags, that MLflow takes in one batch."""
_PAGE = 1000


class MlflowStore:
    """One experiment of one tracking store. Every method raises StoreError where the store fails; all can be repeated."""

    def __init__(self, home: Home) -> None:
        """Connects, making `mlflow.db` and the experiment where they are missing.

        Raises InputError for a store that cannot be reached, or whose driver is missing: nothing was started yet.
        """
        self.uri, self._file = home.tracking_uri, home.mlflow_file
        self._places: dict[str, str] = {}
        """Where the artifacts of runs that were begun here belong: MLflow would look each run up for that."""
        try:
            knock(self.uri)
            if home.mlflow_file is not None:
                write_ahead(home.mlflow_file)
            self._client = MlflowClient(tracking_uri=self.uri)
            self.experiment_id = self._experiment(home)
        except ImportError as error:
            raise InputError(without_driver(self.uri, error)) from error
        except (MlflowException, SQLAlchemyError, OSError, ValueError, sqlite3.Error) as error:
            raise InputError(f"MLflow's store {shown(self.uri)} cannot be used: {_line(error)}") from error

    def begin(self, name: str, tags: Mapping[str, str], started: int) -> str:
        """A new run, RUNNING; gives its id."""
        with faults(self.uri):
            run = self._client.create_run(self.experiment_id, start_time=started, tags=dict(tags), run_name=name)
            self._places[str(run.info.run_id)] = str(run.info.artifact_uri)
            return str(run.info.run_id)

    def log(
        self,
        run_id: str,
        rows: Sequence[Row] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Writes in batches of the size MLflow takes. Writing the same rows and params again changes nothing."""
        metrics = [Metric(row.key, row.value, row.time, row.step) for row in rows]
        pairs = [Param(name, value) for name, value in (params or {}).items()]
        marks = [RunTag(name, value) for name, value in (tags or {}).items()]
        with faults(self.uri):
            while metrics or pairs or marks:
                room = _METRICS - len(pairs[:_OTHERS]) - len(marks[:_OTHERS])  # 1,000 things of all kinds together
                self._client.log_batch(run_id, metrics[:room], pairs[:_OTHERS], marks[:_OTHERS])
                metrics, pairs, marks = metrics[room:], pairs[_OTHERS:], marks[_OTHERS:]

    def log_data(self, run_id: str, data: DataInfo) -> None:
        """Names the data set as the run's input; the arrays themselves stay where they are."""
        rows = {part: count for part, count in data.rows.items() if count}
        profile = json.dumps({"num_rows": sum(rows.values()), **rows})
        source = json.dumps({"name": data.name})
        dataset = Dataset(data.name[:500], data.digest[:36], "sweeper", source, profile=profile)
        inputs = [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])]
        with faults(self.uri):
            self._client.log_inputs(run_id, inputs)

    def log_artifact(self, run_id: str, file: Path) -> None:
        with faults(self.uri):
            self._client.log_artifact(run_id, str(file))

    def log_table(self, run_id: str, table: Mapping[str, object], name: str) -> None:
        """Writes a table as a JSON artifact; again changes nothing."""
        with faults(self.uri), TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_text(json.dumps(table))
            self._artifacts(run_id).log_artifact(str(file))  # type: ignore[no-untyped-call]

    def set_status(self, run_id: str, status: str, ended: int | None = None) -> None:
        """RUNNING again, or an end at `ended` (Unix milliseconds)."""
        with faults(self.uri):
            if status == "RUNNING":
                self._client.update_run(run_id, status=status)
            else:
                self._client.set_terminated(run_id, status, ended)
                self._places.pop(run_id, None)

    def bring_to_disk(self) -> None:
        """Waits until all that was written has survived a power loss; a server sees to that itself."""
        if self._file is not None:
            with faults(self.uri):
                bring_to_disk(self._file)

    def status(self, run_id: str) -> str:
        with faults(self.uri):
            return str(self._client.get_run(run_id).info.status)

    def discard(self, run_id: str) -> None:
        """Marks a run as deleted: MLflow no longer shows it."""
        with faults(self.uri):
            self._client.delete_run(run_id)

    def discard_sweep(self, sweep_id: str) -> None:
        """Marks every run of a sweep as deleted."""
        self.discard_all(self.sweep_runs(sweep_id))

    def discard_all(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            self.discard(run_id)

    def restore(self, run_ids: Sequence[str]) -> None:
        """Takes back that these runs, or some of them, were discarded."""
        with faults(self.uri):
            for run_id in run_ids:
                if self._client.get_run(run_id).info.lifecycle_stage != "active":
                    self._client.restore_run(run_id)

    def sweep_runs(self, sweep_id: str) -> list[str]:
        """The ids of all runs of a sweep, its own among them."""
        return [str(run.info.run_id) for run in self._search(f"tags.`sweeper.id` = '{sweep_id}'")]

    def sweep_run(self, sweep_id: str) -> str | None:
        """The run of a sweep by the sweep's id: found even where a crash kept its own id from being written down."""
        runs = list(self._search(f"tags.`sweeper.id` = '{sweep_id}' and tags.`sweeper.kind` = 'sweep'"))
        return str(runs[0].info.run_id) if runs else None

    def trial_run(self, sweep_id: str, trial: int, repeat: int) -> str | None:
        """The oldest run of a trial's repeat, if there is one."""
        found = self._search(f"tags.`sweeper.id` = '{sweep_id}' and tags.`sweeper.trial` = '{trial}'")
        return next((str(run.info.run_id) for run in found if int(run.data.tags.get("sweeper.repeat", 0)) == repeat), None)

    def children(self, sweep_id: str) -> list[ChildRun]:
        """The runs of a sweep's trials, in the order of their creation."""
        found = [
            ChildRun(
                run.info.run_id,
                int(run.data.tags["sweeper.trial"]),
                int(run.data.tags.get("sweeper.repeat", 0)),
                run.info.status,
                run.data.tags.get("sweeper.state", ""),
                run.info.start_time,
            )
            for run in self._search(f"tags.`sweeper.id` = '{sweep_id}' and tags.`sweeper.kind` = 'trial'")
        ]
        return sorted(found, key=lambda child: (child.created, child.run_id))

    def _search(self, condition: str) -> Iterator:  # type: ignore[type-arg]
        token: str | None = None
        with faults(self.uri):
            while True:
                page = self._client.search_runs(
                    [self.experiment_id], condition, ViewType.ACTIVE_ONLY, _PAGE, ["attributes.start_time ASC"], token
                )
                yield from page
                token = page.token
                if not token:
                    return

    def _artifacts(self, run_id: str) -> ArtifactRepository:
        place = self._places.get(run_id) or self._client.get_run(run_id).info.artifact_uri
        return get_artifact_repository(place, tracking_uri=self.uri)

    def _experiment(self, home: Home) -> str:
        known = self._client.get_experiment_by_name(EXPERIMENT)
        if known is None:
            # A server knows where its artifacts belong; those of a database would lie wherever the first sweep was started.
            place = None if self.uri.startswith(("http:", "https:")) else home.artifacts.as_uri()
            try:
                return str(self._client.create_experiment(EXPERIMENT, artifact_location=place))
            except MlflowException:  # another sweep was quicker
                known = self._client.get_experiment_by_name(EXPERIMENT)
                if known is None:
                    raise
        if known.lifecycle_stage != "active":
            self._client.restore_experiment(known.experiment_id)
        return str(known.experiment_id)


@contextlib.contextmanager
def faults(uri: str) -> Iterator[None]:
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise StoreError(f"MLflow's store {shown(uri)} failed: {_line(error)}") from error


def _line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:500]
