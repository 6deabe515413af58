"""A trial leaves the tool: a worker trains it again and writes what is exported; the parent brings it to MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sweeper.errors import InputError, SweepError
from sweeper.executors.device import choose_device
from sweeper.executors.executor import Event, Executor, Launch, Said
from sweeper.executors.local import LocalExecutor
from sweeper.exporting.order import ABOUT, Exported, ExportOrder
from sweeper.records import Outcome, TrialPlan, WorkerSettings
from sweeper.search.exported_trial import best_training, chosen, which_training
from sweeper.search.extras import check_backend
from sweeper.search.kept import space_of
from sweeper.search.placing import put_in_place
from sweeper.search.progress import Note, Preparing, Watch
from sweeper.search.provenance import differing, versions
from sweeper.search.settings import Settings, read_settings
from sweeper.tracking.combined import configurations
from sweeper.tracking.drafting import drafted
from sweeper.tracking.home import Home, SweepFolder
from sweeper.tracking.reading import Spools

ENTRY = "sweeper.exporting.worker:main"
"""Resolved in the worker, so that the parent never imports Keras."""

WORKER = "export"
_PATIENCE = 3600.0


@dataclass(frozen=True)
class ExportRequest:
    """`trial` is None for the best one, `out` None for `exports/NAME-t0042` in the home. With `force` an export that lies in
    `out` is replaced. `run` says whether the script is run, to see what it gives, `mlflow` whether the model is logged to the
    trial's run, and `register` under which name it is registered, if any."""

    home: Path
    name: str | None = None
    trial: int | None = None
    out: Path | None = None
    force: bool = False
    run: bool = True
    mlflow: bool = False
    register: str | None = None


@dataclass(frozen=True)
class Export:
    """What was exported, and where it lies. `recorded` is the value that the sweep has of this training, at its best epoch."""

    sweep: str
    trial: int
    training: str
    objective: str
    recorded: float
    recorded_epoch: int
    folder: Path
    files: tuple[str, ...]
    exported: Exported
    model_id: str = ""
    version: int | None = None


def export_trial(request: ExportRequest, watch: Watch, entry: str = ENTRY) -> Export:
    """Trains the trial again and exports it. Raises InputError for what cannot be exported, before anything is written."""
    home = Home.at(request.home)
    folder = home.existing(request.name)
    settings = read_settings(folder)
    if settings.imported:
        raise InputError(
            f"the sweep '{settings.name}' was imported from {settings.imported}: another program trained its trials, so they "
            "cannot be trained again, and there is no model to export."
        )
    trial = best_training(
        chosen(configurations(Spools(folder.spool).bare().trials, settings.trainings), settings, request.trial), settings
    )
    assert trial.plan is not None and trial.outcome is not None
    lanes = trial.starts[max(trial.starts)].lanes if trial.starts else 1
    plan = replace(trial.plan, lanes=lanes, rungs=())
    out = request.out or home.folder / "exports" / f"{folder.name}-t{plan.number:04d}"
    _check(out, request)
    data = space_of(settings, folder, lambda event: None).data
    _compare_versions(settings, watch)
    with TemporaryDirectory(prefix="sweeper-export-") as scratch:
        try:
            with drafted(out.resolve()) as draft:
                order = _order(plan, trial.outcome, settings, data, request, draft, Path(scratch) / "mlflow")
                exported = _Work(folder, settings, order, watch).done(LocalExecutor(), entry)
                _check(out, request)  # training took its time
                files = put_in_place(draft, out.resolve())
        except OSError as error:
            raise SweepError(f"cannot write to {out}: {error.strerror or error}") from error
        result = _result(settings, order, exported, out, files)
        try:
            return _to_mlflow(home, settings, result, request, order) if order.mlflow else result
        except SweepError as error:
            fault = SweepError(f"{error}\nThe export itself is whole, in {out}")
            fault.exit_code = error.exit_code
            raise fault from error


def _check(out: Path, request: ExportRequest) -> None:
    if request.register is not None:
        from sweeper.tracking.model_store import check_name

        check_name(request.register)
    if not out.exists():
        return
    if not request.force:
        raise InputError(f"{out} exists already. To replace what an export left there: --force. For another place: --out DIR")
    if not (out / ABOUT).is_file():
        raise InputError(f"{out} is no export (it has no {ABOUT}), and is left as it is. For another place: --out DIR")
    if Path.cwd().is_relative_to(out.resolve()):
        raise InputError(
            f"{out} cannot be replaced from within. Call this from another folder, or name another place: --out DIR"
        )


