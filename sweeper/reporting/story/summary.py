"""What was best, beside the baseline; with `compare`, what each choice reached. Counts and medians, no test of chance."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.orientation import split_of
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.story.blocks import Cell, Head, KeyNumber, Section, Table
from sweeper.reporting.story.elsewhere import is_cut
from sweeper.reporting.story.subject import Subject, metric_words, shown, spread_words, trial_name
from sweeper.reporting.text import NONE, clean, count, number, percent, seconds

_NAMED = 5
"""So many choices a sentence names; the table has all."""


def key_numbers(subject: Subject) -> tuple[KeyNumber, ...]:
    best, baseline = subject.best, subject.baseline
    found = []
    if best is not None:
        found.append(KeyNumber(f"best {subject.metric}", _valued(best), _which(subject, best)))
    else:
        found.append(KeyNumber(f"best {subject.metric}", NONE, "no complete trial has a value"))
    if baseline is not None:
        ended = "" if pd.notna(baseline["trial_value"]) else ", which did not complete"
        found.append(KeyNumber("baseline", _valued(baseline), trial_name(baseline) + ended))
    test = f"test_{subject.orientation.metric}"
    if best is not None and test in subject.trials and pd.notna(best[test]):
        found.append(
            KeyNumber(
                f"{metric_words(test, *split_of(test))} of the best",
                number(best[test]),
                "at its best, as the file has it" if subject.frames.sweep.imported else "measured once, never used to choose",
            )
        )
    said = subject.counted(("complete", "diverged", "failed"))
    found.append(KeyNumber("trials", str(len(subject.trials)), said))
    took = subject.frames.sweep.seconds
    if took is not None and len(found) < 4:
        found.append(KeyNumber("time", seconds(took), "from the first trial to the end"))
    return tuple(found)


def summary(subject: Subject) -> Section:
    best = subject.best
    if best is None:
        return Section("summary", "What was best", _nothing_best(subject))
    sentences = [
        *best_sentences(subject),
        *_choice_sentence(subject),
        *_certainty(subject),
    ]
    tables = [_choice_table(subject)] if subject.compares else []
    tables += [_parameter_table(subject, best), _metric_table(subject, best)]
    return Section("summary", "What was best", tuple(sentences), tuple(table for table in tables if table.rows))


def best_sentences(subject: Subject) -> list[str]:
    """Which trial is best, and what it gained over the baseline; nothing where none is complete."""
    best = subject.best
    return [] if best is None else [_best_sentence(subject, best), *_baseline_sentence(subject, best)]


def _which(subject: Subject, row: pd.Series) -> str:
    words = [trial_name(row)]
    words += [clean(row["choice"], 40)] if subject.compares else []
    rates = [name for name in subject.searched if name.endswith("learning_rate") and pd.notna(row[PARAM + name])]
    words += [f"learning rate {shown(row[PARAM + name])}" for name in rates[:1]]
    words += [f"mean of {subject.averaged}"] if row["repeats"] > 1 else []
    return ", ".join(words)


def _valued(row: pd.Series) -> str:
    """`0.081 ± 0.003`: a trial's value with the standard deviation between its repeats."""
    value = number(row["trial_value"])
    return value if value == NONE else f"{value} {spread_words(row)}".rstrip()


def _nothing_best(subject: Subject) -> tuple[str, ...]:
    if not len(subject.trials):
        return ("No trial of this sweep has been started, so there is nothing to report yet.",)
    sentence = f"No trial is complete ({subject.counted(())}), so there is no best value and nothing is compared."
    if subject.counts["complete"]:
        metric = clean(subject.frames.sweep.objective.metric)
        sentence = (
            f"{count(subject.counts['complete'], 'trial').capitalize()} ran to the end, but none logged a finite {metric}, so "
            "there is no best value and nothing is compared. Was a part of the data kept for validation?"
        )
    if subject.counts["diverged"] == len(subject.trials):
        sentence = (
            f"All {count(len(subject.trials), 'trial')} diverged: their loss became infinite or not a number. "
            "Smaller learning rates, or clipping, are the usual remedy."
        )
    return (sentence,)


def _best_sentence(subject: Subject, best: pd.Series) -> str:
    among = len(subject.ranking)
    choice = f" ({clean(best['choice'], 60)})" if subject.compares else ""
    side = "highest" if subject.orientation.maximize else "lowest"
    if among == 1:
        return (
            f"One trial is complete, {trial_name(best)}{choice}, with {subject.metric} "
            f"{number(best['trial_value'])}: nothing can be compared."
        )
    if best["repeats"] > 1:
        how = f"{_valued(best)}, the mean of {subject.averaged} and their standard deviation"
    else:
        when = f" at {subject.unit} {best['best_epoch']} of {best['epochs']}" if pd.notna(best["best_epoch"]) else ""
        how = f"{number(best['trial_value'])}{when}"
    return f"{trial_name(best).capitalize()}{choice} has the {side} {subject.metric} of {among} complete trials: {how}."


