"""Wrong spaces, each with its place and the line to paste, and what right ones come to."""

import pytest

from tests.spaces.reading import DIGITS, refused, space_of

MLP = "data: digits\nmodel:\n  mlp:\n    "

WRONG = [
    # what people write, where it is found, what they should have written
    (MLP + "activation: [relu, tanh]", 4, 17, "model.mlp.activation", "activation: {choice: [relu, tanh]}"),
    (MLP + "layers: [64, 32]", 4, 13, "model.mlp.layers", "layers: 64-32"),
    (MLP + "layers: {choice: [[64, 32], [64]]}", 4, 23, "model.mlp.layers", "layers: {choice: [64-32, 64]}"),
    (MLP + "layers: 64,32", 4, 13, "model.mlp.layers", "layers: 64-32"),
    (MLP + "layers: 2024-01-10", 4, 13, "model.mlp.layers", "layers: 2024-1-10"),
    (MLP + "activation: Relu", 4, 17, "model.mlp.activation", "activation: relu"),
    (MLP + "activation: {choice: [relu, tahn]}", 4, 33, "model.mlp.activation", "activation: {choice: [relu, tanh]}"),
    (MLP + "activation: {float: [0, 1]}", 4, 17, "model.mlp.activation", "activation: {choice: [relu, tanh]}"),
    (DIGITS + "optimizer: {adam: {lr: 0.01}}", 3, 20, "optimizer.adam", "learning_rate: 0.01"),
    (DIGITS + "optimizer: Adam", 3, 12, "optimizer", "optimizer: adam"),
    (DIGITS + "optimizer: {Adam: {beta_1: 0.8}}", 3, 13, "optimizer", "optimizer: {adam: {beta_1: 0.8}}"),
    (DIGITS + "optimizer: [adam, sgd]", 3, 12, "optimizer", "optimizer: {choice: [adam, sgd]}"),
    (DIGITS + "optimizer: {choice: [adam, Sgd]}", 3, 28, "optimizer", "optimizer: {choice: [adam, sgd]}"),
    (DIGITS + "optimizer: {beta_2: 0.9}", 3, 13, "optimizer", "optimizer: {adam: {beta_2: 0.9}}"),
    (DIGITS + "optimizer:\n  adam:\n  sgd:", 5, 3, "optimizer", "optimizer: {choice: [adam, sgd]}"),
    (
        DIGITS + "optimizer:\n  adam: {beta_1: 0.8}\n  sgd:",
        5,
        3,
        "optimizer",
        "optimizer: {choice: {adam: {beta_1: 0.8}, sgd: {}}}",
    ),
    (DIGITS + "optimizer: {choice: {adam: , Sgd: {momentum: 0.1}}}", 3, 35, "optimizer.Sgd", "sgd: {momentum: 0.1}"),
    (DIGITS + "regularization:\n  dropout: 0,5", 4, 12, "regularization.dropout", "dropout: 0.5"),
    (DIGITS + "regularization: {dropout: 0,5}", 3, 29, "regularization", "dropout: 0.5"),
    (DIGITS + "regularization: {dropout: 50%}", 3, 27, "regularization.dropout", "dropout: 0.5"),
    (
        DIGITS + "regularization: {early_stopping: true}",
        3,
        34,
        "regularization.early_stopping",
        "early_stopping: {patience: {choice: [3, 5, 10]}}",
    ),
    (DIGITS + "regularization: {choice: {l2: }}", 3, 27, "regularization.l2", "l2: {l2: {float: [1e-6, 1e-2], log: true}}"),
    (DIGITS + "training: {shuffle: yes}", 3, 21, "training.shuffle", "shuffle: true"),
    (DIGITS + "training: {batch_size: 32.0}", 3, 24, "training.batch_size", "batch_size: 32"),
    (DIGITS + 'optimizer: {adam: {learning_rate: "0.1"}}', 3, 35, "optimizer.adam.learning_rate", "learning_rate: 0.1"),
    (DIGITS + "initializer: Xavier", 3, 14, "initializer", "initializer: glorot_uniform"),
    (DIGITS + "initializer:", 3, 13, "initializer", "initializer: glorot_uniform"),
    (DIGITS + "bugdet: {trials: 4}", 3, 1, "", "budget: {trials: 4}"),
    (DIGITS + "budget: 60", 3, 9, "budget", "budget: {trials: 60}"),
    (DIGITS + "budget: {time: 20}", 3, 16, "budget.time", "time: 20m"),
    (DIGITS + "search: {sampler: paired}", 3, 19, "search.sampler", "sampler: qmc"),
    (DIGITS + "name: '***'", 3, 7, "name", "name: my-sweep"),
    ("data: digitz\nmodel: mlp", 1, 7, "data", "data: digits"),
    ("data: digits", 1, 1, "", "model: {mlp: {layers: 64-64}}"),
    ("data: csv\nmodel: mlp", 1, 7, "data.csv", "file: rows.csv"),
]


