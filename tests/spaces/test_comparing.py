import pytest

from tests.spaces.reading import DIGITS, refused, space_of

CHOICE = "optimizer: {choice: {adam: {amsgrad: {choice: [true, false]}}, sgd: }}\n"


@pytest.mark.parametrize(
    ("text", "words", "paste"),
    [
        ("compare: optimizer\n", "is fixed (adam)", "optimizer: {choice: [adam, ...]}"),
        ("compare: model.mlp.layers\n", "is fixed (64-64)", "layers: {choice: [64-64, ...]}"),
        ("compare: optimiser\n" + CHOICE, "Did you mean 'optimizer'", "compare: optimizer"),
        ("compare: optimizer.adam.amsgrad\n" + CHOICE, "exists only where optimizer is adam", "compare: optimizer"),
        ("compare: [optimizer, optimizer]\n" + CHOICE, "named twice", ""),
        (
            "compare: optimizer.adam.learning_rate\noptimizer: {adam: {learning_rate: {float: [1e-3, 1e-1], log: true}}}",
            "only a choice can be compared",
            "learning_rate: {choice: [0.001, 0.01, 0.1]}",
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(text: str, words: str, paste: str) -> None:
    error = refused(DIGITS + text)
    assert words in error.problem and error.paste == paste


def test_crossed_questions() -> None:
    space = space_of(DIGITS + "compare: [optimizer, initializer]\ninitializer: {choice: [zeros, ones]}\n" + CHOICE)
    assert space.choices == {"optimizer": ("adam", "sgd"), "initializer": ("zeros", "ones")}
    assert space.block_size == 4
    assert space.pruner is None and space.sampler.name == "paired" and space.baseline is None


def test_without_a_question_the_best_is_sought() -> None:
    space = space_of(DIGITS)
    assert (space.sampler.name, space.sampler.settings) == ("tpe", {"startup": 10})
    assert space.pruner is not None and space.pruner.name == "asha"
    assert space.baseline is not None and space.baseline.parameters == {}
    assert space_of(DIGITS + "search: {pruner: none}").pruner is None
