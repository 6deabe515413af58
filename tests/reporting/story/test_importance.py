"""Which parameters matter: against Optuna's evaluator, by hand, and where nothing may be said."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import optuna
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.reporting import SweepFrames
from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.ablation import ablation as path_between
from sweeper.reporting.statistics.fanova import boxes_of, main_effects
from sweeper.reporting.statistics.forest import forest
from sweeper.reporting.statistics.importance import Shares, _with_combinations
from sweeper.reporting.statistics.importance import importance as importance_of
from sweeper.reporting.statistics.local import local_effects
from sweeper.reporting.statistics.ped_anova import best_of, density, told_apart
from sweeper.reporting.statistics.predictors import Predictor, predictors_of
from sweeper.reporting.statistics.surrogate import MOST, clipped, surrogate_of
from sweeper.reporting.story.blocks import Bar, Chart, Grid, Interval, Line, Table
from sweeper.reporting.story.searched.ablation import ablation
from sweeper.reporting.story.searched.importance import around_the_best, importance
from sweeper.reporting.story.subject import Subject
from tests.reporting.synthetic import Planted, Trial

Read = Callable[[Planted], SweepFrames]
SPANS = {"a": Range(0, 1), "b": Range(0, 1), "rate": Range(1e-4, 1e-1, log=True)}


def trials(n: int = 80, seed: int = 0, noise: float = 0.05) -> tuple[pd.DataFrame, pd.Series]:
    """Of which `a` and `kind` matter, `b` does not, and `rate` a little."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "number": range(n),
            "params.a": random.random(n),
            "params.b": random.random(n),
            "params.rate": 10 ** random.uniform(-4, -1, n),
            "params.kind": random.choice(["x", "y", "z"], n),
        }
    )
    kind = frame["params.kind"].map({"x": 0.0, "y": 1.0, "z": 0.3})
    y = 3 * frame["params.a"] + kind + 0.2 * np.log10(frame["params.rate"]) + noise * random.standard_normal(n)
    return frame, y


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_main_effects_are_optunas(seed: int) -> None:
    """On the same forest, of numbers with linear ranges."""
    random = np.random.default_rng(seed)
    x = 2 * random.random((50, 3))
    y = 3 * x[:, 0] + np.sin(5 * x[:, 1]) + x[:, 1] * x[:, 2]
    ends = {name: optuna.distributions.FloatDistribution(0, 2) for name in ("p", "q", "r")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study()
        for row, value in zip(x, y, strict=True):
            params = dict(zip(ends, map(float, row), strict=True))
            study.add_trial(optuna.trial.create_trial(value=float(value), params=params, distributions=ends))
        evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=6, seed=seed)
        theirs = optuna.importance.get_param_importances(study, evaluator=evaluator, normalize=False)
    ends_of = np.array([[0.0, 2.0]] * 3)
    ours = main_effects(boxes_of(forest(x, y, 6, seed), ends_of), ends_of)
    assert ours.tolist() == pytest.approx([theirs[name] for name in ends])


def test_main_effects_by_hand() -> None:
    """One split halfway explains everything; a forest that knows one value explains nothing."""
    x = np.array([[0.25, 0.5], [0.75, 0.5]] * 10)
    ends = np.array([[0.0, 1.0]] * 2)
    share = main_effects(boxes_of(forest(x, x[:, 0], 4, 0), ends), ends)
    assert share.tolist() == pytest.approx([1.0, 0.0])
    assert main_effects(boxes_of(forest(x, np.ones(20), 4, 0), ends), ends).tolist() == [0.0, 0.0]


def test_words_are_ordered_by_their_values_and_a_rate_by_its_logarithm() -> None:
    frame, y = trials()
    found = predictors_of(frame, ["a", "rate", "kind"], SPANS, y)
    assert [column.name for column in found.columns] == ["a", "rate", "kind"]
    assert found.columns[2].words == ("x", "z", "y") and found.columns[2].ends == (-0.5, 2.5)
    assert found.x[:, 1] == pytest.approx((np.log10(frame["params.rate"]) + 4) / 3)