@pytest.mark.parametrize(("text", "line", "column", "path", "paste"), WRONG)
def test_a_wrong_line_is_refused_with_the_right_one(text: str, line: int, column: int, path: str, paste: str) -> None:
    error = refused(text)
    assert error.place is not None
    assert (str(error.place), error.path, error.paste) == (f"mine.yaml:{line}:{column}", path, paste)
    assert error.source == text.split("\n")[line - 1]
    assert f"write:  {paste}" in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DIGITS + "optimizer: {adam: {learning_rate: true}}", "expected a number above 0"),
        (DIGITS + "optimizer: {adam: {learning_rate: none}}", "cannot be none"),
        (DIGITS + "training: {batch_size: 0}", "at least 1"),
        (MLP + "layers: 64\n    depth: 2", "keep one of them:  layers: 64  or  depth: 2"),
        (
            "data: {digits: {validation: 0.3, folds: 5}}\nmodel: mlp",
            "'folds' takes the place of 'validation'; keep one of them:  validation: 0.3  or  folds: 5",
        ),
        ("data: {digits: {train_rows: {int: [1, 2]}}}\nmodel: mlp", "nothing is tried here"),
        ("data: {digits: {train_rows: {choice: [1, 2]}}}\nmodel: mlp", "nothing is tried here"),
        ("data: digits\nmodel: {python: {build: m.py:b, a.b: 3}}", "Python name"),
        ("data: digits\nmodel: {python: {build: m.py:b, a: [1, 2]}}", "two readings"),
        ("", "mapping of sections"),
        ("- a", "mapping of sections"),
        (DIGITS + "optimizer: {adam: {}, learning_rate: 3}", "one key was expected"),
        (DIGITS + "optimizer: {adam: 3}", "settings of adam were expected"),
    ],
)
def test_a_wrong_value_says_what_was_expected(text: str, words: str) -> None:
    assert words in refused(text).problem


def test_folds_take_the_place_of_the_validation_share() -> None:
    def parts_of(settings: str) -> tuple[object, object]:
        digits = space_of(f"data: {{digits: {{{settings}}}}}\nmodel: mlp").data["digits"]
        return digits["validation"], digits["folds"]

    assert parts_of("folds: 5") == (None, 5)
    assert parts_of("test: 0.1") == (0.2, None)
    assert parts_of("validation: 0.3, folds: none") == (0.3, None)
    assert parts_of("folds: none") == (0.2, None)


def test_sizes_that_look_like_dates_are_sizes() -> None:
    for word in ("1024-64-32", "1024-12-10", "64"):
        assert space_of(MLP + f"layers: {word}").fixed()["model.mlp.layers"] == word


def test_a_size_is_a_text_in_a_choice_too() -> None:
    assert space_of(MLP + "layers: {choice: [64, 64-32]}").leaves[0].node.values == ("64", "64-32")  # type: ignore[union-attr]