def _compare_versions(settings: Settings, watch: Watch) -> None:
    changed = differing(settings.versions, versions())
    if changed:
        watch(Note(f"other versions than the sweep's, so the training may differ in the last bits: {'; '.join(changed)}"))


def _order(
    plan: TrialPlan,
    outcome: Outcome,
    settings: Settings,
    data: Mapping[str, Any],
    request: ExportRequest,
    draft: Path,
    mlflow: Path,
) -> ExportOrder:
    assert outcome.value is not None and outcome.best_epoch is not None
    wanted = request.mlflow or request.register is not None
    return ExportOrder(
        plan=plan,
        data=data,
        out=str(draft),
        training=which_training(plan, settings),
        value=outcome.value,
        epoch=outcome.best_epoch,
        versions=settings.versions,
        run=request.run,
        mlflow=str(mlflow) if wanted else "",
    )


class _Work:
    """The parent's side of one worker's work."""

    def __init__(self, folder: SweepFolder, settings: Settings, order: ExportOrder, watch: Watch) -> None:
        self._folder, self._settings, self._order, self._watch = folder, settings, order, watch
        self._exported: Exported | None = None
        self._fault: SweepError | None = None

    def done(self, executor: Executor, entry: str) -> Exported:
        """Waits for it. Raises what the worker could not do."""
        settings = self._settings
        check_backend(settings.backend)
        device = choose_device(settings.device)
        log = self._folder.logs / f"{WORKER}.log"
        self._watch(Preparing(f"starting a worker on the {settings.device}"))
        try:
            executor.start(Launch(WORKER, entry, log, device.environment(settings.threads, settings.backend)))
            executor.settle(
                WorkerSettings(
                    sweep=settings.name,
                    worker=WORKER,
                    spool="",
                    data=settings.data,
                    objective=settings.objective,
                    folder=settings.folder,
                    device=device.name,
                    threads=settings.threads,
                    backend=settings.backend,
                )
            )
            executor.send(WORKER, {"do": "export", "order": self._order.to_raw()})
            executor.run(self._handle)
        finally:
            executor.kill()
        if self._exported is None:
            raise self._fault or SweepError(f"The worker that was to export ended before it had. Its log: {log}")
        return self._exported

    def _handle(self, events: Sequence[Event]) -> float | None:
        for event in events:
            if not isinstance(event, Said):
                return None
            message = event.message
            if message["say"] == "step":
                self._watch(Preparing(str(message["text"])))
            elif message["say"] == "exported":
                self._exported = Exported.from_raw(message["exported"])
                return None
            elif message["say"] == "unable":
                self._fault = SweepError(str(message["message"]))
                self._fault.exit_code = int(message.get("exit_code", 1))
        return _PATIENCE


def _result(settings: Settings, order: ExportOrder, exported: Exported, out: Path, files: tuple[str, ...]) -> Export:
    return Export(
        sweep=settings.name,
        trial=order.plan.number,
        training=order.training,
        objective=settings.objective.metric,
        recorded=order.value,
        recorded_epoch=order.epoch,
        folder=out,
        files=files,
        exported=exported,
    )


def _to_mlflow(home: Home, settings: Settings, result: Export, request: ExportRequest, order: ExportOrder) -> Export:
    """Logs the model to the run of this training, and registers it where that is asked for."""
    from sweeper.tracking.mlflow_store import MlflowStore
    from sweeper.tracking.model_store import ModelStore

    store, plan = MlflowStore(home), order.plan
    runs = {(child.trial, child.repeat): child.run_id for child in store.children(settings.id)}
    run_id = runs.get((plan.number, plan.repeat))
    if run_id is None:
        raise SweepError(f"MLflow has no run of trial {plan.number}. To bring it there: sweep resume {settings.name}")
    models = ModelStore(store)
    model_id = models.log(run_id, Path(order.mlflow), f"{settings.name}-t{plan.number:04d}", result.exported.epoch)
    version = None if request.register is None else models.register(model_id, request.register, run_id)
    return replace(result, model_id=model_id, version=version)
