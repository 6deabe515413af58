import pytest

from sweeper.spaces.tree import Range
from tests.spaces.reading import DIGITS, refused, space_of


def rate(form: str) -> str:
    return DIGITS + f"optimizer: {{adam: {{learning_rate: {form}}}}}"


def batch(form: str) -> str:
    return DIGITS + f"training: {{batch_size: {form}}}"


@pytest.mark.parametrize(
    ("text", "words", "paste"),
    [
        (rate("{float: [1, 2], log:true}"), "lacks the space", "learning_rate: {float: [1, 2], log: true}"),
        (rate("{float: [0, 1], log: true}"), "above 0", "learning_rate: {float: [1e-4, 1e-2], log: true}"),
        (rate("{float: [1, 0.1], log: true}"), "begins at 1 and ends at 0.1", "learning_rate: {float: [0.1, 1], log: true}"),
        (rate("{float: [1, 1]}"), "nothing to try", "learning_rate: 1"),
        (rate("{float: [1, 2], log: true, step: 0.1}"), "log and step", "learning_rate: {float: [1, 2], log: true}"),
        (rate("{int: [1, 3]}"), "written with float", "learning_rate: {float: [1, 3]}"),
        (rate("{float: 0.1}"), "both ends", "learning_rate: {float: [1e-4, 1e-2], log: true}"),
        (rate("{min: 0.1, max: 1}"), "in one list", "learning_rate: {float: [0.1, 1]}"),
        (rate("{values: [0.1, 1]}"), "unknown form", "learning_rate: {choice: [0.1, 1]}"),
        (rate("{loguniform: [0.1, 1]}"), "Did you mean 'float'", "learning_rate: {float: [0.1, 1], log: true}"),
        (rate("{float: [0.1, 1], default: 3}"), "outside the range", ""),
        (rate("{float: [0.1, 1], choice: [1]}"), "", ""),
        (rate("{float: [0.1, 1], logg: true}"), "Did you mean 'log'", ""),
        (rate("{float: [0.1, 1], log: 1}"), "true or false", "log: true"),
        (rate("{float: [0.1, 1], per_layer: true}"), "whole net", ""),
        (rate("{float: [0.1, .nan]}"), "not a finite number", ""),
        (rate("{}"), "empty braces", ""),
        (batch("{int: [16, 100], step: 16}"), "do not end at 100", "batch_size: {int: [16, 96], step: 16}"),
        (batch("{int: [1, 2.5]}"), "whole number", "batch_size: {choice: [16, 32, 64, 128]}"),
        (batch(f"{{int: [1, {2**70}]}}"), "beyond 2**53", ""),
        (batch("{float: [1, 2]}"), "written with int", "batch_size: {int: [1, 2]}"),
        (batch("{int: [1, 2], float: [1, 2]}"), "of one kind", ""),
        (DIGITS + "regularization: {l2: {float: [0, 1], log: true}}", "begins above 0", "l2: {float: [0.001, 1], log: true}"),
    ],
)
def test_a_wrong_range_is_refused(text: str, words: str, paste: str) -> None:
    error = refused(text)
    assert words in error.problem and error.paste == paste


def leaf(text: str) -> Range:
    [found] = space_of(text).leaves
    assert isinstance(found.node, Range)
    return found.node


@pytest.mark.parametrize(
    ("text", "default"),
    [
        (rate("{float: [1e-4, 1e-2], log: true}"), 1e-3),  # the catalogue's, inside the range
        (rate("{float: [0.01, 1], log: true}"), 0.1),  # the middle of the logarithm
        (rate("{float: [0.1, 1], default: 0.3}"), 0.3),
        (batch("{int: [64, 128], step: 32}"), 96),
        (DIGITS + "regularization: {dropout: {float: [0.0, 0.5]}}", 0.0),  # none is the default: the end next to it
        (DIGITS + "optimizer: {adam: {clipnorm: {float: [0.1, 10]}}}", 10.0),
    ],
)
def test_the_default_of_a_range(text: str, default: float) -> None:
    assert leaf(text).default == default


def test_what_a_range_holds() -> None:
    steps = Range("float", 0.0, 0.5, step=0.1)
    assert steps.holds(0.30000000000000004) and not steps.holds(0.25) and not steps.holds(True)
    assert not Range("int", 1, 4).holds(2.0)
