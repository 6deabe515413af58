"""Where a worker computes, and the data that lies there."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from sweeper.data.arrays import Part, Parts
from sweeper.records import DataInfo
from sweeper.training.program import Rows
from sweeper.training.trial import DeviceData


def claim_device() -> str:
    """Name the device that this process computes on (`CPU`, or the card's name), with a GPU's memory taken as it is needed.

    Which card is visible was decided before TensorFlow was imported.
    """
    cards = tf.config.list_physical_devices("GPU")
    for card in cards:
        tf.config.experimental.set_memory_growth(card, True)
    if not cards:
        return "CPU"
    return str(tf.config.experimental.get_device_details(cards[0]).get("device_name", "GPU"))


def load(info: DataInfo) -> DeviceData:
    """All parts as tensors on the device, numbers to predict standardized."""
    parts = Parts.open(info)
    train = _rows(parts.train, info)
    count = len(parts.train_eval)
    return DeviceData(
        train=train,
        train_eval=train.first(count),
        validation=None if parts.validation is None else _rows(parts.validation, info),
        test=None if parts.test is None else _rows(parts.test, info),
    )


def _rows(part: Part, info: DataInfo) -> Rows:
    y = np.asarray(part.y)
    if info.target_scale:
        y = ((y - np.array(info.target_mean)) / np.array(info.target_scale)).astype("float32")
    return Rows(tf.constant(np.asarray(part.x)), tf.constant(y))
