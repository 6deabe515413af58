"""What has to be looked at before a sweep is believed: checks with what they found, what they ask for, and what follows.

After the Tuning Playbook (Godbole et al. 2023): boundaries, sampling, infeasible trials, and the training curves of the best
trials; the thresholds without a source are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sweeper.reporting.metrics.labels import MEMORISING, NEVER_LEARNED, OVERFITTING, TOO_SHORT, UNSTABLE
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.coverage import SPARSE, bare
from sweeper.reporting.statistics.pairs import BASELINE, CUT, why_not_compared
from sweeper.reporting.statistics.pairs import UNKNOWN as NOT_KNOWN
from sweeper.reporting.story.searched.edges import crowded
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, count, listed, number, percent

FINE, LOOK, UNKNOWN = "fine", "look", "not known"
PRUNING = "Pruned"

INFEASIBLE, PRUNED, LOST, UNEVEN = 0.2, 0.3, 0.05, 1.5
DENSE = 10
"""Trials that each searched parameter should have."""
TROUBLE = (*OVERFITTING, UNSTABLE, STILL_IMPROVING, NEVER_LEARNED)
_SAID = {
    STILL_IMPROVING: "still improves",
    UNSTABLE: "is unstable",
    NEVER_LEARNED: "never learned",
    MEMORISING: "memorises",
}
_DONE = "neither overfitting nor unstable, and done"
_NAMED = 3


@dataclass(frozen=True)
class Check:
    """`sentence` is what a reader should do or keep in mind, empty where the check found nothing."""

    what: str
    found: str
    asked: str
    status: str
    sentence: str = ""


def checks(subject: Subject) -> list[Check]:
    """All that apply to the sweep, in the order of reading."""
    found = [*_ends(subject), *_choices(subject), *_edges(subject), *_density(subject), *_best_curves(subject)]
    return [*found, *_baseline(subject)]


def _share(subject: Subject, what: str, n: int, most: float, sentence: str) -> Check:
    of = len(subject.trials)
    look = n > most * of
    return Check(what, f"{n} of {of}", f"at most {percent(most, 1)}", LOOK if look else FINE, sentence if look else "")


def _ends(subject: Subject) -> list[Check]:
    counts = subject.counts
    if not len(subject.trials):
        return []
    infeasible = (
        f"{counts['diverged']} of {len(subject.trials)} trials diverged: much of the searched space cannot be trained. See at "
        "which values, and narrow the range or clip gradients."
    )
    pruned = (
        f"{counts['pruned']} of {len(subject.trials)} trials were pruned because of how they were doing: medians, "
        "importance and convergence tell of the others alone."
    )
    lost = f"{counts['failed']} trials failed and are missing, which is fair to no choice if one of them fails more often."
    return [
        _share(subject, "Diverged", counts["diverged"], INFEASIBLE, infeasible),
        _share(subject, PRUNING, counts["pruned"], PRUNED, pruned),
        _share(subject, "Failed", counts["failed"], LOST, lost),
    ]


def _choices(subject: Subject) -> list[Check]:
    if len(subject.choices) < 2:
        return []
    drawn = subject.trials[subject.trials["phase"] != BASELINE]
    counts = drawn["choice"].value_counts().reindex(subject.choices).fillna(0).astype(int)
    few, many = int(counts.min()), int(counts.max())
    uneven = many > UNEVEN * few
    named = f"{clean(counts.idxmax(), 40)} had {count(many, 'trial')}, {clean(counts.idxmin(), 40)} {few}"
    why = why_not_compared(subject.trials, subject.frames.sweep.sampler)
    told = f"{named}: what had more trials had more chances to be best." if uneven else ""
    return [
        Check("Trials of each choice", f"{few} to {many}", f"at most {UNEVEN:g} to 1", LOOK if uneven else FINE, told),
        Check(
            "Choices tried alike", _alike(why), "draws that look at no outcome", LOOK if why else FINE,
            f"The values of the choices are no fair comparison by themselves: {why}." if why else "",
        ),
    ]  # fmt: skip


def _alike(why: str) -> str:
    return {"": "yes", NOT_KNOWN: UNKNOWN, CUT: "values cut"}.get(why, "no")


def _edges(subject: Subject) -> list[Check]:
    spans = subject.spans
    declared = [name for name, span in spans.items() if span.declared]
    if not spans or subject.best is None:
        return []
    asked = "the best five not crowded at an end"
    if not declared:
        return [Check("Best trials inside the ranges", "ranges not recorded", asked, UNKNOWN)]
    found = crowded(subject)
    if not found:
        return [Check("Best trials inside the ranges", f"{count(len(declared), 'range')}, none at an end", asked, FINE)]
    told = []
    for one in found:
        said = f"{one.says[0].upper()}{one.says[1:]}, and {one.edge.near} of the best {one.edge.of} trials lie near that end"
        name = clean(one.parameter, 60) + (f" ({clean(one.choice, 40)})" if one.choice else "")
        where = f"{'upper' if one.edge.upper else 'lower'} end, {shown(one.edge.value)}"
        told.append(Check(f"Best trials inside {name}", where, asked, LOOK, f"{said}: widen it before concluding."))
    return told


def _density(subject: Subject) -> list[Check]:
    names = [name for name in subject.searched if subject.varies(name)]
    drawn = subject.trials[subject.trials["phase"] != BASELINE]
    if not names or not len(drawn):
        return []
    # A trial counts for the parameters that it has: of several options each has its own.
    at_once = max(float(drawn[[PARAM + name for name in names]].notna().sum(axis=1).mean()), 1.0)
    each = len(drawn) / at_once
    few = each < DENSE
    told = (
        f"{count(len(drawn), 'trial')} for {number(at_once, 2)} searched parameters at once are few: what lies between the "
        "tried values is hardly known."
    )
    found = [
        Check("Trials per searched parameter", number(each, 2), f"at least {DENSE}", LOOK if few else FINE, told if few else "")
    ]
    return found + ([] if few else _stretches(subject, drawn))


def _stretches(subject: Subject, drawn: pd.DataFrame) -> list[Check]:
    """Ranges of which a long stretch was not tried; of many trials that is what a sampler that learns does."""
    holes, spans = [], {name: span for name, span in subject.spans.items() if span.declared and not span.count}
    for name, span in spans.items():
        values = drawn[PARAM + name].dropna().to_numpy("float64")
        share, low, high = bare(span, values)
        if share > SPARSE:
            holes.append(f"{clean(name, 60)} between {shown(low)} and {shown(high)}")
    asked = f"no untried stretch over {percent(SPARSE, 1)}"
    told = f"Nothing was tried of {listed(holes, most=_NAMED)}." if holes else ""
    if not spans:
        return []
    return [Check("Ranges covered", f"{count(len(holes), 'gap')}" if holes else "yes", asked, LOOK if holes else FINE, told)]


def _best_curves(subject: Subject) -> list[Check]:
    best = subject.ranking.drop_duplicates("choice") if subject.compares else subject.ranking.head(1)
    if not len(best):
        return []
    bad = best[best["label"].isin(TROUBLE)]
    what = "Training of the best trial" + (" of each choice" if subject.compares else "")
    named = [
        f"trial {row['number']}"
        + (f" ({clean(row['choice'], 40)})" if subject.compares else "")
        + f" {_SAID.get(row['label'], 'overfits')}"
        for _, row in bad.iterrows()
    ]
    told = ""
    if named:
        told = f"Look at the best trials' curves before comparing: {listed(named, most=_NAMED)}."
    short = int((best["label"] == TOO_SHORT).sum())
    if short and not len(bad):
        return [Check(what, f"{short} of {len(best)} too short to tell", _DONE, UNKNOWN)]
    words = listed(sorted(set(bad["label"]))) or "no trouble"
    found = f"{len(bad)} of {len(best)}: {words}" if subject.compares and len(bad) else words
    return [Check(what, found, _DONE, LOOK if len(bad) else FINE, told)]


def _baseline(subject: Subject) -> list[Check]:
    row = subject.baseline
    if row is None or pd.isna(row["trial_value"]) or len(subject.ranking) < 2:
        return []
    place = 1 + list(subject.ranking["number"]).index(row["number"])
    beaten = place > 1
    told = "" if beaten else "No trial was better than the baseline: the search found nothing, or its ranges miss what is good."
    return [
        Check("Baseline beaten", f"place {place} of {len(subject.ranking)}", "not the best", FINE if beaten else LOOK, told)
    ]
