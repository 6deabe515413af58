"""An exporting worker that trains nothing: what it does is told by the environment."""

from __future__ import annotations

import os
from pathlib import Path

from sweeper.errors import InputError
from sweeper.executors.channel import Channel
from sweeper.exporting.order import ABOUT, MODEL, Exported, ExportOrder
from sweeper.records import WorkerSettings


def main(channel: Channel, settings: WorkerSettings) -> None:
    message = channel.receive()
    assert message is not None
    order = ExportOrder.from_raw(message["order"])
    channel.send({"say": "step", "text": "pretending"})
    if os.environ.get("FAKE_EXPORT") == "refuse":
        raise InputError("the data set has changed")
    if os.environ.get("FAKE_EXPORT") == "die":
        os._exit(9)
    for name in (MODEL, ABOUT):
        (Path(order.out) / name).write_text(f"{order.plan.number} {order.plan.repeat}")
    exported = Exported(order.value, order.epoch, 0.0, 10, "test", no_script="it pretends")
    channel.send({"say": "exported", "exported": exported.to_raw()})
