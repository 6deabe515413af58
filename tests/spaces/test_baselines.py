import pytest

from tests.spaces.reading import DIGITS, refused, space_of

TEXT = (
    DIGITS
    + """optimizer:
  choice:
    adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}
    sgd: {learning_rate: {float: [1e-2, 1], log: true}, nesterov: {choice: [true, false]}}
"""
)


def test_values_that_are_not_named_are_defaults() -> None:
    baseline = space_of(TEXT + "baseline: {optimizer: sgd, optimizer.sgd.nesterov: true}").baseline
    assert baseline is not None
    assert baseline.parameters == {"optimizer": "sgd", "optimizer.sgd.learning_rate": 0.01, "optimizer.sgd.nesterov": True}


def test_a_baseline_may_stand_beside_a_question() -> None:
    baseline = space_of(
        "compare: optimizer\n" + TEXT + "baseline: {optimizer: adam, optimizer.adam.learning_rate: 1e-3}"
    ).baseline
    assert baseline is not None and baseline.parameters["optimizer.adam.learning_rate"] == 0.001


@pytest.mark.parametrize(
    ("section", "words", "paste"),
    [
        ("{optimizer: Adam}", "is none of adam, sgd", "optimizer: adam"),
        ("{optimizr: adam}", "Did you mean 'optimizer'", "optimizer: adam"),
        ("{optimizer.adam.learning_rate: 1}", "outside the range 0.0001 .. 0.01 log", "optimizer.adam.learning_rate: 0.001"),
        ("{optimizer.sgd.learning_rate: 0.1}", "does not exist in a trial", ""),
        ("adam", "a mapping of searched names", "baseline: {optimizer: ...}"),
        ("{optimizer: [adam]}", "one value was expected", ""),
    ],
)
def test_a_wrong_baseline_is_refused(section: str, words: str, paste: str) -> None:
    error = refused(TEXT + f"baseline: {section}")
    assert words in error.problem and error.paste == paste