def test_defaults_fill_the_configuration() -> None:
    configuration = space_of(DIGITS).defaults().configuration
    assert configuration["model"]["mlp"]["layers"] == "64-64"
    assert configuration["model"]["mlp"]["depth"] is None and configuration["model"]["mlp"]["units"] is None
    assert configuration["initializer"] == {"glorot_uniform": {}}
    assert configuration["optimizer"]["adam"]["schedule"] == {"constant": {}}
    assert configuration["regularization"]["early_stopping"] is None
    training = {"batch_size": 32, "class_weight": None, "shuffle": True, "precision": "float32"}
    assert configuration["training"] == training


def test_depth_and_units_take_the_place_of_layers() -> None:
    deep = space_of(MLP + "depth: 3").defaults().configuration["model"]["mlp"]
    assert (deep["layers"], deep["depth"], deep["units"]) == (None, 3, 64)
    wide = space_of(MLP + "units: {int: [8, 16], per_layer: true}").at({"model.mlp.units.1": 8, "model.mlp.units.2": 9})
    assert wide.configuration["model"]["mlp"]["units"] == [8, 9]


def test_a_group_that_is_named_has_all_its_settings() -> None:
    stopping = (
        space_of(DIGITS + "regularization: {early_stopping: {}}").defaults().configuration["regularization"]["early_stopping"]
    )
    assert stopping == {"patience": 5, "min_delta": 0.0}


def test_numbers_become_what_the_setting_takes() -> None:
    rate = space_of(DIGITS + "optimizer: {adam: {learning_rate: 1}}").fixed()["optimizer.adam.learning_rate"]
    assert rate == 1.0 and isinstance(rate, float)


def test_control_characters_of_a_file_never_reach_the_message() -> None:
    error = refused(DIGITS + "optimizer: 'ada\u200bm'")
    assert "\u200b" not in str(error)


@pytest.mark.parametrize(
    ("text", "section", "paste"),
    [
        ("data: digits\nmodel: {mlp: {dropout: 0.3}}", "regularization", "regularization: {dropout: 0.3}"),
        ("data: digits\nmodel: {mlp: {batch_size: 16}}", "training", "training: {batch_size: 16}"),
        ("data: digits\nmodel: {mlp: {lr: 0.1}}", "optimizer", "optimizer: {adam: {learning_rate: 0.1}}"),
        (
            DIGITS + "optimizer: {adam: {l2: {choice: [none, 0.1]}}}",
            "regularization",
            "regularization: {l2: {choice: [none, 0.1]}}",
        ),
        (DIGITS + "training: {epochs: 3}", "budget", "budget: {epochs: 3}"),
        (DIGITS + "dropout: 0.3", "regularization", "regularization: {dropout: 0.3}"),
    ],
)
def test_a_setting_of_another_section_is_sent_there(text: str, section: str, paste: str) -> None:
    error = refused(text)
    assert f"it belongs to the section '{section}'" in error.problem and error.paste == paste
    assert space_of(DIGITS + paste)


def test_a_section_within_another_is_told_so() -> None:
    error = refused("data: digits\nmodel: {mlp: {optimizer: adam}}")
    assert "it is a section of its own" in error.problem and error.paste == "optimizer: adam"


def test_a_name_of_the_same_section_comes_before_one_of_another() -> None:
    assert refused(DIGITS + "optimizer: {adam: {lr: 0.1}}").paste == "learning_rate: 0.1"
    assert refused(DIGITS + "optimizer: {adam: {momentum: 0.1}}").paste == ""


def test_a_list_of_nets_is_most_likely_a_choice() -> None:
    error = refused(MLP + "layers: [64, 64-32]")
    assert error.paste == "layers: {choice: [64, 64-32]}" and "one word:  layers: 64-64-32" in error.problem
    error = refused(MLP + "layers: [64, 32]")
    assert error.paste == "layers: 64-32" and "layers: {choice: [64, 32]}" in error.problem
