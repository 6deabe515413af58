"""The section on the signal says what the layers' tables hold, by choice, with counts and intervals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mlflow.tracking import MlflowClient

from sweeper.reporting import SweepFrames, read_sweep, section_text, write_report
from sweeper.reporting.story.blocks import Chart, Heat, Table
from sweeper.reporting.story.dynamics.signal import signal, signal_sentences
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial

Read = Callable[[Planted], SweepFrames]
WILD = "<script>alert(1)</script>\x1b[31m=cmd()"
LOSSES = [0.9 - 0.02 * epoch for epoch in range(12)]
SOUND = {0: {"gradient_rms": [0.1, 0.1, 0.1]}, 12: {"gradient_rms": [0.01, 0.02, 0.01], "dead": [0.1, 0.0]}}
VANISHED = {0: {"gradient_rms": [1e-8, 1e-5, 1e-2]}, 12: {"gradient_rms": [1e-4, 1e-3, 1e-2]}}
EQUAL = {0: {"gradient_rms": [0.0, 0.0, 0.0], "symmetry": [1.0, 1.0, 1.0]}}
DEAD = {0: {"gradient_rms": [0.1, 0.1]}, 12: {"gradient_rms": [0.1, 0.1], "dead": [0.9, 0.7]}}
BROKEN = {0: {"gradient_rms": [0.1, 0.1]}, 12: {"gradient_rms": [None, 0.1], "dead": [1.0]}}

Looks = dict[int, dict[str, list[float]]]


@pytest.fixture
def looked(read: Read, fresh: str) -> Callable[..., Subject]:
    """A sweep of these choices, four trials of each, whose runs carry these tables."""

    def made(name: str = "dense", **choices: Looks) -> Subject:
        trials = [
            Trial(
                n, {"initializer": choice}, {"val_loss": LOSSES, "train_eval_loss": LOSSES}, once={"objective": 0.5 + n / 100}
            )
            for n, choice in enumerate(list(choices) * 4)
        ]
        frames = read(Planted("signals", trials, {"sweeper.compare": "initializer"}))
        for run_id, choice in zip(frames.runs["run_id"], frames.runs["choice"], strict=True):
            folder = Path(urlsplit(MlflowClient(fresh).get_run(run_id).info.artifact_uri).path)
            folder.mkdir(parents=True)
            data = [
                [epoch, f"{name}_{place}", statistic, value]
                for epoch, statistics in choices[choice].items()
                for statistic, values in statistics.items()
                for place, value in enumerate(values, start=1)
            ]
            (folder / "layers.json").write_text(json.dumps({"data": data}))
        return Subject(read_sweep("signals", fresh))

    return made


def test_each_choice_has_its_word_with_its_counts(looked: Callable[..., Subject]) -> None:
    subject = looked(sound=SOUND, glorot=VANISHED, zeros=EQUAL, relu=DEAD, wide=BROKEN)
    all_four = "4 of 4 (100\u00a0% [51, 100])"
    assert signal_sentences(subject) == [
        "glorot: before training the first layer's gradient is 10^−6.0 of the last one's (3 decades a kernel): it vanishes in "
        f"{all_four}.",
        f"zeros: all units of a layer begin with the same weights in {all_four}: it is symmetric. No kernel has a gradient: "
        "nothing but biases can learn.",
        f"relu: in {all_four} most rectified units are dead at the end, 80\u00a0% of them in the median.",
        f"wide: at the end gradients are not finite in {all_four}, though the loss of 4 of them is finite to the end: relu "
        "turns what is no number into 0.",
    ]
    section = signal(subject)
    assert section is not None
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[1].text for row in table.rows] == ["sound 4", "vanishing 4", "symmetric 4", "dead 4", "not finite 4"]
    assert section.sentences[-1] == "Looked at: 20 trials."


def test_the_figures_show_the_best_trial_the_worst_signal_and_every_choice(looked: Callable[..., Subject]) -> None:
    subject = looked(sound=SOUND, glorot=VANISHED, zeros=EQUAL)
    section = signal(subject)
    assert section is not None
    best, worst, chart = section.blocks[:3]
    assert isinstance(best, Heat) and isinstance(worst, Heat) and isinstance(chart, Chart)
    assert best.rows == ("dense_1", "dense_2", "dense_3") and best.columns == ("start", "epoch 12")
    assert best.values[0] == pytest.approx((-1.0, -2.0))
    assert worst.values[0] == pytest.approx((-8.0, -4.0)) and worst.span == best.span == (-8.0, -1.0)
    assert [(line.name, line.y) for line in chart.marks] == [("sound", (0.1, 0.1, 0.1)), ("glorot", (1e-8, 1e-5, 1e-2))]
    assert "zeros" in chart.caption.trials


def test_a_sound_sweep_is_told_in_one_sentence_and_a_maximized_one_alike(looked: Callable[..., Subject]) -> None:
    subject = looked(a=SOUND, b=SOUND)
    assert signal_sentences(subject) == [
        "The signal is sound in all 8 trials: gradients reach the first layer and units are alive."
    ]
    sweep = replace(subject.frames.sweep, objective=replace(subject.frames.sweep.objective, maximize=True))
    twin = Subject(replace(subject.frames, sweep=sweep))
    assert signal_sentences(twin) == signal_sentences(subject)


@pytest.mark.usefixtures("drawn_once")
def test_nothing_from_a_layers_name_acts(looked: Callable[..., Subject], tmp_path: Path) -> None:
    subject = looked(WILD, a=SOUND, b=VANISHED)
    page = write_report(subject.frames, tmp_path / "out").index.read_text()
    assert "<script>alert" not in page and "\x1b" not in page
    assert "'=" not in section_text(subject.frames, "signal") and "\x1b" not in section_text(subject.frames, "signal")
    findings = json.loads((tmp_path / "out" / "findings.json").read_text())["findings"]
    assert any(finding["section"] == "signal" and finding["evidence"] == {"sound": 4, "vanishing": 4} for finding in findings)


def test_without_tables_the_page_has_no_such_section(optimizers: SweepFrames) -> None:
    assert signal(Subject(optimizers)) is None
    assert "nothing to say" in section_text(optimizers, "signal")
