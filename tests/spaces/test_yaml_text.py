"""Only what is changed becomes different: every other letter of the text stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sweeper.spaces.nodes import Given, Mapping, Sequence
from sweeper.spaces.yaml_reader import read_text
from sweeper.spaces.yaml_text import agreeing, commented, find, inside, lifted, with_pair, with_value, without_pair

TEXT = """\
# A heading that stays
compare: optimizer        # aligned
model:
  mlp: {layers: 64,   activation: {choice: [relu, tanh]}}
optimizer:                # what is tried
  choice:
    # the plain one
    sgd:      {learning_rate: {float: [1e-3, 1.0], log: true}}
    momentum:             # its own name
      sgd:
        momentum: 0.9     # kept
        learning_rate: {float: [1e-3, 1e-1], log: true}
    adam:
budget: {trials: 9}
"""


def words(node: Given) -> object:
    """What a text says, without where it says it."""
    if isinstance(node, Mapping):
        return {key.text: words(value) for key, value in node.pairs}
    return [words(item) for item in node.items] if isinstance(node, Sequence) else node.text


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("compare", "compare: optimizer        # aligned"),
        ("model.mlp.activation", "  mlp: {layers: 64,   activation: {choice: [relu, tanh]}}"),
        ("optimizer.sgd.learning_rate", "    sgd:      {learning_rate: {float: [1e-3, 1.0], log: true}}"),
        ("optimizer.momentum.learning_rate", "        learning_rate: {float: [1e-3, 1e-1], log: true}"),
        ("optimizer.adam", "    adam:"),
    ],
)
def test_a_name_is_found_through_choices_and_parts(path: str, line: str) -> None:
    pair = find(TEXT, path)
    assert pair is not None
    assert TEXT.splitlines()[pair.key.start_mark.line] == line


@pytest.mark.parametrize("path", ["training", "optimizer.adamw", "model.mlp.layers.deep", "optimizer.momentum.sgd.rate"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert find(TEXT, path) is None


def edited(path: str, edit: Callable[..., str], *more: object) -> tuple[list[str], list[str]]:
    """The lines that went and those that came."""
    pair = find(TEXT, path)
    assert pair is not None
    before, after = TEXT.splitlines(), edit(TEXT, pair, *more).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_a_value_changes_alone() -> None:
    gone, came = edited("model.mlp.activation", with_value, "relu")
    assert gone == ["  mlp: {layers: 64,   activation: {choice: [relu, tanh]}}"]
    assert came == ["  mlp: {layers: 64,   activation: relu}"]


def test_a_block_is_replaced_as_a_whole() -> None:
    gone, came = edited("optimizer", with_value, "adam")
    assert came == ["optimizer: adam"]
    assert len(gone) == 9


def test_nothing_behind_a_colon_is_filled() -> None:
    assert edited("optimizer.adam", with_value, "{beta_1: 0.8}") == (["    adam:"], ["    adam: {beta_1: 0.8}"])


def test_a_pair_goes_with_its_lines() -> None:
    assert edited("optimizer.momentum", without_pair)[0] == [
        "    momentum:             # its own name",
        "      sgd:",
        "        momentum: 0.9     # kept",
        "        learning_rate: {float: [1e-3, 1e-1], log: true}",
    ]
    assert edited("optimizer.adam", without_pair) == (["    adam:"], [])
    assert edited("model.mlp.layers", without_pair)[1] == ["  mlp: {activation: {choice: [relu, tanh]}}"]


def test_a_pair_comes_last() -> None:
    pair = find(TEXT, "budget.trials")
    assert pair is not None
    assert with_pair(TEXT, pair.mapping, "epochs", "5").splitlines()[-1] == "budget: {trials: 9, epochs: 5}"
    assert with_pair(TEXT, find(TEXT, "budget").mapping, "training", "{}").splitlines()[-1] == "training: {}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("option", "whole", "block"),
    [
        ("sgd", True, ["  # the plain one", "  sgd:      {learning_rate: {float: [1e-3, 1.0], log: true}}"]),
        ("adam", True, ["  adam:"]),
        (
            "momentum",
            False,
            ["  sgd:", "    momentum: 0.9     # kept", "    learning_rate: {float: [1e-3, 1e-1], log: true}"],
        ),
    ],
)
def test_an_option_takes_the_place_of_its_choice(option: str, whole: bool, block: list[str]) -> None:
    pair = find(TEXT, "optimizer")
    assert pair is not None
    found = inside(inside(pair, "choice"), option)  # type: ignore[arg-type]
    assert found is not None
    lines = lifted(TEXT, pair, found, whole).splitlines()
    assert lines == [*TEXT.splitlines()[:5], *block, "budget: {trials: 9}"]


def test_a_comment_stands_above_its_line_indented_alike_and_broken() -> None:
    pair = find(TEXT, "optimizer.momentum.learning_rate")
    assert pair is not None
    lines = commented(TEXT, pair, "wider " * 40).splitlines()
    place = lines.index("        learning_rate: {float: [1e-3, 1e-1], log: true}")
    above = [line for line in lines if "wider" in line]
    assert lines[place - len(above) : place] == above
    assert all(line.startswith("        # ") and len(line) <= 110 for line in above)


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        "data: digits\n",
        TEXT.replace("64,", "128,"),
        TEXT.replace("    adam:\n", "    adam: {learning_rate: 0.1}\n"),
        TEXT.replace("compare: optimizer ", "compare: [optimizer, model.mlp.activation] "),
        TEXT.replace("momentum: 0.9", "nesterov: true"),
        TEXT + "training: {batch_size: {choice: [16, 32]}}\n",
        "compare: optimizer\nmodel: cnn\noptimizer: adam\nbudget: {trials: 3, epochs: 5}\n",
    ],
)
def test_a_text_can_be_brought_to_say_what_another_says(other: str) -> None:
    wanted = read_text(other, "x")
    for text in (TEXT, TEXT.rstrip("\n")):
        changed = agreeing(text, wanted)
        assert words(read_text(changed, "x")) == words(wanted)
        assert agreeing(changed, wanted) == changed
    assert agreeing(other, wanted) == other
