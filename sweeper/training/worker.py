"""The worker's entry: takes plans from the parent, trains them, and puts every record on disk before it tells of it.

A worker knows neither Optuna nor MLflow. It keeps its programs from plan to plan.
"""

from __future__ import annotations

import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import psutil

from sweeper.executors.channel import Channel, Message
from sweeper.records import Record, TrialPlan, Verdict, WorkerSettings
from sweeper.tracking.spool import SpoolWriter
from sweeper.training.backends import open_backend
from sweeper.training.bench import Bench

_IMPORTED = time.time()


def main(channel: Channel, settings: WorkerSettings) -> None:
    """Train what the parent sends until it sends no more."""
    try:
        worker = Worker(channel, settings)
    except Exception as error:
        channel.send({"say": "unable", "message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()})
        return
    channel.send({"say": "ready", "device": worker.device, "versions": worker.versions})
    worker.work()


class Worker:
    """One worker's line to the parent, and its spool; what it trains lies on its `Bench`.

    It keeps count of the seconds that are no trial's: `import` of the back end, `load` of the data, `spool`, and `idle`, in
    which it waits for the parent.
    """

    def __init__(self, channel: Channel, settings: WorkerSettings) -> None:
        self._seconds: dict[str, float] = defaultdict(float)
        self._seconds["import"] = max(_IMPORTED - psutil.Process().create_time(), 0.0)
        with self._spending("load"):
            backend = open_backend(settings.backend)
            self.device = backend.claim(settings.cache)
            self.versions = {name: version(name) for name in backend.packages}
            self._bench = Bench(settings, backend, self.device)
        self._channel = channel
        self._spool = SpoolWriter(settings.spool)
        self._asked_to_leave = False

    def work(self) -> None:
        """Round for round, until the parent says to leave; whoever has not ended then is unfinished."""
        while True:
            self._listen()
            if self._asked_to_leave:
                return
            self._tell(self._bench.begin())
            self._tell(self._bench.round())
            self._await_verdicts()
            self._tell(self._bench.finish())
            for structure, choice in self._bench.choices():
                about = {"lanes": choice.lanes, "why": choice.why, "measured": choice.measured}
                self._channel.send({"say": "lanes", "structure": structure, **about})
            if not self._bench.is_busy:
                with self._spending("spool"):
                    self._spool.flush()
                self._channel.send({"say": "spent", "seconds": dict(self._seconds)})

    def _listen(self) -> None:
        """Take what the parent has sent; with nothing to train, wait for it."""
        while not self._asked_to_leave and (not self._bench.is_busy or self._channel.waiting()):
            message = self._next()
            # The parent answers every record of a rung, also where the trial diverged or stopped early there and does not wait.
            if message is not None and message["do"] == "train":
                self._take(message)

    def _take(self, message: Message) -> None:
        self._bench.take([TrialPlan.from_raw(raw) for raw in message["plans"]], int(message.get("left", 0)))

    def _await_verdicts(self) -> None:
        """Ask for a verdict on every trial that stands at a rung; a parent that says to leave has none."""
        waiting = {(plan.number, plan.repeat) for plan in self._bench.at_rungs()}
        if waiting:
            with self._spending("spool"):
                self._spool.flush()
        while waiting and not self._asked_to_leave:
            message = self._next()
            if message is None:
                return
            if message["do"] == "train":
                self._take(message)
                continue
            trial = (int(message["trial"]), int(message.get("repeat", 0)))
            if trial in waiting:
                waiting.remove(trial)
                if Verdict(message["verdict"]) is Verdict.STOP:
                    self._bench.prune(*trial)

    def _next(self) -> Message | None:
        """The parent's next message; None if it says to leave, or is gone."""
        with self._spending("idle"):
            message = self._channel.receive()
        if message is None or message["do"] == "stop":
            self._asked_to_leave = True
            return None
        return message

    def _tell(self, records: Sequence[Record]) -> None:
        """All records of a round with one write and one message."""
        if records:
            with self._spending("spool"):
                self._spool.append_all(records)
            self._channel.send({"say": "records", "records": [record.to_raw() for record in records]})

    @contextmanager
    def _spending(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self._seconds[what] += time.perf_counter() - begun
