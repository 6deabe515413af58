"""The worker's entry: takes plans from the parent, trains them, and puts every record on disk before it tells of it.

A worker knows neither Optuna nor MLflow. It keeps its programs from plan to plan.
"""

from __future__ import annotations

import time
import traceback
from importlib.metadata import version

import tensorflow as tf

from sweeper.catalogue.signature import signature
from sweeper.errors import SweepError
from sweeper.executors.channel import Channel, Message
from sweeper.own_code import own_line
from sweeper.records import EpochRecord, Outcome, Reason, Record, Start, State, TrialPlan, Verdict, WorkerSettings
from sweeper.tracking.spool import SpoolWriter
from sweeper.training.device import claim_device, load
from sweeper.training.program import Program
from sweeper.training.programs import Programs
from sweeper.training.trial import train


def main(channel: Channel, settings: WorkerSettings) -> None:
    """Train what the parent sends until it sends no more."""
    try:
        worker = Worker(channel, settings)
    except Exception as error:
        channel.send({"say": "unable", "message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()})
        return
    channel.send(
        {"say": "ready", "device": worker.device, "versions": {name: version(name) for name in ("tensorflow", "keras")}}
    )
    worker.work()


class Worker:
    """One worker: its data on the device, its programs and its spool."""

    def __init__(self, channel: Channel, settings: WorkerSettings) -> None:
        self._channel, self._settings = channel, settings
        self.device = claim_device()
        self._data = load(settings.data)
        self._programs = Programs()
        self._spool = SpoolWriter(settings.spool)
        self._asked_to_leave = False

    def work(self) -> None:
        while not self._asked_to_leave:
            message = self._next()
            # The parent answers every record of a rung, also where the trial diverged or stopped early there and does not wait.
            if message is not None and message["do"] == "train":
                self._train(TrialPlan.from_raw(message["plan"]))

    def close(self) -> None:
        self._spool.close()

    def record(self, record: EpochRecord) -> None:
        self._tell(record)

    def verdict(self, epoch: int) -> Verdict:
        self._spool.flush()
        message = self._next()
        return Verdict.GO if message is None else Verdict(message["verdict"])

    def stopping(self) -> bool:
        if not self._asked_to_leave and self._channel.waiting():
            self._next()
        return self._asked_to_leave

    def _next(self) -> Message | None:
        """The parent's next message; None if it says to leave, or is gone."""
        message = self._channel.receive()
        if message is None or message["do"] == "stop":
            self._asked_to_leave = True
            return None
        return message

    def _train(self, plan: TrialPlan) -> None:
        try:
            outcome = self._outcome(plan)
        except (Exception, SystemExit) as error:
            outcome = self._fault(plan, error)
        if outcome is not None:
            self._tell(outcome)
            self._spool.flush()

    def _outcome(self, plan: TrialPlan) -> Outcome | None:
        settings = self._settings
        structure = signature(plan.configuration, settings.data, settings.objective.metrics, settings.backend)
        program, compiled = self._programs.get(
            structure,
            lambda: Program(plan.configuration, settings.data, settings.objective.metrics, settings.folder, self._data.train),
        )
        self._tell(Start(plan.number, structure, compiled, settings.worker, self.device, _now(), plan.repeat, plan.attempt))
        outcome = train(program, plan, self._data, settings.objective, self, program.compile_seconds if compiled else 0.0)
        return None if outcome is None else outcome.by(settings.worker, self.device)

    def _fault(self, plan: TrialPlan, error: BaseException) -> Outcome:
        out_of_memory = isinstance(error, MemoryError | tf.errors.ResourceExhaustedError)
        told = str(error) if isinstance(error, SweepError) else f"{type(error).__name__}: {error}"
        where = "" if isinstance(error, SweepError) else own_line(error, self._settings.folder)
        return Outcome(
            trial=plan.number,
            state=State.FAILED,
            reason=Reason.OUT_OF_MEMORY if out_of_memory else Reason.ERROR,
            value=None,
            last=None,
            best_epoch=None,
            epochs=0,
            seconds={},
            time=_now(),
            message=f"{where}: {told}" if where else told,
            trace="".join(traceback.format_exception(error)),
            worker=self._settings.worker,
            device=self.device,
            repeat=plan.repeat,
            attempt=plan.attempt,
        )

    def _tell(self, record: Record) -> None:
        self._spool.append(record)
        self._channel.send({"say": "record", "record": record.to_raw()})


def _now() -> int:
    return int(time.time() * 1000)
