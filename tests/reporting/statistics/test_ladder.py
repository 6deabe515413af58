"""Sweeps whose sampler looked at outcomes: what is alike is compared, and what only looks better is not called so."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from sweeper.reporting import write_report
from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.ladder import Settings, best_of
from sweeper.reporting.statistics.matching import MATCHED, STANDARDISED, adjusted, gower, imbalance
from sweeper.reporting.statistics.pairs import LEARNED, PRUNED, STARTUP, compared, crossed
from sweeper.reporting.statistics.predictors import Predictor
from sweeper.reporting.statistics.verdict import BETTER, NOT_ENOUGH
from sweeper.reporting.story.compared.adaptive import best_sentences
from sweeper.reporting.story.compared.choices import choices
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial
from tests.reporting.synthetic import compared as sweep_of

RATE = "optimizer.{}.learning_rate"
SETTINGS = Settings(
    ("optimizer", *(RATE.format(kind) for kind in ("adam", "sgd"))),
    {RATE.format("adam"): Range(1e-4, 1e-2, True), RATE.format("sgd"): Range(1e-3, 1.0, True)},
    ("optimizer",),
)
BEST = 0.6
"""The best place of the learning rate in either range."""


def swept(
    places: dict[str, np.ndarray], seed: int, effect: float = 0.0, noise: float = 0.15, phase: str = "tpe"
) -> pd.DataFrame:
    """Trials of two optimizers with learning rates at these places of their own ranges; a value is what the place costs, plus
    noise, less the effect for adam."""
    random, rows = np.random.default_rng(seed), []
    for kind, of in places.items():
        span = SETTINGS.spans[RATE.format(kind)]
        for place in of:
            y = 4 * (place - BEST) ** 2 + noise * random.normal() - effect * (kind == "adam")
            rows.append({"choice": kind, "params.optimizer": kind, f"params.{RATE.format(kind)}": span.at(place), "y": y})
    frame = pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)
    return frame.assign(number=range(len(frame)), state="COMPLETE", reason="finished", phase=phase, block=None)


def confounded(seed: int, effect: float = 0.0, n: int = 40) -> pd.DataFrame:
    """A sampler that tuned adam well and sgd hardly."""
    random = np.random.default_rng(1000 + seed)
    places = {"adam": np.clip(random.normal(BEST, 0.1, n), 0, 1), "sgd": random.uniform(0, 1, n)}
    return swept(places, seed, effect)


def pair(frame: pd.DataFrame, settings: Settings | None = SETTINGS) -> pd.Series:
    return compared(frame, ["adam", "sgd"], frame["y"], "tpe", 0, math.nan, settings).iloc[0]


NUMBER, WORD = Predictor("rate", ("rate",)), Predictor("act", ("act",), ("relu", "tanh"))


def test_distances_by_hand() -> None:
    a, b = np.array([[0.1, 0.0]]), np.array([[0.3, 0.0], [0.1, 1.0]])
    assert gower((NUMBER, WORD), a, b).tolist() == [pytest.approx([0.1, 0.5])]


def test_imbalance_by_hand() -> None:
    a, b = np.array([[0.1], [0.3]]), np.array([[0.2], [0.4]])
    assert imbalance((NUMBER,), a, b) == pytest.approx(0.1 / np.std([0.1, 0.3], ddof=1))
    words = np.array([[0.0], [0.0]]), np.array([[0.0], [1.0]])
    assert imbalance((WORD,), *words) == pytest.approx(0.5 / math.sqrt(0.5 / 2))
    assert imbalance((WORD,), words[0], words[0] + 1) == math.inf


def test_a_choice_that_was_only_tuned_better_is_not_called_better() -> None:
    """On average it looks better by a deviation of noise; of 30 sweeps at most 4 may say so (5 in 100; more once in 50)."""
    frames = [confounded(seed) for seed in range(30)]
    naive = [frame.groupby("choice")["y"].mean() for frame in frames]
    assert np.mean([mean["sgd"] - mean["adam"] for mean in naive]) > 0.15
    rows = [pair(frame) for frame in frames]
    assert {row["rung"] for row in rows} <= {MATCHED, STANDARDISED}
    assert sum(row["verdict"] == BETTER for row in rows) <= 4
    matched = [row for row in rows if row["rung"] == MATCHED]
    assert len(matched) > 10 and all(row["smd_after"] < 0.25 for row in matched)
    assert np.mean([row["smd_before"] - row["smd_after"] for row in matched]) > 0


def test_an_effect_is_found_through_it() -> None:
    rows = [pair(confounded(seed, effect=0.3)) for seed in range(12)]
    assert sum(row["verdict"] == BETTER and row["a"] == "adam" for row in rows) >= 9
    rows = [pair(confounded(seed, effect=-0.3)) for seed in range(12)]
    assert sum(row["verdict"] == BETTER and row["a"] == "sgd" for row in rows) >= 9


def test_ranges_that_do_not_overlap_are_not_compared() -> None:
    random = np.random.default_rng(0)
    frame = swept({"adam": random.uniform(0.0, 0.3, 30), "sgd": random.uniform(0.6, 1.0, 30)}, 0)
    row = pair(frame)
    assert (row["verdict"], row["why"], row["rung"]) == (NOT_ENOUGH, LEARNED, "")


def test_standardisation_is_asked_where_pairs_are_not_alike() -> None:
    """Shifted against each other, but with a common range."""
    random = np.random.default_rng(1)
    places = {"adam": np.clip(random.normal(0.6, 0.15, 60), 0, 1), "sgd": np.clip(random.normal(0.3, 0.2, 60), 0, 1)}
    row = pair(swept(places, 77, effect=0.4))
    assert (row["rung"], row["a"], row["verdict"]) == (STANDARDISED, "adam", BETTER)
    assert math.isnan(row["smd_after"])
    assert row["shift"] == pytest.approx(0.4, abs=0.12)


def test_the_surest_rung_is_taken() -> None:
    early = swept({"adam": np.linspace(0, 1, 10), "sgd": np.linspace(0, 1, 10)}, 0, phase="startup")
    frame = pd.concat([early, confounded(0)], ignore_index=True)
    assert pair(frame)["rung"] == STARTUP
    assert pair(frame.assign(phase="tpe"))["rung"] in (MATCHED, STANDARDISED)
    assert pair(frame.assign(phase="tpe"), None)["why"] == LEARNED, "nothing is known of the settings"
    pruned = frame.assign(reason=["pruner", *["finished"] * (len(frame) - 1)])
    assert pair(pruned)["why"] == PRUNED, "who was pruned says how it was doing"


def test_divergence_counts_as_worse_and_the_baseline_for_nothing() -> None:
    frame = swept({"adam": np.linspace(0.3, 0.9, 20), "sgd": np.linspace(0.3, 0.9, 20)}, 0)
    frame.loc[frame["choice"] == "sgd", "y"] = math.inf
    row = pair(frame)
    assert (row["a"], row["shift"], row["wins"]) == ("adam", math.inf, 1.0)
    whole = pair(frame.assign(phase=["baseline", *["tpe"] * (len(frame) - 1)]))
    assert whole["n_a"] <= 19 and row["n_a"] == 20


def test_the_same_seed_gives_the_same_rows_and_the_order_of_names_turns_them() -> None:
    frame = confounded(3, effect=0.2)
    one, two = pair(frame), pair(frame)
    pd.testing.assert_series_equal(one, two)
    assert adjusted((), np.empty((12, 0)), np.ones(12), np.arange(12) > 5, 0) is None, "no settings, nothing to hold alike"


def test_a_crossed_question_holds_the_other_factor_alike() -> None:
    """sgd was tried with tanh alone, which is worse; with tanh it is as good as adam."""
    random, rows = np.random.default_rng(5), []
    for kind, act in [*product(("adam",), ("relu", "tanh")), ("sgd", "tanh")] * 20:
        y = 0.5 * (act == "tanh") + 0.05 * random.normal()
        rows.append({"choice": f"{kind} · {act}", "params.optimizer": kind, "params.act": act, "y": y})
    frame = pd.DataFrame(rows).assign(state="COMPLETE", reason="finished", phase="tpe", block=None)
    frame["number"] = range(len(frame))
    chosen = frame[["params.optimizer", "params.act"]].set_axis(["optimizer", "act"], axis=1)
    found = crossed(frame, chosen, frame["y"], "tpe", 0, math.nan, Settings(("optimizer", "act"), {}, ("optimizer", "act")))
    rows = found.set_index("factor")
    assert rows.loc["act", ["a", "verdict"]].tolist() == ["relu", BETTER]
    assert rows.loc["optimizer", "verdict"] != BETTER
    assert frame.groupby("params.optimizer")["y"].mean().diff().iloc[-1] > 0.2, "on average sgd looks far worse"


def test_the_running_best_is_that_of_the_order() -> None:
    frame = pd.DataFrame({"number": [3, 0, 1, 2, 4], "choice": list("abaab"), "y": [0.5, 0.9, 0.4, math.nan, 0.2]})
    found = best_of(frame, frame["y"], frame["choice"])
    assert found.to_numpy().tolist() == [["b", 1, 0.9], ["a", 1, 0.4], ["a", 2, 0.4], ["b", 2, 0.2]]


def test_the_report_names_the_rung_and_says_no_more(read) -> None:
    frame = confounded(2, effect=0.5)
    trials = []
    for _, row in frame.iterrows():
        params = {
            name.removeprefix("params."): row[name] for name in frame if name.startswith("params.") and pd.notna(row[name])
        }
        trials.append(Trial(row["number"], params, {"val_loss": [3.0, 1.0 + row["y"]]}, phase="tpe"))
    tags = {"sweeper.compare": "optimizer", "sweeper.sampler": "tpe", "sweeper.searched": ", ".join(SETTINGS.searched)}
    subject = Subject(read(Planted("adaptive", trials, tags)))
    told = choices(subject)
    text = " ".join(told.sentences)
    assert "matched pairs" in told.sentences[0] or "standardisation" in told.sentences[0]
    assert "adam probably did better than sgd in this sweep" in text and "clearly" not in text
    assert "sweep confirm adaptive" in text and "sweep resume" not in text
    assert best_sentences(subject)[0].startswith("After 40 trials of each the best validation loss was adam 0.")
    assert [block.key for block in told.blocks[:2]] == ["isolation", "running_best"]


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_report_of_choices_that_were_not_paired_is_written_whole(read, tmp_path, sampler: str) -> None:
    """Speed and value of independent trials, and of a sampler's startup trials."""
    made = sweep_of(blocks=14, kinds=("sgd", "adam"))
    trials = [replace(trial, block=None, phase="startup" if sampler == "tpe" else sampler) for trial in made.trials]
    tags = {**made.tags, "sweeper.sampler": sampler, "sweeper.design": "", "sweeper.searched": ", ".join(SETTINGS.searched)}
    written = write_report(read(replace(made, trials=trials, tags=tags)), tmp_path / "report")
    assert "trials" in written.markdown.read_text() and written.findings
