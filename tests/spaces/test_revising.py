"""Proposed changes in the text of a space."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import SearchSpace, shipped
from sweeper.spaces.changes import Bounds, Change, Only, To, Without
from sweeper.spaces.limits import limits
from sweeper.spaces.revising import read_kept, renamed, revised, with_absolute_paths, with_baseline, without_compared
from sweeper.spaces.tree import Range
from tests.spaces.reading import EXAMPLES

TEXT = """\
compare: optimizer
data: {csv: {file: my rows.csv, target: y}}
model: {mlp: {layers: {choice: [64, 64-32]}, activation: {choice: [relu, tanh, gelu], default: tanh}}}
regularization: {dropout: {float: [0.1, 0.5], default: 0.2}}
optimizer:
  choice:
    sgd: {learning_rate: {float: [1e-3, 1.0], log: true}}
    momentum: {sgd: {momentum: 0.9, learning_rate: {float: [1e-3, 1e-1], log: true}}}
search: {sampler: paired, pruner: none}
budget: {trials: 20}
"""


def of(text: str = TEXT, *overrides: str) -> SearchSpace:
    return read_kept(text, overrides, Path(), "mine")


def after(text: str, *changes: Change) -> SearchSpace:
    return of(revised(of(text), changes))


def change(path: str, becomes: Bounds | Only | Without | To) -> Change:
    return Change(path, becomes, "changed", "4 of 5")


def ranges(space: SearchSpace) -> dict[str, tuple[float, float]]:
    return {leaf.name: (leaf.node.low, leaf.node.high) for leaf in space.leaves if isinstance(leaf.node, Range)}


def test_a_range_gets_its_ends_and_a_comment() -> None:
    text = revised(of(), [change("optimizer.momentum.learning_rate", Bounds(1e-4, 1e-1))])
    assert ranges(of(text))["optimizer.momentum.learning_rate"] == (1e-4, 1e-1)
    assert (
        "    # learning_rate changed: 4 of 5\n    momentum: {sgd: {momentum: 0.9, learning_rate: {float: [0.0001, 1e-1]" in text
    )


def test_a_default_outside_goes() -> None:
    assert "default: 0.2" in revised(of(), [change("regularization.dropout", Bounds(0.1, 0.7))])
    assert "default: 0.2" not in revised(of(), [change("regularization.dropout", Bounds(0.3, 0.5))])
    assert "default: tanh" not in revised(of(), [change("model.mlp.activation", Without(("tanh",)))])
    assert "default: tanh" in revised(of(), [change("model.mlp.activation", Without(("gelu",)))])


def test_a_choice_loses_values_and_is_fixed() -> None:
    assert "choice: [relu, gelu]" in revised(of(), [change("model.mlp.activation", Without(("tanh",)))])
    fixed = after(TEXT, change("model.mlp.layers", Only("64-32")), change("training.batch_size", To(64)))
    assert (fixed.fixed()["model.mlp.layers"], fixed.fixed()["training.batch_size"]) == ("64-32", 64)


def test_a_choice_that_was_compared_is_so_no_longer() -> None:
    space = after(TEXT, change("optimizer", Only("momentum")))
    assert (space.compare, space.sampler.name, space.pruner) == ((), "tpe", None)
    assert space.fixed()["optimizer.sgd.momentum"] == 0.9
    assert renamed(of(), "optimizer.momentum.learning_rate", [change("optimizer", Only("momentum"))]) in ranges(space)


def test_of_two_crossed_choices_one_stays_compared() -> None:
    text = TEXT.replace("compare: optimizer", "compare: [optimizer, model.mlp.activation]")
    assert after(text, change("optimizer", Only("sgd"))).compare == ("model.mlp.activation",)
    assert without_compared(text, "nothing").startswith("data") is True


def test_what_was_set_beside_the_file_is_in_the_text() -> None:
    space = of(TEXT, "budget.trials=40", "optimizer.momentum.momentum=0.5", "model.mlp.layers=32")
    written = of(revised(space, []))
    assert (written.budget.trials, written.fixed()["model.mlp.layers"]) == (40, "32")
    assert written.tree == space.tree


@pytest.mark.parametrize(
    "wrong",
    [
        change("optimizer.adam.learning_rate", Bounds(1, 2)),
        change("model.mlp.layers", Bounds(1, 2)),
        change("regularization.dropout", Only(0.2)),
        change("regularization.dropout", Without((0.2,))),
        change("model.mlp.activation", Without(("selu",))),
    ],
)
def test_a_change_of_what_is_not_there_is_refused(wrong: Change) -> None:
    with pytest.raises(SpaceError):
        revised(of(), [wrong])


def test_a_name_cannot_leave_its_comment() -> None:
    text = revised(of(), [Change("budget.trials", To(9), "raised\noptimizer: adam", "\x1b[31m")])
    assert of(text).tree.setting("optimizer") == of().tree.setting("optimizer")
    assert "\x1b" not in text


def test_paths_count_from_the_old_folder() -> None:
    assert 'file: "/a/b c/my rows.csv"' in with_absolute_paths(TEXT, Path("/a/b c"))
    assert of(with_absolute_paths(TEXT, Path('/a"b'))).data["csv"]["file"] == '/a"b/my rows.csv'
    python = "data: {python: {load: d.py:rows}}\nmodel: {python: {build: m.py:net, units: 3}}\n"
    moved = of(with_absolute_paths(python, Path("/a")))
    assert moved.data["python"]["load"] == "/a/d.py:rows"
    assert moved.fixed()["model.python.build"] == "/a/m.py:net"


def test_a_baseline_replaces_another() -> None:
    text = with_baseline(TEXT + "baseline: {optimizer: sgd}\n", {"optimizer": "momentum", "model.mlp.layers": 64}, "best")
    assert text.endswith("# tried first: best\nbaseline:\n  optimizer: momentum\n  model.mlp.layers: 64\n")
    assert of(text).baseline is not None
    assert with_baseline(text, {}) == TEXT


@pytest.mark.parametrize("file", [*EXAMPLES, *(shipped.find(name) for name in shipped.names())], ids=lambda file: file.stem)
def test_every_range_of_every_example_can_be_changed_and_every_choice_fixed(file: Path) -> None:
    space = read_kept(file.read_text(), (), file.parent, "mine")
    assert revised(space, []) == space.source_text
    allowed = limits(space.tree)
    lows, bounds = {}, []
    for leaf in space.leaves:
        if isinstance(leaf.node, Range):
            low = leaf.node.high - (leaf.node.step or 1 if leaf.node.kind == "int" or leaf.node.step else leaf.node.high / 8)
            lows[leaf.name] = pytest.approx(low)
            bounds.append(change(leaf.node.name, Bounds(low, leaf.node.high)))
            assert allowed[leaf.node.name].holds(leaf.node.low if leaf.node.kind == "float" else int(leaf.node.low))
        else:
            for value in leaf.node.values:
                changed = revised(space, [change(leaf.name, Only(value))])
                left = with_baseline(changed, {})
                assert leaf.name not in {one.name for one in read_kept(left, (), file.parent, "mine").leaves}
                comments = [line for line in space.source_text.splitlines() if line.startswith("#")]
                assert all(line in changed for line in comments)
    changed = revised(space, bounds)
    assert {name: low for name, (low, _) in ranges(read_kept(changed, (), file.parent, "mine")).items()} == lows
