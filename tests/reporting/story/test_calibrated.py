"""The gap in calibration: a column where it was measured, and sentences that say no more than it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sweeper.reporting import SweepFrames
from sweeper.reporting.columns import described
from sweeper.reporting.metrics.calibration import AT_BEST, AT_END, GAP
from sweeper.reporting.statistics.choices import choices_frame
from sweeper.reporting.story.account.cited import used
from sweeper.reporting.story.account.works import GUO
from sweeper.reporting.story.blocks import Table
from sweeper.reporting.story.generalization.calibrated import calibration_sentences
from sweeper.reporting.story.generalization.fit import fit, fit_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial, compared, repeated

Read = Callable[[Planted], SweepFrames]


def with_error(sweep: Planted, apart: float = 0.05) -> Planted:
    """Its trials, whose calibration errors grow by 0.01 an epoch; validation's is `apart` larger, and a little by trial."""

    def one(trial: Trial) -> Trial:
        n = np.arange(1, len(trial.curves["val_loss"]) + 1)
        error = {"train_eval": 0.01 * n, "val": 0.01 * n + apart + 1e-4 * trial.number + 1e-3 * trial.repeat}
        return replace(trial, curves={**trial.curves, **{f"{part}_calibration_error": list(v) for part, v in error.items()}})

    return replace(sweep, trials=[one(trial) for trial in sweep.trials])


def test_the_gap_is_taken_at_the_best_epoch_where_it_was_measured(read: Read, optimizers: SweepFrames) -> None:
    frames = read(with_error(compared(blocks=2)))
    expected = frames.trials["best.val_calibration_error"] - frames.trials["best.train_eval_calibration_error"]
    pd.testing.assert_series_equal(frames.trials[GAP], expected, check_names=False)
    assert frames.trials.loc[0, GAP] == pytest.approx(0.05) and frames.trials.loc[3, GAP] == pytest.approx(0.0503)
    assert described("trials", GAP) and described("runs", GAP)
    assert GAP in set(choices_frame(frames)["metric"])
    assert GAP not in optimizers.trials and GAP not in set(choices_frame(optimizers)["metric"])


def test_of_repeats_it_is_the_mean_and_of_all_of_them(read: Read) -> None:
    trials = read(with_error(repeated(blocks=2, seeds=2, folds=1))).trials.set_index("number")
    assert trials.loc[3, GAP] == pytest.approx(0.0503 + 0.0005)


def of_gaps(frames: SweepFrames, gaps: np.ndarray) -> SweepFrames:
    return replace(frames, trials=frames.trials.assign(**{GAP: gaps}))


def test_the_sentence_has_its_count_and_its_interval_and_claims_no_more(optimizers: SweepFrames) -> None:
    n, complete = len(optimizers.trials), int((optimizers.trials["state"] == "COMPLETE").sum())
    [larger] = calibration_sentences(Subject(of_gaps(optimizers, np.linspace(0.02, 0.06, n))))
    assert larger.startswith("At the best epoch the calibration error of validation less that of training is 0.0")
    assert f"the median of {complete} complete trials: probabilities are less right on rows that were not" in larger
    [open_] = calibration_sentences(Subject(of_gaps(optimizers, np.linspace(-0.02, 0.02, n))))
    assert open_.endswith("cannot be told.")
    [smaller] = calibration_sentences(Subject(of_gaps(optimizers, np.linspace(-0.06, -0.02, n))))
    assert "are no less right" in smaller
    [few] = calibration_sentences(Subject(of_gaps(optimizers, np.where(np.arange(n) < 3, 0.04, np.nan))))
    assert "0.040 (too few for an interval)" in few and few.endswith("cannot be told.")
    assert calibration_sentences(Subject(optimizers)) == []


def test_the_table_and_the_methods_have_it_only_where_it_was_measured(optimizers: SweepFrames) -> None:
    for frames, there in ((of_gaps(optimizers, np.linspace(0.02, 0.06, len(optimizers.trials))), True), (optimizers, False)):
        section = fit(Subject(frames))
        assert section is not None
        [table] = [block for block in section.blocks if isinstance(block, Table)]
        assert ("Calibration gap" in {head.text for head in table.heads}) is there
        assert {len(row) for row in table.rows} == {len(table.heads)}
        assert (GUO in {work for one in used(Subject(frames)) for work in one.works}) is there


@pytest.mark.parametrize(("rise", "borne_out"), [(0.04, True), (0.0, False)])
def test_a_loss_that_overfits_alone_is_called_over_confident_unless_the_error_says_otherwise(
    optimizers: SweepFrames, rise: float, borne_out: bool
) -> None:
    runs, random = optimizers.runs, np.random.default_rng(0)
    at_best = random.uniform(0.02, 0.03, len(runs))
    after = at_best + rise + random.choice([-0.001, 0.001], len(runs))
    alone = pd.Series(True, index=runs.index, dtype="boolean")
    measured = runs.assign(overconfident=alone, **{AT_BEST: at_best, AT_END: after})
    [told] = [one for one in fit_sentences(Subject(replace(optimizers, runs=measured))) if "overfits while" in one]
    assert (
        "They are over-confident: their calibration error on validation grows from the best epoch to the end (0.0" in told
    ) is borne_out
    assert ("does not surely grow" in told) is not borne_out
    assert ("consider label smoothing" in told) is borne_out
