"""What lanes give: epochs a second of the bare engine at 1, 2, 4 ... lanes, against one lane and against Keras's `fit`.

    python benchmarks/lanes.py --backend jax --families mlp,cnn,lstm,transformer --lanes 1,4,16,64

Nothing is searched and nothing tracked: a program is compiled, its lanes are filled, and whole trials are trained, with every
evaluation and probe of a sweep. The share of the peak is that of the training epochs alone, against the rate at which this
device multiplies large matrices. Needs neither Optuna nor MLflow, nor TensorFlow with `--backend jax`, so that it can be run
on a machine that has a card and little else. A line of JSON for each row goes to `--out`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

ROWS, VALIDATION, BATCH, EPOCHS = 1077, 360, 32, 20
"""The digits as the shipped spaces split them."""

FAMILIES: dict[str, dict[str, Any]] = {
    "mlp": {"mlp": {"layers": "64-64", "depth": None, "activation": "relu", "normalization": None}},
    "cnn": {
        "cnn": {
            "filters": "16-32", "kernel_size": 3, "activation": "relu", "normalization": "batch", "pooling": "max",
            "head": "flatten", "dense": None,
        }
    },
    "lstm": {"rnn": {"cell": "lstm", "layers": 1, "units": 64, "bidirectional": False, "head": "last"}},
    "transformer": {
        "transformer": {
            "depth": 1, "heads": 4, "head_width": 8, "feed_forward": 2, "activation": "relu", "normalization": "pre",
            "positions": "learned",
        }
    },
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", choices=("tensorflow", "jax"), default="jax")
    parser.add_argument("--families", default="mlp,cnn,lstm,transformer")
    parser.add_argument("--lanes", default="1,2,4,8,16,32,64")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--precision", choices=("float32", "mixed_bfloat16"), default="float32")
    parser.add_argument("--fit", action="store_true", help="time Keras's fit as well")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    os.environ["KERAS_BACKEND"] = arguments.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    rows = []
    for family in arguments.families.split(","):
        bench = Engine(arguments.backend, family, arguments.epochs, arguments.precision)
        if not rows:
            print(f"{bench.device}, a product of large matrices: {bench.peak / 1e12:.3g} TFLOP/s", flush=True)
        if arguments.fit:
            rows.append(shown({"family": family, "lanes": "fit", **bench.fit()}))
        rows += [
            shown({"family": family, "lanes": lanes, **bench.trials(lanes)}) for lanes in map(int, arguments.lanes.split(","))
        ]
    if arguments.out:
        arguments.out.write_text("".join(json.dumps(row) + "\n" for row in rows))


class Engine:
    """The engine over the digits, for one family."""

    def __init__(self, backend: str, family: str, epochs: int, precision: str) -> None:
        import numpy as np
        from arithmetic import SIDE, SIDE_ON_CARD, operations_a_second
        from sklearn.datasets import load_digits

        from sweeper.records import DataInfo, Task
        from sweeper.training.backends import open_backend
        from sweeper.training.device_data import DeviceData

        self.backend = open_backend(backend)
        self.device = self.backend.claim("")
        self.family, self.epochs, self.precision = family, epochs, precision
        side = SIDE if self.device == "CPU" else SIDE_ON_CARD
        self.peak = operations_a_second(side, dtype="bfloat16" if precision == "mixed_bfloat16" else "float32")
        x, y = load_digits(return_X_y=True)
        self.x, self.y = ((x - x.mean()) / x.std()).astype("float32").reshape(-1, 8, 8, 1), y.astype("int32")
        train, validation, test = np.split(np.arange(len(x), dtype="int32"), [ROWS, ROWS + VALIDATION])
        index = {"train": train, "train_eval": train[:VALIDATION], "val": validation, "test": test}
        self.data = DeviceData(self.backend.array(self.x), self.backend.array(self.y), (index,))
        counts = {"train": ROWS, "validation": VALIDATION, "test": len(test)}
        self.info = DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, counts, "", "")

    def operations(self, model: Any) -> float:
        """Floating-point operations of one trial's training, products with kernels alone: the share of the peak that follows is
        a lower bound."""
        from arithmetic import training_operations

        return training_operations(model) * ROWS * self.epochs

    def configuration(self, learning_rate: float) -> dict[str, Any]:
        return {
            "model": FAMILIES[self.family],
            "initializer": {"glorot_uniform": {}},
            "regularization": {"l1": None, "l2": 1e-5, "dropout": 0.1, "noise": None, "early_stopping": None},
            "optimizer": {"adam": {"learning_rate": learning_rate}},
            "training": {"batch_size": BATCH, "class_weight": None, "shuffle": True, "precision": self.precision},
        }

    def trials(self, lanes: int) -> dict[str, Any]:
        """Seconds of compiling, and seconds a trial when all lanes are filled: of training alone, and of everything."""
        from sweeper.records import Objective, TrialPlan
        from sweeper.seeds import Seeds
        from sweeper.training.lanes import Lanes
        from sweeper.training.network import Network
        from sweeper.training.resident_program import ResidentProgram
        from sweeper.training.trial import Trial

        example = self.configuration(1e-3)
        begun = time.perf_counter()
        network = Network(example, self.info, "")
        program = ResidentProgram(self.backend, network, example, self.info, ("accuracy",), self.data, lanes)
        compiling = time.perf_counter() - begun
        objective = Objective("val_loss", maximize=False, metrics=("accuracy",))
        for wave in range(2):  # the first is thrown away: it fills caches
            running = Lanes(program)
            begun = time.perf_counter()
            for number in range(lanes):
                plan = TrialPlan(number, {}, self.configuration(1e-3 * (1 + number % 7)), Seeds.of(wave, number), self.epochs)
                running.place(Trial(plan, objective, ROWS, 0.0))
            running.begin()
            outcomes = []
            while not outcomes:
                running.round()
                outcomes = running.finish()
            seconds = time.perf_counter() - begun
        training = sum(outcome.seconds["train"] for outcome in outcomes)
        accuracies = [outcome.metrics["test_accuracy"] for outcome in outcomes]
        return {
            "compile": round(compiling, 2),
            "seconds": round(seconds / lanes, 5),
            "training": round(training / lanes, 5),
            "trials_an_hour": round(3600 * lanes / seconds),
            "share_of_peak": float(f"{self.operations(network.model) * lanes / training / self.peak:.3g}"),
            "accuracy": round(sum(accuracies) / lanes, 3),
        }

    def fit(self) -> dict[str, Any]:
        """Seconds a trial of Keras's `fit` with the same model, data and epochs, after one that is thrown away."""
        import keras

        from sweeper.training.network import Network

        took = []
        for seed in range(2):
            keras.utils.set_random_seed(seed)
            begun = time.perf_counter()
            model = Network(self.configuration(1e-3), self.info, "").model
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
            parts = [slice(0, ROWS), slice(ROWS, ROWS + VALIDATION)]
            (x, y), held_out = ((self.x[part], self.y[part]) for part in parts)
            model.fit(x, y, batch_size=BATCH, epochs=self.epochs, validation_data=held_out, verbose=0)
            took.append(time.perf_counter() - begun)
        return {"seconds": round(took[-1], 4), "trials_an_hour": round(3600 / took[-1])}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


if __name__ == "__main__":
    main()
