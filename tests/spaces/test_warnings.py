import pytest

from sweeper.spaces.warnings import incomplete_block
from tests.spaces.reading import DIGITS, space_of


def test_nothing_to_warn_of() -> None:
    assert space_of(DIGITS + "training: {batch_size: {choice: [32, 64]}}").warnings == ()


def test_nothing_is_searched() -> None:
    [warning] = space_of(DIGITS).warnings
    assert "nothing is searched" in warning
    assert space_of(DIGITS + "budget: {trials: 1}").warnings == ()


def test_a_wide_linear_range() -> None:
    [warning] = space_of(DIGITS + "optimizer: {adam: {learning_rate: {float: [1e-4, 1]}}}").warnings
    assert "linear from 0.0001 to 1" in warning and "log: true" in warning


def test_a_choice_of_one() -> None:
    [warning] = space_of(DIGITS + "training: {batch_size: {choice: [32]}}").warnings
    assert "one value, 32" in warning


def test_an_unfair_comparison_of_learning_rates() -> None:
    options = "adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}, sgd: , nadam: {learning_rate: 0.1}"
    text = f"compare: optimizer\nbudget: {{trials: 6}}\noptimizer: {{choice: {{{options}}}}}"
    [warning] = space_of(DIGITS + text).warnings
    assert "searched for adam and left at its default for sgd:" in warning


def test_an_incomplete_block() -> None:
    space = space_of(DIGITS + "compare: optimizer\nbudget: {trials: 7}\noptimizer: {choice: [adam, sgd, nadam]}")
    assert "the last block lacks 2" in space.warnings[0] and "6 or 9 trials" in space.warnings[0]
    assert incomplete_block(2, 3) == "2 trials are not whole blocks of 3 choices: the last block lacks 1. Take 3 trials."


@pytest.mark.parametrize("said", ["mixed_bfloat16", "{choice: [float32, mixed_bfloat16]}"])
def test_sixteen_bits_on_a_cpu(said: str) -> None:
    space = space_of(DIGITS + f"training: {{precision: {said}}}")
    [warning] = space.warnings_on("cpu")
    assert "pays on a GPU" in warning
    assert space.warnings_on("gpu:0") == () == space_of(DIGITS).warnings_on("cpu")
