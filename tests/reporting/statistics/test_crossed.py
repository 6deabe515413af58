"""A crossed question by its factors: by hand, against plain loops, and what the report says of it."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sweeper.reporting.statistics.comparison import of_differences, paired
from sweeper.reporting.statistics.pairs import crossed
from sweeper.reporting.statistics.strata import averaged, contrast
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE, NOT_ENOUGH
from sweeper.reporting.story.compared.choices import choices
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial

INITIALIZERS, ACTIVATIONS = ("he", "glorot"), ("relu", "tanh", "sigmoid")


def trials(values: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    """A trial in each block for each combination."""
    rows = [
        {"number": number, "block": block, "initializer": one, "activation": other, "choice": f"{one} · {other}", "y": value,
         "state": "COMPLETE", "reason": "finished", "phase": "paired"}
        for number, ((one, other), of) in enumerate(values.items()) for block, value in enumerate(of)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def effects(frame: pd.DataFrame, sampler: str = "paired", noise: float = math.nan) -> pd.DataFrame:
    return crossed(frame, frame[["initializer", "activation"]], frame["y"], sampler, 0, noise)


def planted(blocks: int, gain: dict[tuple[str, str], float], seed: int = 0, spread: float = 1.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    level = random.normal(size=blocks)
    return trials(
        {
            cell: list(level + spread * random.normal(size=blocks) - gain.get(cell, 0.0))
            for cell in product(INITIALIZERS, ACTIVATIONS)
        }
    )


def row(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    found = frame
    for name, value in {"partner": "", "within": "", "against": "", **wanted}.items():
        found = found[found[name] == value]
    [(_, one)] = found.iterrows()
    return one


def test_effects_by_hand() -> None:
    """he is better by 2 with relu in every block, by 1 with tanh, and worse by 0.6 with sigmoid: 0.8 on average."""
    steps = [0.01 * block for block in range(8)]
    values = {("glorot", other): [5.0 + 3 * step for step in steps] for other in ACTIVATIONS}
    gains = {"relu": 2.0, "tanh": 1.0, "sigmoid": -0.6}
    he = {("he", other): [5.0 + 3 * step - gain - step for step in steps] for other, gain in gains.items()}
    found = effects(trials({**he, **values}))
    main = row(found, factor="initializer", a="he", b="glorot")
    assert main["shift"] == pytest.approx(0.8 + np.median(steps)) and main["verdict"] == BETTER and main["n_a"] == 8
    assert main["rung"] == "blocks"
    simple = {other: row(found[found["factor"] == "initializer"], partner="activation", within=other) for other in ACTIVATIONS}
    assert {other: one["a"] for other, one in simple.items()} == {"relu": "he", "tanh": "he", "sigmoid": "glorot"}
    assert simple["sigmoid"]["shift"] == pytest.approx(0.6 - np.median(steps))
    depends = found[found["against"] != ""]
    assert set(depends["factor"]) == {"activation"}, "the factor with more levels is told by its pairs"
    [one] = depends[(depends["a"] == "relu") & (depends["b"] == "sigmoid")].to_dict("records")
    assert (one["within"], one["against"]) == ("he", "glorot")
    assert one["shift"] == pytest.approx(2.6), "relu gains 2.6 more over sigmoid with he than with glorot"


def test_a_main_effect_of_blocks_is_the_plain_loops() -> None:
    frame = planted(11, {("he", "relu"): 0.7}, seed=3)
    frame.loc[[4, 17], "y"] = math.nan
    frame.loc[30, "y"] = math.inf
    wide = {
        cell: frame[frame["choice"] == " · ".join(cell)].set_index("block")["y"] for cell in product(INITIALIZERS, ACTIVATIONS)
    }
    means = []
    for block in range(11):
        known = []
        for other in ACTIVATIONS:
            one, two = wide["he", other][block], wide["glorot", other][block]
            if not (math.isnan(one) or math.isnan(two)):
                known.append(1e300 if math.isinf(two) else -1e300 if math.isinf(one) else two - one)
        mean = sum(known) / len(known)
        means.append(math.copysign(1e300, mean) if abs(mean) > 1e200 else mean)
    expected = of_differences(np.array(means))
    found = row(effects(frame), factor="initializer")
    turned = found["a"] == "glorot"
    assert found["p"] == pytest.approx(expected.p)
    assert found["wins"] == pytest.approx(1 - expected.wins if turned else expected.wins)
    assert found["shift"] == pytest.approx(abs(expected.shift))


def test_of_one_stratum_the_average_is_the_plain_comparison() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(size=12), random.normal(0.9, size=9)
    found = averaged([(a, b)], 0)
    u = stats.mannwhitneyu(b, a)
    assert found.wins == pytest.approx(u.statistic / (12 * 9))
    assert found.shift == pytest.approx(np.median([y - x for x in a for y in b]))
    assert found.p == pytest.approx(u.pvalue, abs=0.02)


def test_strata_take_what_else_was_chosen_out_of_the_comparison() -> None:
    """Of trials whose level lies 100 apart by the partner only the differences within a level say anything."""
    random = np.random.default_rng(2)
    strata = [(level + random.normal(size=8), level + 2 + random.normal(size=8)) for level in (0.0, 100.0, 200.0)]
    found = averaged(strata, 0)
    assert found.shift == pytest.approx(2, abs=0.6) and found.p < 0.001 and found.n == (24, 24)
    mixed = stats.mannwhitneyu(np.concatenate([a for a, _ in strata]), np.concatenate([b for _, b in strata])).pvalue
    assert mixed > 0.05


def test_a_contrast_is_the_difference_of_two_shifts() -> None:
    random = np.random.default_rng(3)
    sides = [[(random.normal(size=10), random.normal(gain, size=10))] for gain in (3.0, 0.0)]
    found = contrast(*sides, 0)
    shifts = [np.median([y - x for x in a for y in b]) for [(a, b)] in sides]
    gains = [[y - x for x in a for y in b] for [(a, b)] in sides]
    assert found.shift == pytest.approx(shifts[0] - shifts[1])
    assert found.wins == pytest.approx(np.mean([(x > y) + (x == y) / 2 for x in gains[0] for y in gains[1]]))
    assert found.p < 0.01 and found.shift_low > 0
    assert contrast(*sides, 0) == found


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.booleans())
def test_turning_the_question_turns_the_answer(seed: int, blocks: bool) -> None:
    """What is better does not depend on which level or factor is named first."""
    frame = planted(7, {("he", "tanh"): 1.0}, seed)
    again = frame.iloc[::-1].assign(number=range(len(frame)))
    sampler = "paired" if blocks else "grid"
    one, two = effects(frame, sampler), effects(again, sampler)
    keys = ["factor", "a", "b"]
    main = [found[(found["within"] == "")].set_index(keys).sort_index() for found in (one, two)]
    assert list(main[0].index) == list(main[1].index)
    np.testing.assert_allclose(main[0]["shift"], main[1]["shift"])
    np.testing.assert_allclose(main[0]["wins"], main[1]["wins"])


def test_families_are_corrected_apart() -> None:
    frame = planted(21, {}, seed=5)
    found = effects(frame)
    main, depends = found[found["within"] == ""], found[found["against"] != ""]
    assert (len(main), len(depends)) == (1 + 3, 3)
    for family in (main, depends):
        smallest = family.loc[family["p"].idxmin()]
        assert smallest["p_holm"] == pytest.approx(min(1, smallest["p"] * len(family)))


@pytest.mark.parametrize("sampler", ["paired", "random"])
def test_without_an_effect_hardly_any_is_called(sampler: str) -> None:
    """At most 5 in 100 main effects, and 5 in 100 interactions: of 40 sweeps 6 or more in one of 50 cases."""
    called = {"main": 0, "depends": 0}
    for seed in range(40):
        found = effects(planted(10, {}, seed), sampler)
        better = found[found["verdict"] == BETTER]
        called["main"] += bool((better["within"] == "").any())
        called["depends"] += bool((better["against"] != "").any())
    assert max(called.values()) <= 5


def test_a_cell_that_never_ended_leaves_the_rest() -> None:
    frame = planted(10, {("he", "relu"): 3.0, ("he", "tanh"): 3.0, ("he", "sigmoid"): 3.0}, spread=0.3)
    frame.loc[frame["choice"] == "glorot · sigmoid", "y"] = math.nan
    for sampler in ("paired", "random"):
        found = effects(frame, sampler)
        assert row(found, factor="initializer")["verdict"] == BETTER
        lost = found[(found["against"] != "") & (found["a"].eq("sigmoid") | found["b"].eq("sigmoid"))]
        assert set(lost["verdict"]) == {NOT_ENOUGH} and (lost["why"] != "").all()


def test_where_a_sampler_learned_only_its_startup_counts() -> None:
    frame = planted(12, {("he", other): 3.0 for other in ACTIVATIONS}).assign(phase="startup")
    late = planted(12, {("glorot", other): 9.0 for other in ACTIVATIONS}).assign(phase="tpe")
    late["number"] += len(frame)
    found = effects(pd.concat([frame, late], ignore_index=True), "tpe")
    assert row(found, factor="initializer")["a"] == "he" and set(found["rung"]) == {"startup trials"}
    assert set(effects(frame.assign(phase="tpe"), "tpe")["verdict"]) == {NOT_ENOUGH}


def sweep(gains: dict[tuple[str, str], float], blocks: int = 12) -> Planted:
    random = np.random.default_rng(4)
    made = []
    for number, (block, cell) in enumerate(product(range(blocks), product(INITIALIZERS, ACTIVATIONS))):
        value = 0.5 + 0.01 * block - gains.get(cell, 0.0) + 0.002 * random.normal()
        params = {"initializer": cell[0], "model.mlp.activation": cell[1], "optimizer.adam.learning_rate": 1e-3}
        made.append(Trial(number, params, {"val_loss": [0.9, value], "train_eval_loss": [0.8, 0.3]}, block=block))
    return Planted("crossed", made, {"sweeper.compare": "initializer, model.mlp.activation"})


def test_the_report_says_on_what_an_effect_depends_and_where_it_turns(read) -> None:
    told = choices(Subject(read(sweep({("he", "relu"): 0.06, ("glorot", "tanh"): 0.05}))))
    first = told.sentences[0]
    assert "depends on the initializer. " in first and "The shifts differ by 0.1" in first, first
    assert "With he relu did clearly better (validation loss 0.06" in first
    assert "With glorot tanh did clearly better (validation loss 0.0" in first
    assert "The order of relu and tanh turns around between he and glorot" in first
    [average] = [text for text in told.sentences if text.startswith("Averaged over the activations, ")]
    assert average.endswith("It is not the same with every activation.")
    assert "12 pairs" in first
    chart, table = told.blocks
    assert len([mark for mark in chart.marks if type(mark).__name__ == "Line"]) == 2
    assert len(table.rows) == 4 + 3 + 2 * 3 + 3


def test_the_report_says_that_nothing_depends(read) -> None:
    told = choices(Subject(read(sweep({("he", other): 0.06 for other in ACTIVATIONS}))))
    assert any("did clearly better than glorot: validation loss 0.0" in text for text in told.sentences)
    assert any("Whether what the activation does depends on the initializer is undecided" in text for text in told.sentences)
    assert not any("turns around" in text for text in told.sentences)


def test_what_is_the_same_within_the_noise_is_called_so() -> None:
    frame = planted(14, {("he", other): 3.0 for other in ACTIVATIONS}, spread=0.05)
    found = effects(frame, noise=1.0)
    assert set(found.loc[found["against"] != "", "verdict"]) == {NO_DIFFERENCE}


def test_every_pair_is_there_once() -> None:
    found = effects(planted(6, {}))
    main = found[found["within"] == ""]
    assert {frozenset(pair) for pair in zip(main["a"], main["b"], strict=True)} == {
        frozenset(pair) for levels in (INITIALIZERS, ACTIVATIONS) for pair in combinations(levels, 2)
    }
    assert paired(np.zeros(6), np.ones(6)) == of_differences(np.ones(6))
