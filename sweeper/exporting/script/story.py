"""What the script's first lines say: whose training it repeats, from what, and how near it comes."""

from __future__ import annotations

import textwrap

from sweeper.exporting.order import ExportOrder
from sweeper.exporting.script.literals import WIDTH, in_comment
from sweeper.records import WorkerSettings


def title(order: ExportOrder, settings: WorkerSettings) -> str:
    training = f", {order.training}" if order.training else ""
    return in_comment(
        f"Trial {order.plan.number} of the sweep {settings.sweep}{training}: {settings.objective.metric} {order.value:.6g} "
        f"at epoch {order.epoch}"
    )


def origin(order: ExportOrder, settings: WorkerSettings) -> str:
    packages = [settings.backend, "keras", "numpy"]
    known = ", ".join(f"{name} {order.versions[name]}" for name in packages if name in order.versions)
    return in_comment(f"Written by `sweep export` from a sweep with {known}. It needs no sweeper.")


def story(order: ExportOrder, settings: WorkerSettings, measured: float | None, *, file: str, constants: bool) -> list[str]:
    """Comment lines. `file` is the name of the user's file that the script reads, if any."""
    told = ["First weights lie in initial.weights.h5, the rows of each part in rows.npz, as the sweep drew them."]
    drawn = _drawn(order)
    if drawn:
        told[0] += f" The seeds below give {' and '.join(drawn)}."
    if constants:
        told[0] += " So do the means and deviations by which the data were standardized."
    if file:
        told.append(
            f"Its argument is the data's file, {file}; without one that is read where the sweep did, or beside this script."
        )
    told.append(_how_near(order, settings, measured))
    return [line for text in told for line in textwrap.wrap(in_comment(text), WIDTH)]


def _drawn(order: ExportOrder) -> list[str]:
    """What follows from seeds while the network trains."""
    configuration, regularization = order.plan.configuration, order.plan.configuration["regularization"]
    drawn = ["the order of the rows in each epoch"] if configuration["training"].get("shuffle", True) else []
    noisy = [name for name in ("dropout", "noise") if regularization.get(name) is not None]
    return [*drawn, f"all {' and '.join(noisy)}"] if noisy else drawn


def _how_near(order: ExportOrder, settings: WorkerSettings, measured: float | None) -> str:
    reasons = roundings(order, settings)
    why = f" Where it differs: {'; '.join(reasons)}." if reasons else ""
    if measured is None:
        known = "The same value is to be expected on the sweep's machine, versions and threads"
        return f"It was not run when it was written. {known}, but for rounding, which training amplifies.{why}"
    metric = settings.objective.metric
    if measured == order.value:
        return f"Run where it was written, it gave the sweep's {metric} to the last digit; elsewhere rounding may differ."
    off = abs(measured - order.value)
    cause = "; ".join(reasons) or "a last bit rounded otherwise, which training amplifies"
    return f"Run where it was written, it gave {metric} {measured:.9g}, {off:.2g} off the sweep's {order.value:.9g}: {cause}."


def roundings(order: ExportOrder, settings: WorkerSettings) -> list[str]:
    """Why plain Keras may not repeat this training to the last bit."""
    configuration = order.plan.configuration
    regularization = configuration["regularization"]
    [(_, optimizer)] = configuration["optimizer"].items()
    [(family, _)] = configuration["model"].items()
    reasons = []
    if settings.backend == "jax" and (regularization.get("dropout") is not None or regularization.get("noise") is not None):
        reasons.append("on JAX Keras's own dropout draws other masks of the same kind")
    if settings.backend == "jax" and family == "python":
        reasons.append("on JAX compiled steps round otherwise")
    if settings.device != "cpu":
        reasons.append("a card sums in another order from run to run")
    if order.plan.lanes > 1:
        reasons.append(f"the sweep trained it in one of {order.plan.lanes} lanes, which round otherwise")
    schedule = optimizer.get("schedule") or {"constant": {}}
    if "constant" not in schedule:
        reasons.append("Keras computes the schedule's rates with another last bit")
    if family == "transformer" or optimizer.get("centered"):
        reasons.append("TensorFlow rearranges products of constants in Keras's step")
    if configuration["training"].get("precision", "float32") != "float32":
        reasons.append("16 bits round coarsely")
    return reasons
