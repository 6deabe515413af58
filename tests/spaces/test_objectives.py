import pytest

from sweeper.records import Objective, Task
from tests.spaces.reading import DIGITS, refused, space_of


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        (DIGITS, Objective("val_loss", False, ("accuracy",))),
        ("data: diabetes\nmodel: mlp", Objective("val_loss", False, ("mae", "r2"))),
        (DIGITS + "objective: {maximize: val_f1}", Objective("val_f1", True, ("accuracy", "f1"))),
        (DIGITS + "objective: {minimize: train_eval_loss}", Objective("train_eval_loss", False, ("accuracy",))),
        (DIGITS + "objective: {metrics: [auc, f1]}", Objective("val_loss", False, ("auc", "f1"))),
        (DIGITS + "objective: {maximize: val_auc, metrics: accuracy}", Objective("val_auc", True, ("accuracy", "auc"))),
    ],
)
def test_the_objective(text: str, objective: Objective) -> None:
    assert space_of(text).objective == objective


def test_the_task_may_be_known_only_with_the_data() -> None:
    space = space_of("data: {csv: {file: a.csv, target: b}}\nmodel: mlp")
    assert space.objective is None
    assert space.objective_for(Task.REGRESSION).metrics == ("mae", "r2")
    said = space_of("data: {csv: {file: a.csv, target: b, task: regression}}\nmodel: mlp")
    assert said.task is Task.REGRESSION


@pytest.mark.parametrize(
    ("section", "words", "paste"),
    [
        ("{maximize: val_AUC}", "Did you mean 'val_auc'", "maximize: val_auc"),
        ("{maximize: accuracy}", "Did you mean 'val_accuracy'", "maximize: val_accuracy"),
        ("{maximize: val_acuracy}", "Did you mean 'val_accuracy'", "maximize: val_accuracy"),
        ("{maximize: val_loss}", "better when it is small", "objective: {minimize: val_loss}"),
        ("{minimize: val_accuracy}", "better when it is large", "objective: {maximize: val_accuracy}"),
        ("{minimize: test_loss}", "never chooses", "minimize: val_loss"),
        ("{maximize: val_r2}", "measures regression", ""),
        ("{metrics: [accuracy, mae]}", "measures regression", ""),
        ("{metrics: [acuracy]}", "Did you mean 'accuracy'", ""),
        ("{minimize: val_loss, maximize: val_f1}", "at once", ""),
    ],
)
def test_a_wrong_objective_is_refused(section: str, words: str, paste: str) -> None:
    error = refused(DIGITS + f"objective: {section}")
    assert words in error.problem and error.paste == paste and error.place is not None and error.place.line == 3