def test_parameters_that_answer_to_each_other_are_one_column_and_others_conditional() -> None:
    frame = pd.DataFrame({"number": range(6), "params.opt": ["sgd", "adam"] * 3, "params.fixed": [1] * 6})
    frame["params.opt.sgd.rate"] = [0.1, None, 1.0, None, 0.01, None]
    frame["params.opt.adam.rate"] = [None, 0.001, None, 0.01, None, 0.0001]
    frame["params.opt.sgd.momentum"] = [0.9, None, 0.8, None, 0.7, None]
    searched = [name.removeprefix("params.") for name in frame.columns[1:]]
    spans = {"opt.sgd.rate": Range(0.01, 1.0, log=True), "opt.adam.rate": Range(1e-4, 1e-2, log=True)}
    spans["opt.sgd.momentum"] = Range(0.7, 0.9)
    found = predictors_of(frame, searched, spans, pd.Series(range(6)))
    assert [column.name for column in found.columns] == ["opt", "opt.*.rate"]
    assert found.conditional == ("opt.sgd.momentum",)
    assert found.x[:, 1] == pytest.approx([0.5, 0.5, 1.0, 1.0, 0.0, 0.0])


def test_what_matters_is_found_and_what_does_not_is_not() -> None:
    frame, y = trials()
    model = surrogate_of(frame, ["a", "b", "rate", "kind"], SPANS, y, 0)
    assert model is not None and model.trusted
    found = importance_of(model, int(y.idxmin()), 0)
    assert [column.name for column in found.columns[:2]] == ["a", "kind"]
    share = {column.name: float(value) for column, value in zip(found.columns, found.alone.at, strict=True)}
    variance = {"a": 9 / 12, "kind": np.var([0.0, 1.0, 0.3]), "rate": 0.04 * 9 / 12, "b": 0.0}
    for name, part in variance.items():
        assert share[name] == pytest.approx(part / sum(variance.values()), abs=0.12), name
    for shares in (found.alone, found.best, found.local):
        assert (shares.low <= shares.at).all() and (shares.at <= shares.high).all()
        assert (shares.low >= 0).all() and (shares.high <= 1).all()
    assert found.best.at.sum() == pytest.approx(1.0) and found.best.at.argmax() == 0
    assert found.local.at.sum() == pytest.approx(1.0) and found.local.at[[0, 1]].sum() > 0.9
    again = importance_of(model, int(y.idxmin()), 0)
    for one, other in ((found.alone, again.alone), (found.best, again.best), (found.local, again.local)):
        assert (one.low == other.low).all() and (one.at == other.at).all()
    with pytest.raises(KeyError, match="without trial 10000"):
        importance_of(model, 10_000, 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [24, 90])
def test_the_best_are_told_from_all_as_optuna_does(seed: int, n: int) -> None:
    """Of numbers, whole ones among them, and words, with values that several trials share."""
    random = np.random.default_rng(seed)
    x = np.column_stack([random.random(n), random.integers(0, 4, n) / 3, random.integers(0, 3, n)])
    y = (x[:, 0] + 0.3 * x[:, 2] + 0.1 * random.standard_normal(n)).round(1)
    columns = (Predictor("p", ("p",)), Predictor("q", ("q",)), Predictor("w", ("w",), ("u", "v", "w")))
    kinds = {name: optuna.distributions.FloatDistribution(0, 1) for name in ("p", "q")}
    kinds |= {"w": optuna.distributions.CategoricalDistribution(["u", "v", "w"])}
    quantile = max(0.1, 5 / n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study()
        for row, value in zip(x, y, strict=True):
            params = {"p": float(row[0]), "q": float(row[1]), "w": "uvw"[int(row[2])]}
            study.add_trial(optuna.trial.create_trial(value=float(value), params=params, distributions=kinds))
        theirs = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=quantile).evaluate(study)
    ours = told_apart(x, best_of(y, quantile), columns)
    total = sum(theirs.values())
    assert ours.tolist() == pytest.approx([theirs[name] / total for name in ("p", "q", "w")])


