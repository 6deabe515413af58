"""What a space seeks: the metric, its direction, and the metrics measured beside it."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.catalogue.metrics import DEFAULT_METRICS, METRICS, NOT_BUILT, SPLITS, metric
from sweeper.errors import SpaceError
from sweeper.records import Objective, Task
from sweeper.spaces.locating import locate
from sweeper.spaces.nodes import Given, error_at
from sweeper.spaces.tree import Group, Node
from sweeper.spaces.wording import meant, perhaps

_SPLITS = sorted(SPLITS, key=len, reverse=True)  # `train_eval_loss` is not `train_` and `eval_loss`


@dataclass(frozen=True)
class Wanted:
    """What the file says; None where it says nothing and the task decides."""

    metric: str | None = None
    maximize: bool = False
    metrics: tuple[str, ...] | None = None

    def unbuilt(self) -> list[str]:
        names = [*(self.metrics or ()), *([base_name(self.metric)] if self.metric else [])]
        return [name for name in names if name in NOT_BUILT]


def base_name(name: str) -> str:
    """`accuracy` of `val_accuracy`; the name itself if it has no split in front."""
    split = next((split for split in _SPLITS if name.startswith(f"{split}_")), "")
    return name[len(split) + 1 :] if split else name


def read_wanted(section: Node, root: Given) -> Wanted:
    """The section `objective`. Raises SpaceError for unknown metrics and wrong directions."""
    if not isinstance(section, Group):
        return Wanted()
    said = {name: getattr(node, "value", None) for name, node in section.settings}
    metrics = said["metrics"]
    for name in metrics or ():
        if name != "loss" and metric(name) is None and name not in NOT_BUILT:
            raise _unknown(name, [known.name for known in METRICS], root, "objective.metrics", "")
    if said["minimize"] is not None and said["maximize"] is not None:
        raise error_at(
            locate(root, "objective.maximize"), "minimize and maximize at once; a sweep seeks one thing", path="objective"
        )
    if said["minimize"] is None and said["maximize"] is None:
        return Wanted(metrics=metrics)
    word = "maximize" if said["maximize"] is not None else "minimize"
    name = str(said[word])
    _check_sought(name, word, root)
    return Wanted(name, word == "maximize", metrics)


def objective_for(wanted: Wanted, task: Task, root: Given) -> Objective:
    """The objective of a task: a small `val_loss` unless the space says otherwise.

    Raises SpaceError for another task's metric.
    """
    name = wanted.metric or "val_loss"
    metrics = tuple(one for one in (wanted.metrics or DEFAULT_METRICS[task]) if one != "loss")
    base = base_name(name)
    if base != "loss" and base not in metrics:
        metrics = (*metrics, base)
    for one in metrics:
        known = metric(one)
        if known is not None and known.task is not task:
            fitting = [other.name for other in METRICS if other.task is task]
            place = "objective.metrics" if one in (wanted.metrics or ()) else "objective"
            raise error_at(
                locate(root, place),
                f"'{one}' measures {known.task}, and this is {task}. Known here: {', '.join(fitting)}",
                path=place,
            )
    return Objective(name, wanted.maximize, metrics)


def _check_sought(name: str, word: str, root: Given) -> None:
    path = f"objective.{word}"
    if name.startswith("test_"):
        raise error_at(
            locate(root, path),
            "the test part never chooses; seek the validation part's value",
            path=path,
            paste=f"{word}: val_{name[5:]}",
        )
    base = base_name(name)
    known = metric(base)
    better = NOT_BUILT.get(base, False if base == "loss" else known.maximize if known else None)
    if better is None or base == name:
        names = [f"val_{one}" for one in ("loss", *(one.name for one in METRICS))]
        raise _unknown(name, names, root, path, word)
    if better != (word == "maximize"):
        right = "maximize" if better else "minimize"
        raise error_at(
            locate(root, path),
            f"'{name}' is better when it is {'large' if better else 'small'}",
            path=path,
            paste=f"objective: {{{right}: {name}}}",
        )


def _unknown(name: str, names: list[str], root: Given, path: str, word: str) -> SpaceError:
    near = f"val_{name}" if f"val_{name}" in names else meant(name, names)
    hint = f" Did you mean '{near}'?" if near else perhaps(name, names)
    return error_at(
        locate(root, path), f"unknown metric '{name}'.{hint}", path=path, paste=f"{word}: {near}" if near and word else ""
    )


def check_outputs(objective: Objective, outputs: int | None, root: Given) -> None:
    """Metrics of two classes need two. Raises SpaceError."""
    for name in objective.metrics:
        known = metric(name)
        if known is not None and known.binary_only and outputs is not None and outputs > 2:
            raise error_at(
                locate(root, "objective"),
                f"'{name}' is for 2 classes, and the data have {outputs}",
                path="objective",
                paste="objective: {metrics: [accuracy, f1]}",
            )
