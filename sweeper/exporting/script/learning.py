"""How a script's network learns and is measured: optimizer, schedule, class weights, the objective."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from sweeper.catalogue.metrics import CALIBRATION_BINS, Metric, metric
from sweeper.catalogue.optimizers import OPTIMIZERS
from sweeper.errors import SweepError
from sweeper.exporting.script.literals import Expression, call, literal
from sweeper.records import Configuration, DataInfo, Objective, Task
from sweeper.training.backends.backend import EVALUATION_ROWS

CLASS_WEIGHT = """\
counts = np.bincount(y_train, minlength=len(classes))   # every class weighs the same in the loss
class_weight = dict(enumerate((len(y_train) / (len(counts) * np.maximum(counts, 1))).astype("float32").tolist()))"""


CALIBRATION_ERROR = """\
    predicted = np.asarray(predicted)
    confidence = predicted.max(axis=1)
    surplus = (predicted.argmax(axis=1) == {targets}) - confidence
    bins = np.clip(np.ceil(confidence * {bins}).astype(int) - 1, 0, {bins} - 1)
    return float(np.abs(np.bincount(bins, surplus, {bins})).sum() / len(surplus))"""
"""The one metric that Keras lacks, as `parts/calibration.py` has it."""


def penalty_code(configuration: Configuration) -> str:
    """The L1 and L2 penalty as `penalty`; empty where there is none."""
    regularization = configuration["regularization"]
    given = {name: regularization[name] for name in ("l1", "l2") if regularization.get(name) is not None}
    if not given:
        return ""
    if len(given) == 2:
        return call("penalty = keras.regularizers.L1L2", **given)
    [(name, strength)] = given.items()
    return call(f"penalty = keras.regularizers.{name.upper()}", literal(strength))


def optimizer_code(configuration: Configuration) -> str:
    """The optimizer as `optimizer`, its settings where they are not Keras's own defaults, with its schedule."""
    [(name, settings)] = configuration["optimizer"].items()
    kind = next(entry.keras.rpartition(".")[2] for entry in OPTIMIZERS if entry.name == name)
    defaults = inspect.signature(getattr(keras.optimizers, kind).__init__).parameters
    given = {key: value for key, value in settings.items() if key not in ("schedule", "learning_rate") and value is not None}
    said = {key: value for key, value in given.items() if value != defaults[key].default}
    schedule = _schedule(settings.get("schedule") or {"constant": {}}, float(settings["learning_rate"]))
    rate = literal(float(settings["learning_rate"])) if schedule is None else "rate"
    line = f"optimizer = {call(f'keras.optimizers.{kind}', rate, **said)}"
    return line if schedule is None else f"{schedule}\n{line}"


def _schedule(schedule: Mapping[str, Any], rate: float) -> str | None:
    """As `parts/schedules.py` has them, with `steps` in the whole training."""
    [(name, settings)] = schedule.items()
    given, kinds = settings or {}, "rate = keras.optimizers.schedules."
    if name == "constant":
        return None
    if name == "cosine":
        return call(f"{kinds}CosineDecay", literal(rate), "EPOCHS * steps", **_unless_zero(given))
    if name == "exponential":
        return call(f"{kinds}ExponentialDecay", literal(rate), "EPOCHS * steps", literal(given.get("decay_rate", 0.1)))
    if name == "step":
        every, drop = given.get("every", 10), given.get("drop", 0.5)
        return call(f"{kinds}ExponentialDecay", literal(rate), f"{every} * steps", literal(drop), staircase=True)
    warmup, alpha = given.get("warmup", 0.1), given.get("alpha", 0.0)
    rising = f"rising = min(round({literal(warmup)} * EPOCHS * steps), EPOCHS * steps - 1)"
    warming = {"warmup_target": rate, "warmup_steps": Expression("rising")}
    return f"{rising}\n{call(f'{kinds}CosineDecay', '0.0', 'EPOCHS * steps - rising', literal(alpha), **warming)}"


def _unless_zero(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"alpha": settings["alpha"]} if settings.get("alpha") else {}


def loss_code(info: DataInfo, *, logits: bool) -> str:
    if info.task is Task.CLASSIFICATION:
        return call("loss = keras.losses.SparseCategoricalCrossentropy", **({"from_logits": True} if logits else {}))
    return "loss = keras.losses.MeanSquaredError()"


def measure_code(objective: Objective, info: DataInfo, configuration: Configuration, *, logits: bool, scaled: bool) -> str:
    """A function `measure()` that gives the sweep's objective. Raises SweepError for one of the training mode."""
    part, _, name = objective.metric.partition("_")
    if objective.metric.startswith("train_eval_"):
        part, name = "train[: len(x_validation)]", objective.metric.removeprefix("train_eval_")
    elif part == "val":
        part = "validation"
    else:
        raise SweepError(
            f"the sweep's objective, {objective.metric}, is measured while a network trains, which plain code cannot repeat"
        )
    lines = [
        "def measure():",
        f'    """{objective.metric} as the sweep measured it{_without_penalty(name, configuration)}."""',
        f"    predicted = model.predict(x_{part}, batch_size={EVALUATION_ROWS}, verbose=0)",
    ]
    if configuration["training"].get("precision", "float32") != "float32":
        lines.append('    predicted = predicted.astype("float32")')
    if name == "loss":
        return "\n".join([*lines, f"    return float(loss(y_{part}, predicted))"])
    known = metric(name)
    assert known is not None
    if info.task is Task.CLASSIFICATION and logits:
        lines.append("    predicted = keras.ops.softmax(predicted)")
    if known.implementation is not None:
        return "\n".join([*lines, CALIBRATION_ERROR.format(targets=f"y_{part}", bins=CALIBRATION_BINS)])
    return "\n".join([*lines, f"    return float({_metric(known, info)}({_encoded(known, f'y_{part}', info, scaled)}))"])


def _without_penalty(name: str, configuration: Configuration) -> str:
    return ": without the penalty" if name == "loss" and penalty_code(configuration) else ""


def _metric(known: Metric, info: DataInfo) -> str:
    arguments = {**known.arguments, **({"num_labels": info.outputs} if known.name == "auc" else {})}
    return call(f"keras.metrics.{known.keras}", **arguments)


def _encoded(known: Metric, targets: str, info: DataInfo, scaled: bool) -> str:
    if known.encoding == "one_hot":
        return f"keras.ops.one_hot({targets}, {info.outputs}), predicted"
    if known.encoding == "positive":
        return f"{targets}, predicted[:, 1]"
    if known.encoding == "values" and scaled:
        return f"{targets} * y_scale + y_mean, predicted * y_scale + y_mean"
    return f"{targets}, predicted"
