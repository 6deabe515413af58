"""The section on convergence: what it says of speed, never without the end, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from sweeper.reporting import EveryFrame, section_text
from sweeper.reporting.statistics.pairs import LEARNED
from sweeper.reporting.story.blocks import Area, Chart, Line
from sweeper.reporting.story.findings import findings, foremost
from sweeper.reporting.story.pace.convergence import convergence
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial

Read = Callable[[Planted], EveryFrame]
EPOCHS = 20


def falling(pace: float, floor: float, shift: float = 0.0) -> dict[str, list[float]]:
    """A smooth course from 2.3 to `floor`, `shift` being a block's own level."""
    t = np.arange(1, EPOCHS + 1)
    return {"val_loss": list(floor + shift + 2.2 * np.exp(-pace * t)), "train_eval_loss": list(2.2 * np.exp(-pace * t))}


def race(paces: dict[str, tuple[float, float]], blocks: int = 12, **changed: Sequence[float]) -> Planted:
    """Every choice in every block, with its pace and floor; blocks differ in level and a little in pace."""
    trials = []
    for block in range(blocks):
        for place, (choice, (pace, floor)) in enumerate(paces.items()):
            curves = falling(
                pace * (1 + 0.05 * (block % 5 - place)), floor, 0.004 * (block % 4) + 0.001 * (block % 3) * (place - 0.5)
            )
            trials.append(Trial(block * len(paces) + place, {"optimizer": choice}, curves, block=block))
    return Planted("race", trials, {"sweeper.compare": "optimizer", "sweeper.data.chance.loss": "2.3"})


def told(frames: EveryFrame) -> str:
    return " ".join(section_text(frames, "convergence", 400).split())


def test_faster_is_said_with_what_it_is_worth_at_the_end(read: Read) -> None:
    frames = read(race({"slow": (0.3, 0.1), "quick": (0.7, 0.1)}))
    row = frames.speed.iloc[0]
    assert (row["a"], row["verdict"], row["end"]) == ("quick", "faster", "better")
    assert "quick needed 10 [8, over 20] epochs to the target 0.108, slow over 20 [18, over 20]" in told(
        frames
    ) and "12 pairs, ratio 0." in told(frames)
    assert "faster, and better at the end." in told(frames)
    first = next(finding for finding in findings(Subject(frames)) if finding.section == "convergence")
    assert first.sentence in told(frames) and first.evidence["ratio"] == row["ratio"] and first.verdict == "faster"
    assert first in foremost(findings(Subject(frames)))[:3], "what the end of a run prints"


def test_faster_but_worse(read: Read) -> None:
    assert "faster, but worse at the end." in told(read(race({"slow": (0.35, 0.098), "quick": (0.9, 0.1)})))


def test_what_a_learning_sampler_leaves_unsaid(read: Read) -> None:
    sweep = race({"slow": (0.3, 0.1), "quick": (0.7, 0.1)})
    frames = read(replace(sweep, tags={**sweep.tags, "sweeper.sampler": "tpe"}))
    assert f"No choice is called faster: {LEARNED}." in told(frames)
    assert not [finding for finding in findings(Subject(frames)) if finding.section == "convergence"]


def test_too_few_blocks_are_one_sentence_and_no_table(read: Read) -> None:
    frames = read(race({"slow": (0.3, 0.1), "quick": (0.7, 0.1), "other": (0.5, 0.1)}, blocks=3))
    assert "There is too little evidence to say which is faster for all pairs of choices." in told(frames)
    assert "Against" not in told(frames) and frames.speed["ratio_low"].isna().all()


def test_the_figures_are_steps_with_bands(read: Read) -> None:
    section = convergence(Subject(read(race({"slow": (0.3, 0.1), "quick": (0.7, 0.1)}))))
    by_epochs, by_seconds = (block for block in section.blocks if isinstance(block, Chart))
    lines = [mark for mark in by_epochs.marks if isinstance(mark, Line)]
    bands = [mark for mark in by_epochs.marks if isinstance(mark, Area)]
    assert len(lines) == len(bands) == 2 and all(mark.steps for mark in lines)
    for line, band in zip(lines, bands, strict=True):
        assert (np.array(band.low) <= line.y).all() and (np.array(band.high) >= line.y).all()
        assert list(line.y) == sorted(line.y) and line.x[-1] == EPOCHS
    assert all(line.name.startswith(f"{round(12 * line.y[-1])}/12 ") for line in lines)
    assert all(isinstance(mark, Line) for mark in by_seconds.marks)


def test_trials_that_were_stopped_have_a_dashed_bound(plain: EveryFrame) -> None:
    section = convergence(Subject(plain))
    chart = next(block for block in section.blocks if isinstance(block, Chart))
    dashed = [mark for mark in chart.marks if isinstance(mark, Line) and mark.dashed]
    solid = [mark for mark in chart.marks if isinstance(mark, Line) and not mark.dashed]
    assert len(dashed) == len(solid) == 1 and (np.array(dashed[0].y) >= solid[0].y).all()
    assert "Dashed" in chart.caption.reading
    assert any("stopped early, without reaching it" in sentence for sentence in section.sentences)


@pytest.mark.parametrize("named", ["0.1", "2.2"])
def test_a_target_that_tells_nothing_gives_way_to_another(read: Read, named: str) -> None:
    """0.1 is reached by hardly any of either choice, 2.2 by all in the first epoch."""
    sweep = race({"slow": (0.3, 0.1), "quick": (0.7, 0.1)})
    text = told(read(replace(sweep, tags={**sweep.tags, "sweeper.target": named})))
    share, side = ("Hardly any", "easier") if named == "0.1" else ("Nearly all", "harder")
    assert f"{share} of every choice's trials reached {named}, which was named: it says little of speed." in text
    assert f"The {side} target is" in text


def test_choices_that_were_not_trained_equally_long_are_looked_at_as_far_as_both_go(read: Read) -> None:
    sweep = race({"slow": (0.3, 0.1), "quick": (0.7, 0.1)})
    half = [
        replace(trial, curves={key: values[:10] for key, values in trial.curves.items()})
        if trial.params["optimizer"] == "quick"
        else trial
        for trial in sweep.trials
    ]
    frames = read(replace(sweep, trials=half))
    assert "not trained equally long (quick up to 10 epochs, slow up to 20): means and ratios are over the first 10" in told(
        frames
    )
    assert (frames.speed["horizon"] == 10).all() and frames.speed["hidden"].iloc[0] == 0
    slow = frames.convergence.set_index(["choice", "target"]).loc[("slow", "epochs_to_target")]
    assert (
        slow["longest"] == 20 and slow["reached"] == frames.trials.query("choice == 'slow'")["epochs_to_target"].notna().sum()
    )
