"""The bare compiled epochs of a sweep that was run: `python benchmarks/bare.py HOME`, in the environment of its worker

The sweep's plans are trained again by its programs: the same epochs, evaluations and probes, called one after another, one
trial at a time. Nothing is asked for, judged, recorded or tracked. Only the calls are timed; a first trial is thrown away.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sweeps
from arithmetic import operations_a_second, training_operations

from sweeper.records import TrialPlan
from sweeper.search.settings import read_settings
from sweeper.training.backends import open_backend
from sweeper.training.device_data import TEST, TRAIN, TRAIN_EVAL, VALIDATION, DeviceData, load
from sweeper.training.network import Network
from sweeper.training.passes import Pass
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.trial import epoch_learning_rates, probed_epochs

Result = TypeVar("Result")


def main() -> None:
    home = Path(sys.argv[1])
    settings, plans = read_settings(sweeps.folder(home)), sweeps.plans(home)
    backend = open_backend(settings.backend)
    backend.claim("")
    data = load(settings.data, backend)
    example = plans[0].configuration
    network = Network(example, settings.data, settings.folder)
    program = ResidentProgram(backend, network, example, settings.data, settings.objective.metrics, data)
    train(program, plans[0], data)
    trials = [train(program, plan, data) for plan in plans]
    rows, epochs = data.count(0, TRAIN), plans[0].epochs
    told = {what: statistics.mean(trial[what] for trial in trials) for what in ("epochs", "evaluations", "probes")}
    floor = training_operations(network.model) * rows * epochs / operations_a_second()
    print(json.dumps({**told, "floor": floor}))


def train(program: ResidentProgram, plan: TrialPlan, data: DeviceData) -> dict[str, float]:
    """Seconds of one trial's `epochs`, `evaluations` and `probes`."""
    spent: dict[str, float] = defaultdict(float)

    def timed(what: str, call: Callable[..., Result], *arguments: Any) -> Result:
        begun = time.perf_counter()
        result = call(*arguments)
        spent[what] += time.perf_counter() - begun
        return result

    training, index, rows = program.start(plan), data.index[0], data.count(0, TRAIN)
    for epoch in range(plan.epochs + 1):
        rates = epoch_learning_rates(plan, rows, epoch)
        if epoch > 0:
            order, size = index[TRAIN][Pass.of(plan, epoch).order(rows)], plan.configuration["training"]["batch_size"]
            training, _ = timed("epochs", program.epoch, training, [order], [rates], size)
        for part in (TRAIN_EVAL, VALIDATION):
            timed("evaluations", program.evaluate, training.state, training.knobs, [index[part]])
        timed("evaluations", program.penalty, training)
        if epoch in probed_epochs(plan.epochs):
            timed("probes", program.signal, training, [float(rates[-1])], [0])
    timed("evaluations", program.evaluate, training.state, training.knobs, [index[TEST]])
    return spent


if __name__ == "__main__":
    main()