def test_where_the_best_are_as_all_nothing_is_told_apart() -> None:
    x, columns = np.linspace(0, 1, 30)[:, np.newaxis], (Predictor("p", ("p",)),)
    assert told_apart(x, np.ones(30, bool), columns).tolist() == [0.0]
    assert density(x[:, 0], columns[0]).sum() == pytest.approx(1.0)
    words = Predictor("w", ("w",), ("u", "v"))
    assert density(np.array([0.0, 0.0, 0.0, 1.0]), words).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("at", [[0.3, 0.2, 0.9], [0.0, 1.0, 0.5]])
def test_local_importance_is_the_variance_of_predictions_along_each_parameter(at: list[float]) -> None:
    """By asking the forest itself at ever so many places, at an end of the range too."""
    random = np.random.default_rng(0)
    x = random.random((70, 3))
    grown = forest(x, 3 * x[:, 0] * x[:, 1] + np.sin(6 * x[:, 1]) + 0.05 * random.standard_normal(70), 16, 0)
    ends, centre = np.array([[0.0, 1.0]] * 3), np.array(at)
    ours = local_effects(boxes_of(grown, ends), ends, centre)
    grid = (np.arange(20_000) + 0.5) / 20_000
    along = [np.tile(centre, (len(grid), 1)) for _ in range(3)]
    for column, asked in enumerate(along):
        asked[:, column] = grid
    variances = np.array([grown.predict(asked).var() for asked in along])
    assert ours.tolist() == pytest.approx((variances / variances.sum()).tolist(), abs=1e-3)
    flat = boxes_of(forest(x, np.ones(70), 4, 0), ends)
    assert local_effects(flat, ends, centre).tolist() == [0.0, 0.0, 0.0]


def test_around_the_best_another_parameter_may_matter_most() -> None:
    """`a` rules the space, but where `a` is low, which is the best half, only `b` does anything."""
    random = np.random.default_rng(1)
    n = 300
    frame = pd.DataFrame({"number": range(n), "params.a": random.random(n), "params.b": random.random(n)})
    y = pd.Series(np.where(frame["params.a"] > 0.2, 4 + 2 * frame["params.a"], frame["params.b"]))
    model = surrogate_of(frame, ["a", "b"], SPANS, y, 0)
    assert model is not None
    found = importance_of(model, int(y.idxmin()), 0)
    assert [column.name for column in found.columns] == ["a", "b"]
    assert found.alone.at[0] > 0.7
    near = replace(
        found, local=replace(found.local, at=np.array([0.1, 0.9]), low=np.array([0.0, 0.8]), high=np.array([0.2, 1.0]))
    )
    assert around_the_best(near) == [
        "Around the best trial it is b that matters most: 90\u00a0% [80, 100] of what changes there (LPI)."
    ]
    unsure = replace(near, local=replace(near.local, high=np.array([0.85, 1.0])))
    assert around_the_best(unsure) == [] and around_the_best(replace(near, local=found.alone)) == []


def test_words_are_drawn_as_bars_beside_each_other(read: Read) -> None:
    sweep = planted()
    kinds = [
        replace(
            trial,
            params={**trial.params, "optimizer": "adam" if float(trial.params["regularization.dropout"]) < 0.4 else "sgd"},
        )
        for trial in sweep.trials
    ]
    section = importance(Subject(read(replace(sweep, trials=kinds))))
    assert section is not None
    [grid] = [block for block in section.blocks if isinstance(block, Grid)]
    [chart] = [one for one in grid.charts if one.x.label == "optimizer"]
    bars = [mark for mark in chart.marks if isinstance(mark, Bar)]
    assert [bar.says.partition(":")[0] for bar in bars] == ["adam, all", "adam, best", "sgd, all", "sgd, best"]
    assert bars[1].height > bars[0].height and bars[3].height < bars[2].height
    assert all(bar.height <= chart.y.high for bar in bars)


