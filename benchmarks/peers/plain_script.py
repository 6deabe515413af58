"""What a careful user writes by hand: Optuna on SQLite, `model.fit`, and an MLflow run for each trial, metrics by epoch.

It trains the configurations of a list, so that both sides do the same trials. Stores are made in the current folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras_models
from trials import Job, trial_line


def run(job: Job) -> None:
    import keras
    import mlflow
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    parts = keras_models.load_parts(job.data)
    found = {}

    class LogEpochs(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            mlflow.log_metrics(logs or {}, step=epoch)

    def objective(trial: optuna.Trial) -> float:
        number = trial.suggest_int("configuration", 0, len(job.configurations) - 1)
        configuration = job.configurations[number]
        with mlflow.start_run(run_name=f"trial-{number}"):
            mlflow.log_params(configuration["optimizer"] | configuration["regularization"])
            model = keras_models.seeded_model(configuration, parts[0].shape[1:])
            history = keras_models.fit(model, configuration, parts, [LogEpochs()]).history
        for epoch, value in enumerate(history["val_loss"]):
            trial.report(value, epoch)
        found[number] = trial_line(history["val_accuracy"])
        return float(min(history["val_loss"]))

    make_stores()
    study = optuna.create_study(study_name=job.result.stem, storage="sqlite:///optuna.db")
    for number in range(len(job.configurations)):
        study.enqueue_trial({"configuration": number})
    study.optimize(objective, n_trials=len(job.configurations))
    job.write(found)


def make_stores() -> None:
    """The stores' tables: before several processes want to make them at once."""
    import mlflow
    import optuna

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("plain")
    optuna.storages.RDBStorage("sqlite:///optuna.db")


def run_in_processes(job: Job, count: int) -> None:
    """Each process has a study of its own in the same stores: two on one SQLite study can take the same enqueued trial."""
    make_stores()
    running = []
    for part in range(count):
        given, result = Path(f"part-{part}.json"), Path(f"found-{part}.json")
        given.write_text(json.dumps(job.configurations[part::count]))
        running.append((subprocess.Popen([sys.executable, __file__, str(given), str(job.data), str(result)]), result))
    codes = [process.wait() for process, _ in running]
    if any(codes):
        sys.exit("a process of the plain script failed")
    found = {}
    for part, (_, result) in enumerate(running):
        found |= {part + count * place: line for place, line in enumerate(json.loads(result.read_text()))}
    job.write(found)


def main() -> None:
    parser = Job.parser(__doc__)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    job = Job.of(arguments)
    if arguments.processes == 1:
        run(job)
    else:
        run_in_processes(job, arguments.processes)


if __name__ == "__main__":
    main()
