"""The script that `sweep` is compared with: Optuna on SQLite, `model.fit`, and an MLflow run per trial with per-epoch metrics.

It is what a careful user writes by hand, and it trains the configurations of a file, so that both sides do the same trials:

    python benchmarks/plain_optuna_keras.py CONFIGURATIONS.json DATA [--processes N]

CONFIGURATIONS.json is a list of resolved configurations and DATA a folder of prepared arrays (`benchmarks/compare.py` gives
both). Stores are made in the current folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def load_parts(folder: Path) -> list[Any]:
    """x and y to train and to validate, standardized: the arrays that the sweep had, so that accuracies can be compared."""
    import numpy as np

    return [np.load(folder / f"{part}_{name}.npy") for part in ("train", "validation") for name in "xy"]


def build(configuration: dict[str, Any]) -> Any:
    """The Keras model that the configuration describes, compiled."""
    import keras

    regularization = configuration["regularization"]
    penalty = {"kernel_regularizer": keras.regularizers.L2(regularization["l2"])} if regularization["l2"] else {}
    [(initializer, _)] = configuration["initializer"].items()
    [(family, settings)] = configuration["model"].items()
    batch = settings["normalization"] == "batch"

    def activated(model: Any) -> None:
        if batch:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(settings["activation"]))

    model = keras.Sequential([keras.Input((8, 8, 1))])
    if family == "cnn":
        for filters in sizes(settings["filters"]):
            model.add(
                keras.layers.Conv2D(
                    filters, settings["kernel_size"], padding="same", use_bias=not batch,
                    kernel_initializer=initializer, **penalty,
                )
            )  # fmt: skip
            activated(model)
            model.add(keras.layers.MaxPooling2D(2))
            if regularization["dropout"] is not None:
                model.add(keras.layers.Dropout(regularization["dropout"]))
    model.add(keras.layers.Flatten())
    for units in sizes(settings["layers"]) if family == "mlp" else ():
        model.add(keras.layers.Dense(units, use_bias=not batch, kernel_initializer=initializer, **penalty))
        activated(model)
        if regularization["dropout"] is not None:
            model.add(keras.layers.Dropout(regularization["dropout"]))
    model.add(keras.layers.Dense(10, kernel_initializer=initializer, **penalty))
    model.compile(
        optimizer=optimizer(configuration),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def optimizer(configuration: dict[str, Any]) -> Any:
    import keras

    [(name, settings)] = configuration["optimizer"].items()
    kinds = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "nadam": "Nadam", "adagrad": "Adagrad"}
    given = {key: value for key, value in settings.items() if key != "schedule" and value is not None}
    return getattr(keras.optimizers, kinds[name])(**given)


def sizes(word: Any) -> list[int]:
    return [int(part) for part in str(word).split("-")]


def run(configurations: list[dict[str, Any]], data: Path, name: str) -> None:
    import keras
    import mlflow
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("plain")
    x_train, y_train, x_val, y_val = load_parts(data)

    class LogEpochs(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            mlflow.log_metrics(logs or {}, step=epoch)

    def objective(trial: optuna.Trial) -> float:
        number = trial.suggest_int("configuration", 0, len(configurations) - 1)
        configuration = configurations[number]
        keras.backend.clear_session()
        keras.utils.set_random_seed(number)
        with mlflow.start_run(run_name=f"trial-{number}"):
            mlflow.log_params(configuration["optimizer"] | configuration["regularization"])
            history = build(configuration).fit(
                x_train, y_train, batch_size=configuration["training"]["batch_size"], epochs=configuration["epochs"],
                validation_data=(x_val, y_val), verbose=0, callbacks=[LogEpochs()],
            ).history  # fmt: skip
        trial.set_user_attr("val_accuracy", max(history["val_accuracy"]))
        for epoch, value in enumerate(history["val_loss"]):
            trial.report(value, epoch)
        return float(min(history["val_loss"]))

    study = optuna.create_study(study_name=name, storage="sqlite:///optuna.db", load_if_exists=True)
    for number in range(len(configurations)):
        study.enqueue_trial({"configuration": number})
    study.optimize(objective, n_trials=len(configurations))
    found = {trial.params["configuration"]: trial.user_attrs["val_accuracy"] for trial in study.trials}
    Path(f"{name}.json").write_text(json.dumps([found[number] for number in range(len(configurations))]))


def make_stores() -> None:
    """The stores' tables, before several processes want to make them at once."""
    import mlflow
    import optuna

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("plain")
    optuna.storages.RDBStorage("sqlite:///optuna.db")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configurations", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--name", default="plain")
    arguments = parser.parse_args()
    configurations = json.loads(arguments.configurations.read_text())
    if arguments.processes == 1:
        run(configurations, arguments.data, arguments.name)
        return
    make_stores()
    # Each process has a study of its own in the same stores: Optuna's SQLite lets two processes take the same enqueued trial.
    running = []
    for number in range(arguments.processes):
        part = Path(f"part-{number}.json")
        part.write_text(json.dumps(configurations[number :: arguments.processes]))
        command = [sys.executable, __file__, str(part), str(arguments.data), "--name", f"{arguments.name}-{number}"]
        running.append(subprocess.Popen(command))
    exit_codes = [process.wait() for process in running]
    sys.exit(max(exit_codes))


if __name__ == "__main__":
    main()
