"""From two files to a sweep: all of it, or nothing."""

from __future__ import annotations

import time

from sweeper.search.importing.columns import Columns, meaning
from sweeper.search.importing.describing import facts_of, settings_of
from sweeper.search.importing.design import check_compare, check_design
from sweeper.search.importing.objective import objective_of, remarks_on
from sweeper.search.importing.recording import records_of
from sweeper.search.importing.request import Imported, ImportRequest
from sweeper.search.importing.storing import store
from sweeper.search.importing.tables import read_table
from sweeper.search.importing.trainings import trainings_of
from sweeper.search.progress import Note, Watch
from sweeper.search.room import room_in
from sweeper.search.view import count
from sweeper.tracking.combined import configurations
from sweeper.tracking.home import Home
from sweeper.tracking.lock import Lock
from sweeper.tracking.replay import SweepState


def read_columns(request: ImportRequest) -> Columns:
    """What the files' columns are taken to mean. Raises InputError."""
    return meaning(read_table(request.curves), read_table(request.parameters), request.said)


def import_curves(request: ImportRequest, watch: Watch) -> Imported:
    """Makes a sweep of the curves, in the spool as if it had been trained here and in MLflow.

    Everything is checked before anything is written. Raises InputError for whatever cannot be used, StoreError where a store or
    the disk fails; either way nothing of the sweep is left. Where the process is killed, or MLflow takes nothing back, there is
    a sweep that is unfinished: another import of its name removes it, and so does `delete`.
    """
    curves, parameters = read_table(request.curves), read_table(request.parameters)
    columns = meaning(curves, parameters, request.said)
    objective = objective_of(columns, request.objective, request.maximize)
    trainings = trainings_of(curves, parameters, columns)
    check_compare(trainings, request)
    for remark in (*check_design(trainings, columns, request), *remarks_on(objective, curves, columns)):
        watch(Note(remark))
    now = int(time.time() * 1000)
    records = [record for training in trainings for record in records_of(training, objective, now)]
    state = SweepState(records)
    home = Home.at(request.home)
    with room_in(home) as room:
        folder = room.take(request.name or request.curves.name.split(".")[0], request.name is not None, watch)
        with Lock(folder.lock, folder.name):
            room.folder = folder
            settings = settings_of(request, columns, objective, trainings, folder.name, now)
            kept = store(home, folder, settings, facts_of(request, settings, columns, trainings), columns, state, records)
    ended = configurations(state.trials, kept.awaited)
    return Imported(
        sweep=kept.name,
        home=home.folder,
        trials=kept.trials,
        trainings=len(trainings),
        evaluations=sum(len(training.evaluations) for training in trainings),
        counts=count((found.outcome.state, found.outcome.reason) for found in ended if found.outcome),
        tracking_uri=kept.tracking_uri,
        run_id=kept.run_id,
    )
