"""What `optuna.db` holds of a configuration."""

import optuna
import pytest
from optuna.distributions import FloatDistribution

from sweeper.errors import StoreError
from sweeper.records import State
from sweeper.tracking.combined import configurations
from sweeper.tracking.home import Home
from sweeper.tracking.optuna_mirror import OptunaMirror, delete_study
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made

RATES = {"optimizer.adam.learning_rate": FloatDistribution(1e-4, 1e-1, log=True)}


def mirrored(home: Home, *records: list, repeats: int) -> list[optuna.trial.FrozenTrial]:
    mirror = OptunaMirror(home, "tiny", "id", False, {})
    state = SweepState((record for some in records for record in some), keep="val_loss")
    for found in configurations(state.trials, repeats):
        mirror.add(found, "val_loss", RATES, {"mlflow_run_id": "run"})
    mirror.bring_to_disk()
    return optuna.load_study(study_name="tiny", storage=home.storage).trials


def test_several_repeats_are_one_trial_with_their_mean_and_what_it_was_made_of(tmp_path):
    two = made.trial_records(0, value=0.25), made.trial_records(0, repeat=1, value=0.75)
    [trial] = mirrored(Home(tmp_path), *two, repeats=2)
    assert (trial.number, trial.state.name, trial.value) == (0, "COMPLETE", 0.5)
    assert trial.user_attrs["values"] == [0.25, 0.75]
    assert trial.user_attrs["spread"] == pytest.approx(0.125**0.5)
    assert trial.intermediate_values == {epoch: 1 / (1 + epoch) for epoch in range(4)}


def test_one_training_has_no_spread_and_a_fault_no_value(tmp_path):
    one, other = mirrored(Home(tmp_path), made.trial_records(0), made.trial_records(1, ended=State.FAILED), repeats=1)
    assert (one.value, "spread" in one.user_attrs) == (0.25, False)
    assert (other.state.name, other.value) == ("FAIL", None)


def test_a_study_of_the_same_name_that_is_another_sweep_s_is_left_alone(tmp_path):
    names = [OptunaMirror(Home(tmp_path), "tiny", sweep, False, {}).name for sweep in ("id", "other123456", "id")]
    assert names == ["tiny", "tiny-other123", "tiny"]


def test_a_study_that_a_crash_left_without_a_word_is_taken_and_one_with_a_word_is_not(tmp_path):
    optuna.create_study(storage=Home(tmp_path).storage, study_name="tiny", direction="minimize")
    optuna.create_study(storage=Home(tmp_path).storage, study_name="mine", direction="minimize").set_user_attr("of", "mine")
    optuna.create_study(storage=Home(tmp_path).storage, study_name="up", direction="maximize")
    names = [OptunaMirror(Home(tmp_path), name, "id3456789", False, {"seed": 0}).name for name in ("tiny", "mine", "up")]
    assert names == ["tiny", "mine-id345678", "up-id345678"]
    assert optuna.load_study(study_name="tiny", storage=Home(tmp_path).storage).user_attrs == {
        "sweeper.id": "id3456789",
        "seed": 0,
    }
    delete_study(Home(tmp_path), "mine", "id3456789")
    assert set(optuna.get_all_study_names(Home(tmp_path).storage)) == {"tiny", "mine", "up", "up-id345678"}


def test_a_file_that_fails_is_named(tmp_path):
    (tmp_path / "optuna.db").write_bytes(b"SQLite format 3\0" + b"damage " * 1000)
    with pytest.raises(StoreError, match=r"optuna\.db failed"):
        OptunaMirror(Home(tmp_path), "tiny", "id", False, {})
