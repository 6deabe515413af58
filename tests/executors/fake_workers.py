"""Workers that follow the protocol and write real spools, without TensorFlow. They misbehave as the environment says.

`FAKE_BEHAVIOUR` is JSON, trial number -> one of kill, kill_always, exit, error, diverge, hang (`3.1`: repeat 1 of trial 3);
`FAKE_SECONDS` is how long a round takes. `FAKE_LANES` is how many lanes a worker finds out to be right for each structure, once
the first trial of it has ended; it matters where the settings leave that open.
"""

import json
import math
import os
import signal
import time

from sweeper.catalogue.signature import Kind
from sweeper.records import EpochRecord, Outcome, Reason, Start, State, TrialPlan, Verdict, WorkerSettings
from sweeper.tracking.spool import SpoolWriter


def main(channel, settings: WorkerSettings) -> None:
    channel.send({"say": "ready", "device": "CPU", "versions": {}})
    with SpoolWriter(settings.spool) as spool:
        _Worker(channel, settings, spool).work()


def echo(channel, settings: WorkerSettings) -> None:
    """Says back what it hears, and what it is."""
    environment = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")}
    channel.send({"say": "ready", "pid": os.getpid(), "environment": environment, "worker": settings.worker})
    while (message := channel.receive()) is not None and message["do"] != "stop":
        if message["do"] == "die":
            channel.send({"say": "last words"})
            os.kill(os.getpid(), signal.SIGKILL)
        if message["do"] == "exit":
            os._exit(message["code"])
        print("heard", message, flush=True)
        channel.send({"say": "echo", "message": message})


def raising(channel, settings: WorkerSettings) -> None:
    raise RuntimeError("no device")


class _Worker:
    """Trains in rounds: an epoch in every lane, then one message with all that it brought."""

    def __init__(self, channel, settings: WorkerSettings, spool: SpoolWriter) -> None:
        self.channel, self.settings, self.spool = channel, settings, spool
        self.running: list[_Trial] = []
        self.lanes: dict[str, int] = {}
        self.room = 0
        self.compiled: set[str] = set()
        self.leaving = False

    def work(self) -> None:
        while not self.leaving:
            if not self.running or self.channel.waiting():
                self.hear()
            elif self.running:
                self.round()

    def hear(self) -> dict:
        message = self.channel.receive()
        if message is None or message["do"] == "stop":
            self.leaving = True
        elif message["do"] == "train":
            self.begin([TrialPlan.from_raw(raw) for raw in message["plans"]])
        return message or {}

    def begin(self, plans: list[TrialPlan]) -> None:
        settings = self.settings
        [kind] = {Kind.of(plan, settings.data, settings.objective.metrics, settings.backend) for plan in plans}
        [lanes] = {plan.lanes for plan in plans}
        structure = kind.structure
        if not self.running:
            self.group = kind, lanes
            self.room = lanes or self.lanes.get(structure) or settings.lanes or 1
        assert (kind, lanes) == self.group, "only plans of one kind are trained side by side"
        assert len(self.running) + len(plans) <= self.room, f"{len(plans)} plans more than {self.room} lanes take"
        found = [_Trial(settings, plan, structure, self.room) for plan in plans]
        self.tell([trial.start(structure not in self.compiled and trial is found[0]) for trial in found])
        self.compiled.add(structure)
        self.running += found

    def round(self) -> None:
        time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
        records = []
        for trial in self.running:
            records += trial.epoch()
        self.tell(records)
        asked = [trial for trial in self.running if trial.outcome is None and trial.epochs_done - 1 in trial.plan.rungs]
        while asked and not self.leaving:
            message = self.hear()
            for trial in [one for one in asked if message.get("do") == "verdict" and one.meant(message)]:
                asked.remove(trial)
                if message["verdict"] == Verdict.STOP:
                    trial.end(State.PRUNED, Reason.PRUNER)
        if not self.leaving:
            self.finish()

    def finish(self) -> None:
        ended = [trial for trial in self.running if trial.outcome is not None]
        self.running = [trial for trial in self.running if trial.outcome is None]
        if ended:
            self.tell([trial.outcome for trial in ended])
            self.spool.flush()
            self.find_out(ended[0].structure)

    def find_out(self, structure: str) -> None:
        wanted = int(os.environ.get("FAKE_LANES", "0"))
        if wanted and self.lanes.get(structure) != wanted and not self.settings.lanes:
            self.lanes[structure] = wanted
            about = {"lanes": wanted, "why": "as the test says", "measured": True}
            self.channel.send({"say": "lanes", "structure": structure, **about})

    def tell(self, records) -> None:
        if records:
            self.spool.append_all(records)
            self.channel.send({"say": "records", "records": [record.to_raw() for record in records]})


