"""The lanes of a program: trials of one structure side by side, each at its own epoch.

A round trains one epoch in every lane. A lane whose trial has ended takes another trial at once, without compiling; what runs
in it has no influence on its neighbours, to the last bit. A lane without a trial computes along, and nobody looks.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from sweeper.learners.supervised import State
from sweeper.records import EpochRecord, Outcome
from sweeper.training.device_data import TEST, TRAIN, TRAIN_EVAL, VALIDATION
from sweeper.training.packing import Metrics
from sweeper.training.passes import Pass
from sweeper.training.program import FINITE, Program, Training, forward_state
from sweeper.training.trial import Trial

Seconds = defaultdict[str, float]


class Lanes:
    """Trains trials that share a program, a batch size and a number of rows. `seconds` is what the last round took."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._trials: list[Trial | None] = [None] * program.lanes
        self._training: Training | None = None
        self._best: State | None = None
        self.seconds = 0.0

    @property
    def count(self) -> int:
        return self.program.lanes

    @property
    def running(self) -> list[Trial]:
        return [trial for trial in self._trials if trial is not None]

    @property
    def free(self) -> int:
        return self._trials.count(None)

    def place(self, trial: Trial) -> None:
        """Give a trial a free lane. Raises, with nothing changed, what its first weights raise (an own model's code)."""
        lane = self._trials.index(None)
        with _timed("train", trial.seconds):
            self._training = self.program.put(self._training, lane, self.program.start(trial.plan))
        self._trials[lane] = trial

    def begin(self) -> list[EpochRecord]:
        """Measure the trials that were placed since the last round, before they are trained."""
        fresh = [lane for lane, trial in enumerate(self._trials) if trial is not None and trial.next == 0]
        return self._look(fresh, None, defaultdict(float)) if fresh else []

    def round(self) -> list[EpochRecord]:
        """Train one epoch in every lane, and measure everything that is due."""
        assert self._training is not None
        begun = time.perf_counter()
        lanes = [lane for lane, trial in enumerate(self._trials) if trial is not None and trial.ending is None]
        spent: Seconds = defaultdict(float)
        with _timed("train", spent):
            size = self.running[0].batch_size
            self._training, measured = self.program.train(self._training, self._passes(), self._rates(), size)
        records = self._look(lanes, measured, spent)
        mask = [lane in lanes and trial is not None and trial.improved for lane, trial in enumerate(self._trials)]
        self._best = self.program.choose(mask, self._training.state, self._best)
        self.seconds = time.perf_counter() - begun
        return records

    def finish(self) -> list[Outcome]:
        """The outcomes of the trials that have ended, whose lanes are free now."""
        ended = [(lane, trial) for lane, trial in enumerate(self._trials) if trial is not None and trial.ending is not None]
        spent: Seconds = defaultdict(float)
        tested: list[Metrics] = []
        if self._best is not None and self._training is not None and any(trial.has_best for _, trial in ended):
            with _timed("evaluate", spent):
                tested = self._evaluate(TEST, self._best)
        outcomes = []
        for lane, trial in ended:
            trial.seconds["evaluate"] += spent["evaluate"] / len(ended)
            outcomes.append(trial.outcome(_named(TEST, tested[lane]) if tested and trial.has_best else {}))
            self._trials[lane] = None
        return outcomes

    def best(self, trial: Trial) -> dict[str, list[np.ndarray]]:
        """What a forward pass needs of a running trial's best epoch, on the host: `{"weights", "layers"}`."""
        assert self._best is not None and trial.has_best
        lane = self._trials.index(trial)
        return {
            name: [np.asarray(value)[lane] if self.count > 1 else np.asarray(value) for value in values]
            for name, values in forward_state(self._best).items()
        }

    def _look(self, lanes: Sequence[int], measured: list[Metrics] | None, spent: Seconds) -> list[EpochRecord]:
        """Evaluate and probe the trials in these lanes, and have them take the epoch."""
        assert self._training is not None
        program, training = self.program, self._training
        trials = {lane: trial for lane in lanes if (trial := self._trials[lane]) is not None}
        rates = self._rates()
        with _timed("evaluate", spent):
            evaluated = [(part, self._evaluate(part, training.state)) for part in (TRAIN_EVAL, VALIDATION)]
            penalties = program.penalty(training)
        looked: list[Metrics] = []
        if any(trial.is_probed for trial in trials.values()):
            with _timed("probe", spent):
                looked = program.signal(training, [float(rate[-1]) for rate in rates], self._folds())
        share = {what: seconds / len(trials) for what, seconds in spent.items()}
        records = []
        for lane, trial in trials.items():
            trained = {} if measured is None else dict(measured[lane])
            finite = trained.pop(FINITE, 1.0)
            metrics = _named(TRAIN, trained)
            for part, found in evaluated:
                metrics |= _named(part, found[lane]) if found else {}
            if not finite:  # what such a network gives is no number, whatever its loss says
                metrics = dict.fromkeys(metrics, math.nan)
            if measured is not None:
                metrics["learning_rate"] = float(rates[lane][-1])
            metrics["penalty"] = penalties[lane]
            if trial.is_probed:
                metrics |= looked[lane]
            records.append(trial.take(metrics, share))
        return records

    def _evaluate(self, part: str, state: State) -> list[Metrics]:
        """The part's measures for each lane; empty where the data have no such part."""
        assert self._training is not None
        return self.program.measure(part, state, self._training.knobs, self._folds())

    def _folds(self) -> list[int]:
        """The fold of each lane; of an empty one that of any trial, for its rows are as many."""
        other = next((trial.plan.fold for trial in self._trials if trial is not None), 0)
        return [other if trial is None else trial.plan.fold for trial in self._trials]

    def _passes(self) -> list[Pass]:
        folds = self._folds()
        return [Pass(fold) if trial is None else trial.next_pass for fold, trial in zip(folds, self._trials, strict=True)]

    def _rates(self) -> list[np.ndarray]:
        """The rates of each lane's next epoch; an empty lane stands still."""
        known = [None if trial is None else trial.learning_rates for trial in self._trials]
        steps = next(rates for rates in known if rates is not None)
        return [np.zeros_like(steps) if rates is None else rates for rates in known]


@contextmanager
def _timed(what: str, spent: dict[str, float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent[what] += time.perf_counter() - begun


def _named(part: str, metrics: Metrics) -> Metrics:
    return {f"{part}_{name}": value for name, value in metrics.items()}
