import pytest

from sweeper.errors import SpaceError
from sweeper.records import Task
from tests.spaces.reading import DIGITS, refused, space_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data: wine\nmodel: cnn", "'cnn' needs pictures (rank 3: height, width, channels), and 'wine' gives rows of numbers"),
        ("data: wine\nmodel: {choice: [mlp, cnn]}", "'cnn' needs pictures"),
        ("data: wine\nmodel: rnn", "'rnn' needs sequences"),
        ("data: diabetes\nmodel: mlp\ntraining: {class_weight: balanced}", "class weights need classes"),
        ("data: diabetes\nmodel: mlp\ntraining: {class_weight: {choice: [none, balanced]}}", "class weights need classes"),
    ],
)
def test_what_does_not_fit_is_refused_when_read(text: str, words: str) -> None:
    assert words in refused(text).problem


def test_what_the_data_tell_later_is_checked_later() -> None:
    space = space_of("data: {npz: {file: a.npz}}\nmodel: cnn\nobjective: {metrics: [accuracy, precision]}")
    space.check_fit(3, Task.CLASSIFICATION, 2)
    with pytest.raises(SpaceError, match="needs pictures"):
        space.check_fit(1, Task.CLASSIFICATION, 2)
    with pytest.raises(SpaceError, match="for 2 classes, and the data have 10"):
        space.check_fit(3, Task.CLASSIFICATION, 10)
    with pytest.raises(SpaceError, match="measures classification"):
        space.check_fit(3, Task.REGRESSION, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data: {gaussian_mixture: {}}\nmodel: gan", "gaussian_mixture, gan are part of the language, but not built yet"),
        (DIGITS + "regularization: {augmentation: {flip: both}}", "augmentation is part"),
        (DIGITS + "regularization: {label_smoothing: {float: [0.0, 0.2]}}", "label_smoothing is part"),
        (DIGITS + "objective: {maximize: val_exact_match}", "the metric exact_match is part"),
    ],
)
def test_what_is_not_built_is_refused_before_a_run(text: str, words: str) -> None:
    space = space_of(text)
    with pytest.raises(SpaceError) as caught:
        space.check_built()
    assert words in caught.value.problem and caught.value.place is not None and caught.value.place.line > 0


def test_naming_the_default_of_something_unbuilt_is_fine() -> None:
    space_of(DIGITS + "budget: {repeats: 1}\nregularization: {augmentation: none}").check_built()
