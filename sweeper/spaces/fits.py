"""Whether the parts of a space fit its data, and whether all of them are built."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.catalogue.declaration import AllOf, Entry, OneOf, Parameter
from sweeper.catalogue.sections import SPACE
from sweeper.records import Task
from sweeper.spaces.locating import locate
from sweeper.spaces.nodes import Given, error_at
from sweeper.spaces.tree import Fixed, Group, Node, Options, Part, values_of

_RANKS = {
    1: "rows of numbers (rank 1)",
    2: "sequences (rank 2: steps, features)",
    3: "pictures (rank 3: height, width, channels)",
    4: "arrays of rank 4",
}


def check_fit(tree: Group, root: Given, rank: int | None, task: Task | None, outputs: int | None = None) -> None:
    """What the data give (None: not known yet) against what the parts need. Raises SpaceError."""
    data = _name(tree.setting("data"))
    for family in families(tree):
        if rank is not None and family.ranks and rank not in family.ranks:
            needs = " or ".join(_RANKS[one] for one in family.ranks)
            raise error_at(
                locate(root, "model"),
                f"'{family.name}' needs {needs}, and {data} gives {_RANKS.get(rank, f'rank {rank}')}",
                path="model",
                paste="model: mlp" if rank == 1 else "",
            )
        if task is not None and family.tasks and task not in family.tasks:
            raise error_at(locate(root, "model"), f"'{family.name}' does not serve {task}, which {data} asks for", path="model")
    if task is Task.REGRESSION and "balanced" in values_of(tree, "training", "class_weight"):
        raise error_at(
            locate(root, "training.class_weight"),
            f"class weights need classes, and {data} is regression",
            path="training.class_weight",
            paste="class_weight: none",
        )


def families(tree: Group) -> tuple[Entry, ...]:
    """The model families among which a space chooses."""
    model = tree.setting("model")
    if isinstance(model, Options):
        return tuple(content.entry for _, content in model.options if isinstance(content, Part))
    return (model.entry,) if isinstance(model, Part) else ()


def data_entry(tree: Group) -> Entry:
    data = tree.setting("data")
    assert isinstance(data, Part)
    return data.entry


def task_of(tree: Group) -> Task | None:
    """The task, as far as the file and the catalogue tell it."""
    data = tree.setting("data")
    assert isinstance(data, Part)
    said = next((node.value for name, node in data.settings if name == "task" and isinstance(node, Fixed)), None)
    if said is not None:
        return Task(str(said))
    return data.entry.tasks[0] if len(data.entry.tasks) == 1 else None


def rank_of(tree: Group) -> int | None:
    """The rank of one input, as far as the catalogue tells it."""
    ranks = data_entry(tree).ranks
    return ranks[0] if len(ranks) == 1 else None


def unbuilt(tree: Group) -> list[tuple[str, str]]:
    """Path and name of everything the space uses that no code serves yet."""
    return [found for parameter in SPACE.parameters for found in _unbuilt(parameter, tree.setting(parameter.name))]


def _unbuilt(parameter: Parameter, node: Node) -> Iterator[tuple[str, str]]:
    if not parameter.built and _used(parameter, node):
        says = f"{parameter.name} above {parameter.default}" if isinstance(parameter.default, int) else parameter.name
        yield node.name, says
    elif isinstance(node, Options):
        for _, content in node.options:
            yield from _unbuilt(parameter, content)
    elif isinstance(node, Part) and isinstance(parameter.takes, OneOf):
        if not node.entry.built:
            yield node.name, node.entry.name
        else:
            settings = dict(node.settings)
            for inner in node.entry.parameters:
                yield from _unbuilt(inner, settings[inner.name])
    elif isinstance(node, Group) and isinstance(parameter.takes, AllOf):
        for inner in parameter.takes.parameters:
            yield from _unbuilt(inner, node.setting(inner.name))


def _used(parameter: Parameter, node: Node) -> bool:
    return not (isinstance(node, Fixed) and (not node.given or node.value in (None, parameter.default)))


def _name(node: Node) -> str:
    return f"'{node.entry.name}'" if isinstance(node, Part) else "the data"