def test_noise_is_not_explained() -> None:
    frame, y = trials()
    shuffled = pd.Series(np.random.default_rng(1).permutation(y.to_numpy()))
    model = surrogate_of(frame, ["a", "b", "rate", "kind"], SPANS, shuffled, 0)
    assert model is not None and not model.trusted
    assert surrogate_of(frame.head(19), ["a"], SPANS, y.head(19), 0) is None
    assert surrogate_of(frame.assign(**{"params.a": 0.5}), ["a"], SPANS, y, 0) is None


def test_values_are_clipped_and_a_divergence_is_the_worst() -> None:
    y = pd.Series([1.0, 2.0, 3.0, 4.0, 100.0, math.inf])
    assert clipped(y).tolist() == [1.0, 2.0, 3.0, 4.0, 10.0, 10.0], "quartiles 2 and 4"
    assert clipped(pd.Series([1.0, 1.0, 1.0, 5.0, math.inf])).tolist() == [1.0, 1.0, 1.0, 5.0, 5.0]
    assert not len(clipped(pd.Series([math.inf])))


def test_of_very_many_trials_a_sample_is_taken_that_has_the_asked_ones() -> None:
    frame, y = trials(MOST + 200)
    model = surrogate_of(frame, ["a", "b"], SPANS, y, 0, always=[0, 555])
    assert model is not None
    assert len(model.y) == MOST and {0, 555} <= set(model.numbers)


def test_the_path_takes_the_largest_gain_first_and_comes_to_the_target() -> None:
    frame, y = trials(noise=0.0)
    model = surrogate_of(frame, ["a", "b", "rate", "kind"], SPANS, y, 0)
    assert model is not None
    worst, best = int(y.argmax()), int(y.argmin())
    path = path_between(model, worst, best)
    assert path is not None
    assert path.changes[0].predictor.name == "a"
    assert path.changes[-1].after == pytest.approx(float(model.forest.predict(model.x[[best]])[0]))
    assert path.gain == pytest.approx(path.start - path.changes[-1].after)
    assert path_between(model, best, best) is None and path_between(model, best, 10_000) is None
    one = min(
        float(model.forest.predict(np.where(np.arange(4) == column, model.x[best], model.x[worst])[np.newaxis])[0])
        for column in range(4)
    )
    assert path.changes[0].after == pytest.approx(one), "by trying all"


def planted(n: int = 60, maximize: bool = False, **tags: str) -> Planted:
    """The loss depends on `dropout` and on nothing else; the baseline is trial 0."""
    random, made = np.random.default_rng(3), []
    for number in range(n):
        dropout, penalty = (random.random(), 10 ** random.uniform(-6, -2)) if number else (0.5, 1e-4)
        floor = 0.1 + dropout + 0.01 * random.standard_normal()
        key = "val_accuracy" if maximize else "val_loss"
        values = [2.0, floor] if not maximize else [0.01, 1 - floor / 2]
        curves = {key: values, key.replace("val", "train_eval"): values}
        params = {"regularization.dropout": f"{dropout:.5f}", "regularization.l2": f"{penalty:.3g}"}
        phase = "random" if number else "baseline"
        made.append(Trial(number, params, curves, phase=phase, maximize=maximize, objective=key))
    ranges = {"regularization.dropout": [0, 1], "regularization.l2": [1e-6, 1e-2, "log"]}
    asked = {"sweeper.objective": "val_accuracy", "sweeper.direction": "maximize"} if maximize else {}
    tags = {"sweeper.sampler": "random", "sweeper.ranges": json.dumps(ranges), **asked, **tags}
    return Planted("planted", made, tags)