def _baseline_sentence(subject: Subject, best: pd.Series) -> list[str]:
    row = subject.baseline
    if row is None:
        return []
    if pd.isna(row["trial_value"]):
        return [f"The baseline, {trial_name(row)}, did not complete, so the gain over it is not known."]
    if row["number"] == best["number"]:
        return ["That is the baseline itself: no other complete trial was better."]
    change = abs(best["trial_value"] - row["trial_value"])
    share = f" ({percent(change, abs(row['trial_value']))})" if row["trial_value"] else ""
    side = "above" if subject.orientation.maximize else "below"
    return [
        f"That is {number(change)}{share} {side} the baseline, {trial_name(row)}, which reached {number(row['trial_value'])}."
    ]


def _choice_sentence(subject: Subject) -> list[str]:
    medians = subject.ranking.groupby("choice")["trial_value"].agg(["median", "size"]) if subject.compares else pd.DataFrame()
    if len(medians) < 2 or is_cut(subject):
        return []
    ordered = medians.sort_values("median", ascending=not subject.orientation.maximize).head(_NAMED)
    said = [f"{clean(choice, 40)} {number(row['median'])} (of {row['size']:.0f})" for choice, row in ordered.iterrows()]
    side = "highest" if subject.orientation.maximize else "lowest"
    rest = len(medians) - len(ordered)
    more = f", and {rest} more in the table" if rest else ""
    return [
        f"Medians of complete trials, {side} first: {', '.join(said)}{more}. Which of these differences are more than chance "
        "says the section on the choices."
    ]


def _certainty(subject: Subject) -> list[str]:
    if len(subject.ranking) < 2:
        return []
    chosen = (
        f"It was chosen as the best of {len(subject.ranking)} on the validation part, so on new data a "
        "somewhat worse value is to be expected."
    )
    noise = subject.rerun
    if noise.measured:
        return [chosen, f"Trainings of one configuration differ by {number(noise.sd)} (their typical standard deviation)."]
    if len(spreads := subject.ranking["spread"].dropna()):  # of folds, which differ in more than the training
        how = f"(standard deviation, median over {count(len(spreads), 'trial')})"
        return [chosen, f"Trainings of one configuration on several folds differ by {number(float(spreads.median()))} {how}."]
    return [
        chosen,
        "Each configuration was trained once: how much of a difference a second training would repeat is not known.",
    ]


def _choice_table(subject: Subject) -> Table:
    rows = []
    for choice in subject.choices:
        own = subject.trials[subject.trials["choice"] == choice]
        ranked = subject.ranking[subject.ranking["choice"] == choice]
        values = ranked["trial_value"]
        best = f"trial {ranked.iloc[0]['number']}" if len(ranked) else ""
        numbers = [len(own), len(ranked), int((own["reason"] == "diverged").sum())]
        rows.append(
            (
                Cell(clean(choice, 40), colour=subject.colours[choice]),
                *(Cell(str(n), sort=n) for n in numbers),
                Cell(number(values.iloc[0]) if len(values) else NONE, best),
                Cell(number(values.median()) if len(values) else NONE, f"of {len(values)}" if len(values) else ""),
            )
        )
    names = ("Trials", "Complete", "Diverged", f"Best {subject.metric}", "Median")
    note = "Medians are over complete trials."
    note += f" A trial's value is the mean of {subject.averaged}." if subject.repeated else ""
    return Table((Head("Choice", right=False), *map(Head, names)), tuple(rows), note)


def _parameter_table(subject: Subject, best: pd.Series) -> Table:
    baseline = subject.baseline
    beside = baseline is not None and baseline["number"] != best["number"]
    rows = []
    for name in subject.searched:
        values = [best[PARAM + name], *([baseline[PARAM + name]] if beside and baseline is not None else [])]
        if any(pd.notna(value) for value in values):
            rows.append((Cell(clean(name, 60)), *(Cell(shown(value)) for value in values)))
    heads = [Head("Searched parameter", right=False), Head(f"Best (trial {best['number']})")]
    heads += [Head("Baseline (trial " + str(baseline["number"]) + ")")] if beside and baseline is not None else []
    return Table(tuple(heads), tuple(rows), phone=len(heads))


def _metric_table(subject: Subject, best: pd.Series) -> Table:
    columns = [str(column) for column in subject.trials]
    names = [column.removeprefix("best.val_") for column in columns if column.startswith("best.val_")]
    tested = any(column.startswith("test_") for column in columns)
    trained = "best.train_eval_" if any(column.startswith("best.train_eval_") for column in columns) else "best.train_"
    parts = [trained, "best.val_", *(["test_"] if tested else [])]
    rows = [
        (Cell(clean(name.replace("_", " "), 40)), *(Cell(number(best.get(part + name))) for part in parts)) for name in names
    ]
    heads = ("Training", "Validation", "Test")[: len(parts)]
    how = "in inference mode on a fixed part of the training set" if trained.endswith("eval_") else "while it went on"
    note = "Metrics are those of the file." if subject.frames.sweep.imported else f"Training is measured {how}."
    if subject.repeated:
        note += f" These are means over the trial's {subject.averaged}."
    if not tested:
        note += " There is no test value: no test part was kept, or it was not measured."
    return Table((Head(f"At its best {subject.unit}", right=False), *map(Head, heads)), tuple(rows), note, phone=4)
