"""Learning-rate schedules: the rate of each step, computed on the host, so that no schedule is compiled into a program.

Each function takes the starting learning rate, global step numbers (int64 [steps], the first step of training is 0), the
number of steps of the whole training and of an epoch, and the schedule's own settings; it returns float32 [steps]. They
follow the classes of `keras.optimizers.schedules` in float32, operation by operation; what is left of a difference, below
1e-7 of the learning rate, is NumPy's and TensorFlow's own rounding of cosine and power.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Rates = NDArray[np.float32]

_one = np.float32(1)


def constant(learning_rate: float, steps: Steps, total_steps: int, steps_per_epoch: int) -> Rates:
    """The same rate throughout."""
    return np.full(len(steps), learning_rate, np.float32)


def cosine(learning_rate: float, steps: Steps, total_steps: int, steps_per_epoch: int, *, alpha: float = 0.0) -> Rates:
    """Half a cosine from the learning rate down to `alpha` times it (Loshchilov and Hutter 2016, SGDR, equation 5, without
    restarts): Keras's CosineDecay over all steps."""
    return _half_cosine(learning_rate, steps, total_steps, alpha)


def exponential(
    learning_rate: float, steps: Steps, total_steps: int, steps_per_epoch: int, *, decay_rate: float = 0.1
) -> Rates:
    """Falls smoothly, to `decay_rate` times the learning rate at the end: Keras's ExponentialDecay over all steps."""
    share = steps.astype(np.float32) / np.float32(total_steps)
    rates: Rates = np.float32(learning_rate) * np.power(np.float32(decay_rate), share)
    return rates


def step(
    learning_rate: float, steps: Steps, total_steps: int, steps_per_epoch: int, *, drop: float = 0.5, every: int = 10
) -> Rates:
    """Falls by the factor `drop` after every `every` epochs: Keras's ExponentialDecay as a staircase."""
    falls = np.floor(steps.astype(np.float32) / np.float32(every * steps_per_epoch))
    rates: Rates = np.float32(learning_rate) * np.power(np.float32(drop), falls)
    return rates


def warmup_cosine(
    learning_rate: float,
    steps: Steps,
    total_steps: int,
    steps_per_epoch: int,
    *,
    warmup: float = 0.1,
    alpha: float = 0.0,
) -> Rates:
    """Rises linearly from 0 over the share `warmup` of all steps (Goyal et al. 2017, section 2.2), then falls along half a
    cosine to `alpha` times the learning rate: Keras's CosineDecay with warm-up from 0. The first step has the rate 0, as
    Keras's has; at least one step is left to fall in."""
    rising = min(round(warmup * total_steps), total_steps - 1)
    falling = _half_cosine(learning_rate, np.maximum(steps - rising, 0), total_steps - rising, alpha)
    risen = np.float32(learning_rate) * (steps.astype(np.float32) / np.float32(max(rising, 1)))
    return np.where(steps < rising, risen, falling)


SCHEDULES = {
    "constant": constant,
    "cosine": cosine,
    "exponential": exponential,
    "step": step,
    "warmup_cosine": warmup_cosine,
}


def learning_rates(
    schedule: Mapping[str, Mapping[str, Any] | None], learning_rate: float, epoch: int, steps_per_epoch: int, epochs: int
) -> Rates:
    """The rates of one epoch's steps, float32 [steps_per_epoch]; `epoch` counts from 1.

    `schedule` is one name over its settings, such as `{"cosine": {"alpha": 0.1}}`; `epochs` is the planned length of the
    training, which pruning and early stopping do not change.
    """
    ((name, settings),) = schedule.items()
    steps = (epoch - 1) * steps_per_epoch + np.arange(steps_per_epoch, dtype=np.int64)
    return SCHEDULES[name](learning_rate, steps, epochs * steps_per_epoch, steps_per_epoch, **(settings or {}))


def _half_cosine(learning_rate: float, steps: Steps, length: int, alpha: float) -> Rates:
    share = np.minimum(steps, length).astype(np.float32) / np.float32(length)
    cosine = np.float32(0.5) * (_one + np.cos(np.float32(np.pi) * share))
    rates: Rates = np.float32(learning_rate) * (np.float32(1 - alpha) * cosine + np.float32(alpha))
    return rates
