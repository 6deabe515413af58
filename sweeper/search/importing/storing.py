"""An imported sweep into its spool and into MLflow. What was begun is removed again where either fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sweeper.errors import StoreError
from sweeper.records import Record, State
from sweeper.search.best import best_trial
from sweeper.search.importing.columns import Columns
from sweeper.search.settings import Settings
from sweeper.search.view import count
from sweeper.tracking import layout
from sweeper.tracking.combined import configurations
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.layout import Row, SweepFacts
from sweeper.tracking.projector import Described, Projector
from sweeper.tracking.reading import Spools, in_order
from sweeper.tracking.replay import SweepState, TrialState
from sweeper.tracking.spool import SpoolWriter

if TYPE_CHECKING:
    from sweeper.tracking.mlflow_store import MlflowStore

_SPOOL = "imported.jsonl"
COLUMNS = "columns.json"
"""The artifact that says what the file's columns were taken to mean."""


class _Parameters:
    """What MLflow shows of an imported configuration: its parameters, and no more."""

    def of(self, trial: TrialState) -> Described:
        assert trial.plan is not None
        return Described(trial.plan.parameters, {})

    def forget(self, number: int) -> None:
        """Nothing is kept."""


def store(
    home: Home,
    folder: SweepFolder,
    settings: Settings,
    facts: SweepFacts,
    columns: Columns,
    state: SweepState,
    records: Sequence[Record],
) -> Settings:
    """Writes everything; gives the settings of the finished sweep. Raises StoreError and InputError, with MLflow as it was and
    without `sweep.json`. That is there, and says that the sweep is unfinished, before MLflow has the first run: what a kill
    leaves can be found by it."""
    from sweeper.tracking.mlflow_store import MlflowStore

    with SpoolWriter(folder.spool / _SPOOL) as spool:
        spool.append_all(records)
    mlflow = MlflowStore(home)
    settings = replace(settings, tracking_uri=mlflow.uri, experiment_id=mlflow.experiment_id)
    settings.save(folder)
    try:
        parent = mlflow.begin(facts.name, layout.parent_tags(facts), facts.started)
        mlflow.log(parent, params=layout.parent_params(facts))
        mlflow.log_table(parent, {"columns": ["what", "columns"], "data": [*map(list, columns.lines())]}, COLUMNS)
        projector = Projector(mlflow, None, facts, parent, _Parameters(), Spools(folder.spool))
        for trial in state.trials:
            projector.end(trial, in_order(trial))
        mlflow.log(parent, _ending(settings, state), tags=_ending_tags(settings, state))
        mlflow.bring_to_disk()
        mlflow.set_status(parent, layout.STATUS[State.COMPLETE], facts.started)
        mlflow.bring_to_disk()
        ended = replace(settings, run_id=parent, status=Status.FINISHED, ended=settings.created)
        ended.save(folder)
    except BaseException as error:
        _take_back(mlflow, folder, settings, error)
        raise
    return ended


def _take_back(mlflow: MlflowStore, folder: SweepFolder, settings: Settings, error: BaseException) -> None:
    """Removes the runs, and then what they would be found by. Raises StoreError where MLflow fails again."""
    try:
        mlflow.discard_sweep(settings.id)
    except StoreError as left:
        raise StoreError(
            f"{error or 'stopped'}\nWhat was imported so far could not be taken back: {left}\nTo be rid of it: "
            f"sweep delete {settings.name}"
        ) from error
    folder.settings.unlink(missing_ok=True)


def _ending(settings: Settings, state: SweepState) -> list[Row]:
    """The sweep's figures, as one that was trained here has them."""
    trials = configurations(state.trials, settings.awaited)
    counts = count((trial.outcome.state, trial.outcome.reason) for trial in trials if trial.outcome)
    best, at = best_trial(trials, settings), (settings.created, settings.trials)
    rows = [Row(f"trials_{name}", float(number), *at) for name, number in counts.items()]
    return rows + ([Row("objective", best.value, *at), Row("best_epoch", float(best.epoch), *at)] if best else [])


def _ending_tags(settings: Settings, state: SweepState) -> dict[str, str]:
    best = best_trial(configurations(state.trials, settings.awaited), settings)
    tags = {"sweeper.state": State.COMPLETE.value}
    return tags | ({"sweeper.best.trial": str(best.trial)} if best else {})
