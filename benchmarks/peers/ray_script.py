"""Ray Tune with OptunaSearch over the list, whose numbers are its points to evaluate: each is tried once, in their order.

Ray as it comes: a processor for a trial, so as many at once as there are processors; a new process for each trial, which
imports TensorFlow (`--reuse-actors` keeps the processes); every epoch reported; Ray's own loggers; no MLflow.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray import tune
from ray.tune.search.optuna import OptunaSearch
from trials import Job, trial_line


def train(point: dict[str, int], job: Job) -> None:
    """One trial, in a process of Ray's."""
    import keras
    import keras_models

    class Report(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            tune.report({**(logs or {}), "ended": time.time()})

    configuration, parts = job.configurations[point["configuration"]], keras_models.load_parts(job.data)
    model = keras_models.seeded_model(configuration, parts[0].shape[1:])
    keras_models.fit(model, configuration, parts, [Report()])


def main() -> None:
    parser = Job.parser(__doc__)
    parser.add_argument("--reuse-actors", action="store_true")
    arguments = parser.parse_args()
    job = Job.of(arguments)
    numbers = range(len(job.configurations))
    ray.init(include_dashboard=False, num_cpus=len(os.sched_getaffinity(0)))
    results = tune.Tuner(
        tune.with_parameters(train, job=job),
        param_space={"configuration": tune.randint(0, len(numbers))},
        tune_config=tune.TuneConfig(
            search_alg=OptunaSearch(points_to_evaluate=[{"configuration": number} for number in numbers]),
            num_samples=len(numbers),
            metric="val_loss",
            mode="min",
            reuse_actors=arguments.reuse_actors,
        ),
        run_config=tune.RunConfig(storage_path=str(Path.cwd()), name="ray", verbose=0),
    ).fit()
    job.write({result.config["configuration"]: line(result) for result in results})
    ray.shutdown()


def line(result: Any) -> dict[str, float]:
    """The trial's line, from what Ray kept of it."""
    if result.error is not None:
        raise result.error
    frame = result.metrics_dataframe
    return trial_line([float(value) for value in frame["val_accuracy"]]) | {"ended": float(frame["ended"].iloc[-1])}


if __name__ == "__main__":
    main()
