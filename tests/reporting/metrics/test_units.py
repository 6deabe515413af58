"""Curves over steps that are not epochs: unevenly spaced, at other places in each trial, with seconds of their own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sweeper.reporting import SECTIONS, SweepFrames, section_text
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.elapsed import seconds_at
from sweeper.reporting.metrics.evaluations import Evaluations
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.metrics.overfitting import overfitting
from sweeper.reporting.metrics.plateau import final_slopes
from sweeper.reporting.metrics.repeats import best_so_far, mean_curves
from sweeper.reporting.metrics.targets import epochs_to, stopped_at
from sweeper.reporting.page.markdown import markdown
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from tests.reporting.synthetic import Planted, Trial

Read = Callable[[Planted], SweepFrames]
LOSS = Orientation("loss", "minimize")


def uneven(values: list[float], steps: list[int], trial: int = 0, repeat: int = 0, metric: str = "val_loss") -> pd.DataFrame:
    split, _, name = metric.partition("_")
    rows = {"trial": trial, "repeat": repeat, "epoch": steps, "metric": metric, "split": split, "name": name, "value": values}
    return pd.DataFrame({**rows, "time": 0})


def evaluated(values: np.ndarray, steps: np.ndarray) -> Evaluations:
    return Evaluations.of(objective_curves(uneven(list(values), list(steps)), LOSS))


def test_a_straight_course_has_no_noise_however_it_is_evaluated():
    steps = np.array([1, 2, 30, 31, 100, 900, 901, 2000])
    assert noise(evaluated(5 - 0.002 * steps, steps))[0] == pytest.approx(0, abs=1e-12)


def test_noise_is_found_whatever_the_spacing():
    rng = np.random.default_rng(3)
    steps = np.cumsum(rng.choice([1, 40, 700], 4000))
    assert noise(evaluated(1 + 0.1 * rng.standard_normal(4000), steps))[0] == pytest.approx(0.1, rel=0.05)


def test_evenly_spaced_noise_is_that_of_second_differences():
    y = np.random.default_rng(5).normal(size=40)
    bends = np.diff(y, n=2)
    expected = 1.4826 * np.median(np.abs(bends - np.median(bends))) / math.sqrt(6)
    assert noise(evaluated(y, np.arange(1, 41)))[0] == pytest.approx(expected, rel=1e-12)


def test_onset_and_slope_are_told_in_steps():
    steps = np.array([10, 25, 70, 100, 180, 300, 310, 420, 600, 700, 850, 900])
    values = np.array([1.0, 0.6, 0.4, 0.3, 0.3, 0.3, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1])
    runs = evaluated(values, steps)
    assert overfitting(runs, noise=np.array([0.01])).onset[0] in steps
    falling = evaluated(10 - 0.01 * steps, steps)
    assert final_slopes(falling)[0] == pytest.approx([-0.01] * 3)


def test_a_running_mean_is_read_at_the_end_only_between_neighbouring_epochs():
    rows = pd.concat([uneven([1.0, 0.8, 0.6], [1, 2, 50]), uneven([0.9, 0.5, 0.3], [1, 2, 50], metric="train_loss")])
    assert objective_curves(rows, LOSS)["training"].tolist() == pytest.approx([0.7, 0.5, 0.3])


def test_a_mean_curve_takes_repeats_on_the_line_between_their_evaluations():
    rows = pd.concat([uneven([1.0, 0.6, 0.2], [1, 5, 9]), uneven([0.8, 0.4], [3, 7], repeat=1), uneven([0.5], [4], trial=1)])
    means = mean_curves(objective_curves(rows, LOSS)).set_index(["trial", "epoch"])["validation"]
    expected = {(0, 3): (0.8 + 0.8) / 2, (0, 5): (0.6 + 0.6) / 2, (0, 7): (0.4 + 0.4) / 2, (1, 4): 0.5}
    assert means.to_dict() == pytest.approx(expected)


def test_the_target_is_reached_where_the_mean_of_the_bests_is():
    rows = pd.concat([uneven([0.9, 0.3], [10, 40]), uneven([0.8, 0.5, 0.1], [15, 30, 90], repeat=1)])
    progress = best_so_far(objective_curves(rows, LOSS))
    assert progress.set_index("epoch")["validation"].to_dict() == pytest.approx({15: 0.85, 30: 0.7, 40: 0.4, 90: 0.2})
    assert epochs_to(progress, 0.4).to_dict() == {0: 40}


def test_seconds_are_exact_at_an_evaluation_and_on_the_line_between_two():
    seconds = pd.DataFrame({"trial": 0, "repeat": 0, "epoch": [10, 30], "value": [5.0, 9.0]})
    when = pd.Series(
        [10, 20, 99, None], index=pd.MultiIndex.from_tuples([(0, 0)] * 4, names=["trial", "repeat"]), dtype="Int64"
    )
    found = [seconds_at(seconds, when.iloc[[place]]).iloc[0] for place in range(4)]
    assert found[:3] == [5.0, 7.0, 9.0] and math.isnan(found[3])


def stepped(unit: str = "step") -> Planted:
    """Two choices; of each trial the evaluations lie elsewhere."""
    trials = [
        Trial(
            number,
            {"optimizer": "adam" if number % 2 else "sgd"},
            {"val_loss": [2 / (place + 1) + 0.1 * number for place in range(12)]},
        )
        for number in range(4)
    ]
    tags = {"sweeper.unit": unit, "sweeper.target": "0.5", "sweeper.imported": "curves.csv", "sweeper.compare": "optimizer"}
    return Planted("elsewhere", trials, {**tags, "sweeper.sampler": "imported", "sweeper.design": "unknown"})


def test_a_report_speaks_of_steps_where_the_curves_count_them(read: Read):
    frames = read(stepped())
    told = "\n".join(section_text(frames, section, 400) for section in SECTIONS) + markdown(tell(Subject(frames), ()))
    assert not re.search(r"\bepochs?\b", told, re.IGNORECASE), re.search(r".*\bepochs?\b.*", told, re.IGNORECASE)
    assert "steps to the target" in told and "Steps, median" in told


def test_the_target_that_a_sweep_names_is_the_common_one(read: Read):
    frames = read(stepped())
    assert frames.sweep.target == 0.5 and frames.sweep.unit == "step" and frames.sweep.imported
    assert frames.trials["epochs_to_target"].tolist() == [4, 5, 7, 10]
    assert frames.runs["epochs_to_target"].tolist() == [4, 5, 7, 10]
    assert "0.5, which was named" in section_text(frames, "convergence", 400)


@pytest.mark.parametrize(
    ("last", "reached", "stopped"),
    [
        ([4, 5, 6, 7, 8, 9, 9], [4, 5, 6, 7, 8, None, None], 5),
        ([4, 5, 6, 7, 8, 9, 9], [4, 5, 6, 7, 8, 1, 2], 5),
        ([4, 5, 6, 7, 9, 9], [4, 5, 6, 7, None, None], 0),
        ([4, 5, 6, 7, 8, *[9] * 6], [4, 5, 6, 7, 8, *[1] * 6], 0),
    ],
    ids=["all", "most", "a handful", "a minority"],
)
def test_who_was_stopped_at_the_target(last: list[int], reached: list[int | None], stopped: int):
    assert stopped_at(pd.Series(last, dtype="Int64"), pd.Series(reached, dtype="Int64")).sum() == stopped


def test_a_unit_that_nobody_knows_is_epochs(read: Read):
    assert read(stepped("fortnight")).sweep.unit == "epoch"