class _Trial:
    def __init__(self, settings: WorkerSettings, plan: TrialPlan, structure: str, lanes: int) -> None:
        self.settings, self.plan, self.structure, self.lanes = settings, plan, structure, lanes
        said = json.loads(os.environ.get("FAKE_BEHAVIOUR", "{}"))
        self.behaviour = said.get(f"{plan.number}.{plan.repeat}", said.get(str(plan.number), ""))
        self.identity = {"repeat": plan.repeat, "attempt": plan.attempt}
        self.epochs_done = 0
        self.reached: dict[int, float] = {}
        self.outcome: Outcome | None = None

    def start(self, compiled: bool) -> Start:
        plan, worker = self.plan, self.settings.worker
        spent = 0.5 if compiled else 0.0
        return Start(
            plan.number,
            self.structure,
            compiled,
            worker,
            "CPU",
            now(),
            **self.identity,
            lanes=self.lanes,
            compile_seconds=spent,
        )

    def epoch(self) -> list:
        """The next epoch's record; after the last one, the outcome is there."""
        plan, epoch = self.plan, self.epochs_done
        if epoch == 2:
            self.misbehave()
        diverged = self.behaviour == "diverge" and epoch == 2
        value = self.reached[epoch] = math.nan if diverged else loss(plan, epoch)
        metrics = {"val_loss": value, "train_loss": value / 2, "learning_rate": 0.1}
        self.epochs_done += 1
        if diverged:
            self.end(State.PRUNED, Reason.DIVERGED)
        elif epoch == plan.epochs:
            self.end(State.COMPLETE, Reason.FINISHED)
        return [EpochRecord(plan.number, epoch, metrics, {"train": 0.01}, now(), **self.identity)]

    def misbehave(self) -> None:
        if self.behaviour == "kill_always" or (self.behaviour == "kill" and self.plan.attempt == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.behaviour == "exit":
            os._exit(0)
        if self.behaviour == "hang":
            time.sleep(600)

    def meant(self, message: dict) -> bool:
        return (message["trial"], message["repeat"]) == (self.plan.number, self.plan.repeat)

    def end(self, state: State, reason: Reason) -> None:
        plan, settings, reached = self.plan, self.settings, self.reached
        failed = self.behaviour == "error"
        finite = {epoch: value for epoch, value in reached.items() if math.isfinite(value) and epoch}
        best = None if failed else min(finite, key=finite.get)
        self.outcome = Outcome(
            trial=plan.number,
            state=State.FAILED if failed else state,
            reason=Reason.ERROR if failed else reason,
            value=None if failed else finite[best],
            last=None if failed else finite[max(finite)],
            best_epoch=best,
            epochs=max(reached),
            seconds={"compile": 0.1, "train": 0.01 * len(reached)},
            time=now(),
            metrics={} if failed else {"test_loss": finite[best] + 0.5},
            message="model.py:3: ValueError: no" if failed else "",
            worker=settings.worker,
            device="CPU",
            **self.identity,
        )


def loss(plan: TrialPlan, epoch: int) -> float:
    """Smallest at a learning rate of 0.003; falls with the epochs."""
    rate = float(plan.parameters["optimizer.adam.learning_rate"])
    return 0.1 + abs(math.log10(rate / 0.003)) + 1 / (1 + epoch) + plan.seeds.weights % 97 * 1e-6 + plan.fold


def now() -> int:
    return int(time.time() * 1000)
