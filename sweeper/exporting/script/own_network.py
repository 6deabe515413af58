"""The network of a script where it is the user's own: their file, copied, and their function, called as the sweep called it."""

from __future__ import annotations

import shutil
from pathlib import Path

from sweeper.errors import SweepError
from sweeper.exporting.order import OWN_MODEL
from sweeper.exporting.retraining import Retrained
from sweeper.exporting.script.literals import call, literal
from sweeper.own_code import split_reference
from sweeper.records import DataInfo, TrialPlan

_SEED = "seed_generator_state"
"""How the paths of seeds end among a model's variables."""


def own_network_code(plan: TrialPlan, trained: Retrained, info: DataInfo, folder: str, out: Path, *, penalized: bool) -> str:
    """Code that leaves the network in `model`, with a copy of its file in `out`; its path counts from `folder`.

    Raises SweepError for a penalty of the space beside one of the model's own layers.
    """
    if penalized and any(weight.regularizer is not None for weight in trained.model.trainable_weights):
        raise SweepError("the space's penalty adds to those in the model's own layers, and a weight in Keras has but one")
    settings = dict(plan.configuration["model"]["python"])
    path, function = split_reference(settings.pop("build"), folder)
    name = _free_name(path.parent)
    shutil.copyfile(path, out / f"{name}.py")
    shape = tuple(info.input_shape)
    lines = [
        "# A copy of the model's file lies beside this one; what it imports is found where it was.",
        f"sys.path[:0] = [{literal(str(path.parent))}, str(HERE)]",
        f"from {name} import {function}",
        "",
        f"keras.utils.set_random_seed({plan.seeds.weights})",
        f"model = {call(function, literal(shape), str(info.outputs), **settings)}",
    ]
    if not hasattr(trained.model, "operations"):  # not a graph of layers: it has no weights before it knows its input
        lines.append(f"model(keras.Input({literal(shape)}))")
    return "\n".join([*lines, *_seeds(trained)])


def _free_name(folder: Path) -> str:
    """A module's name under which the copy hides no file of the user's folder, and none of them hides the copy. That of their
    file may be no name at all, or that of the script."""
    name = OWN_MODEL
    while (folder / f"{name}.py").exists():
        name += "_"
    return name


def _seeds(trained: Retrained) -> list[str]:
    """Keras does not save the seeds of layers that draw among the weights."""
    named = zip(trained.model.non_trainable_variables, trained.first.layers, strict=True)
    seeds = [int(value[0]) for variable, value in named if variable.path.endswith(_SEED)]
    if not seeds:
        return []
    return [
        f"seeds = iter({literal(seeds)})   # of the layers that draw, as the sweep drew them",
        "for variable in model.non_trainable_variables:",
        f"    if variable.path.endswith({literal(_SEED)}):",
        "        variable.assign([next(seeds), 0])",
    ]