@pytest.mark.parametrize("maximize", [False, True])
def test_the_section_says_what_matters_with_its_count(read: Read, maximize: bool) -> None:
    section = importance(Subject(read(planted(maximize=maximize))))
    assert section is not None
    assert section.sentences[0].startswith("By itself regularization.dropout explains 100")
    assert "60 trials, R² 0.99 on trials it has not seen" in section.sentences[0]
    assert "That is surely more than regularization.l2 with 0" in section.sentences[0].replace("\u00a0%", "")
    chart, table, grid = section.blocks
    assert isinstance(chart, Chart) and all(isinstance(mark, Interval) for mark in chart.marks)
    assert isinstance(table, Table) and isinstance(grid, Grid)
    assert [row[0].text for row in table.rows] == ["regularization.dropout", "regularization.l2"]
    assert [head.text.rsplit(", ", 1)[-1] for head in table.heads[1:]] == ["fANOVA", "PED-ANOVA", "LPI"]
    assert all(" to " in cell.extra for row in table.rows for cell in row[1:]), "each with its interval"
    assert grid.charts[0].x.label == "regularization.dropout"
    every, best = grid.charts[0].marks
    assert isinstance(every, Line) and isinstance(best, Line)
    low = [line.y[5] for line in (every, best)]
    assert low[1] > 2 * low[0], "the best have little dropout"
    assert "the best 6 of them" in grid.caption.trials and "60 complete" in grid.caption.trials


def test_the_path_from_the_baseline_is_told_as_a_prediction(read: Read) -> None:
    section = ablation(Subject(read(planted())))
    assert section is not None
    assert "From the baseline (trial 0) to the best" in section.sentences[0]
    assert "regularization.dropout (" in section.sentences[0] and "a prediction" in section.sentences[1]
    assert [row[1].text for row in section.blocks[1].rows] == ["the baseline", "regularization.dropout", "regularization.l2"]  # type: ignore[union-attr]


def test_nothing_is_said_of_few_or_unexplained_trials(read: Read, plain: SweepFrames) -> None:
    few = importance(Subject(read(planted(n=12))))
    assert few is not None and "it takes 20 trials that ended, and there are 12" in few.sentences[0]
    subject = Subject(read(replace(planted(), name="noise")))
    y = subject.trials["trial_value"].sample(frac=1, random_state=1).to_numpy()
    noise = Subject(replace(subject.frames, trials=subject.trials.assign(trial_value=y)))
    section = importance(noise)
    assert section is not None and "where 0.3 is the least" in section.sentences[0] and not section.blocks
    assert ablation(noise) is None
    assert importance(Subject(replace(plain, trials=plain.trials.head(1)))) is None


def test_a_parameter_that_alone_is_in_all_trials_is_not_said_to_explain_everything(read: Read) -> None:
    sweep = planted()
    some = [
        replace(trial, params={key: value for key, value in trial.params.items() if "l2" not in key or trial.number % 2})
        for trial in sweep.trials
    ]
    section = importance(Subject(read(replace(sweep, trials=some))))
    assert section is not None and not section.blocks
    assert section.sentences[0].startswith("Only regularization.dropout has a value in all 60 trials; by itself it predicts")
    assert section.sentences[1] == "Nothing is said of what only some trials have: regularization.l2 is conditional."


def test_an_adaptive_and_a_pruned_sweep_have_their_caveats(read: Read) -> None:
    sweep = planted(**{"sweeper.sampler": "tpe", "sweeper.pruner": "asha"})
    pruned = [replace(trial, state="PRUNED", reason="pruner") if trial.number % 5 == 4 else trial for trial in sweep.trials]
    section = importance(Subject(read(replace(sweep, trials=pruned))))
    assert section is not None
    assert section.sentences[-2].startswith("The sampler tried good values more often")
    assert section.sentences[-1].startswith("12 pruned trials are missing here")


def test_what_a_model_puts_down_to_combinations_may_be_any_parameters() -> None:
    """Alone they explain 0.6 and 0.2: of the 0.2 that are left 0.15 may be the first one's and 0.05 the other's."""
    alone = Shares(np.array([0.6, 0.2]), np.array([0.5, 0.1]), np.array([0.8, 0.3]))
    found = _with_combinations(alone)
    assert found.high.tolist() == pytest.approx([0.95, 0.35]) and found.low is alone.low and found.at is alone.at
    assert _with_combinations(Shares(*[np.zeros(2)] * 3)).high.tolist() == [0, 0]
    assert _with_combinations(Shares(*[np.array([0.9, 0.1])] * 3)).high.tolist() == pytest.approx([0.9, 0.1])
