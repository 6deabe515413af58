"""KerasTuner's random search over the list: a hypermodel whose one hyperparameter is the configuration's number.

The oracle is RandomSearchOracle, except that it gives the numbers in turn: by itself it draws with replacement, and gives up
after some draws that it had before. The rest is KerasTuner as it comes: a first build that finds the hyperparameters, a build
and a `fit` for each trial, the best epoch's weights and each trial's JSON written to its project folder, one after another.
"""

from __future__ import annotations

from typing import Any

import keras_models
import keras_tuner
from keras_tuner.engine.trial import TrialStatus
from trials import Job, trial_line


class InTurn(keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]
    """Gives the values 0, 1, 2 ... of `configuration`."""

    def __init__(self, count: int) -> None:
        super().__init__(objective="val_loss", max_trials=count)
        self._numbers = iter(range(count))

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        return {"status": TrialStatus.RUNNING, "values": {"configuration": next(self._numbers)}}


class Listed(keras_tuner.HyperModel):  # type: ignore[misc]
    def __init__(self, job: Job, parts: keras_models.Parts) -> None:
        super().__init__()
        self._job, self._parts = job, parts
        self.found: dict[int, dict[str, float]] = {}

    def build(self, hp: keras_tuner.HyperParameters) -> Any:
        number = hp.Int("configuration", 0, len(self._job.configurations) - 1)
        return keras_models.seeded_model(self._job.configurations[number], self._parts[0].shape[1:])

    def fit(self, hp: keras_tuner.HyperParameters, model: Any, *_: Any, callbacks: list[Any], **__: Any) -> Any:
        number = hp.get("configuration")
        history = keras_models.fit(model, self._job.configurations[number], self._parts, callbacks)
        self.found[number] = trial_line(history.history["val_accuracy"])
        return history


def main() -> None:
    job = Job.of(Job.parser(__doc__).parse_args())
    model = Listed(job, keras_models.load_parts(job.data))
    keras_tuner.Tuner(InTurn(len(job.configurations)), model, directory=".", project_name="tuner").search(verbose=0)
    job.write(model.found)


if __name__ == "__main__":
    main()
