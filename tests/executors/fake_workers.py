"""Workers that follow the protocol and write real spools, without TensorFlow. They misbehave as the environment says.

`FAKE_BEHAVIOUR` is JSON, trial number -> one of kill, kill_always, exit, error, diverge, hang; `FAKE_SECONDS` is how long an
epoch takes.
"""

import json
import math
import os
import signal
import time

from sweeper.records import EpochRecord, Outcome, Reason, Start, State, TrialPlan, Verdict, WorkerSettings
from sweeper.tracking.spool import SpoolWriter


def main(channel, settings: WorkerSettings) -> None:
    channel.send({"say": "ready", "device": "CPU", "versions": {}})
    with SpoolWriter(settings.spool) as spool:
        while (message := channel.receive()) is not None and message["do"] != "stop":
            if message["do"] == "train" and not _Trial(channel, settings, spool, TrialPlan.from_raw(message["plan"])).train():
                return


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


class _Trial:
    def __init__(self, channel, settings: WorkerSettings, spool: SpoolWriter, plan: TrialPlan) -> None:
        self.channel, self.settings, self.spool, self.plan = channel, settings, spool, plan
        self.behaviour = json.loads(os.environ.get("FAKE_BEHAVIOUR", "{}")).get(str(plan.number), "")

    def train(self) -> bool:
        """Whether to go on with the next plan."""
        plan = self.plan
        attempt = {"repeat": plan.repeat, "attempt": plan.attempt}
        self.tell(Start(plan.number, "structure", True, self.settings.worker, "CPU", now(), **attempt))
        reached = {}
        reason, state = Reason.FINISHED, State.COMPLETE
        for epoch in range(plan.epochs + 1):
            time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
            if epoch == 2:
                self.misbehave()
            diverged = self.behaviour == "diverge" and epoch == 2
            reached[epoch] = math.nan if diverged else loss(plan, epoch)
            metrics = {"val_loss": reached[epoch], "train_loss": reached[epoch] / 2, "learning_rate": 0.1}
            self.tell(EpochRecord(plan.number, epoch, metrics, {"train": 0.01}, now(), **attempt))
            if diverged:
                reason, state = Reason.DIVERGED, State.PRUNED
                break
            if epoch in plan.rungs:
                message = self.channel.receive()
                if message is None or message["do"] == "stop":
                    return False
                if message["verdict"] == Verdict.STOP:
                    reason, state = Reason.PRUNER, State.PRUNED
                    break
            if self.channel.waiting():
                self.channel.receive()
                return False
        self.finish(reached, state, reason)
        return True

    def misbehave(self) -> None:
        if self.behaviour == "kill_always" or (self.behaviour == "kill" and self.plan.attempt == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.behaviour == "exit":
            os._exit(0)
        if self.behaviour == "hang":
            time.sleep(600)

    def finish(self, reached, state, reason) -> None:
        plan, settings = self.plan, self.settings
        failed = self.behaviour == "error"
        finite = {epoch: value for epoch, value in reached.items() if math.isfinite(value) and epoch}
        best = None if failed else min(finite, key=finite.get)
        self.tell(
            Outcome(
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
                repeat=plan.repeat,
                attempt=plan.attempt,
            )
        )
        self.spool.flush()

    def tell(self, record) -> None:
        self.spool.append(record)
        self.channel.send({"say": "record", "record": record.to_raw()})


def loss(plan: TrialPlan, epoch: int) -> float:
    """Smallest at a learning rate of 0.003; falls with the epochs."""
    rate = float(plan.parameters["optimizer.adam.learning_rate"])
    return 0.1 + abs(math.log10(rate / 0.003)) + 1 / (1 + epoch) + plan.seeds.weights % 97 * 1e-6


def now() -> int:
    return int(time.time() * 1000)
