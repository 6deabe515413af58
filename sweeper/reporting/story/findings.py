"""The findings of a report: each a sentence with the evidence that it came from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from sweeper.reporting.metrics.signal import SOUND
from sweeper.reporting.reading.confirmation import chosen_of
from sweeper.reporting.sections import OF_A_SEARCH
from sweeper.reporting.statistics.again import trained_again
from sweeper.reporting.statistics.speed_verdict import UNINFORMATIVE_TARGET
from sweeper.reporting.statistics.verdict import NOT_ENOUGH, UNDECIDED
from sweeper.reporting.story.compared.choices import told_pairs
from sweeper.reporting.story.compared.confirmation import confirmation_sentences
from sweeper.reporting.story.dynamics.rates import arms, rate_sentences
from sweeper.reporting.story.dynamics.signal import signal_sentences
from sweeper.reporting.story.dynamics.stability import evidence as stability_evidence
from sweeper.reporting.story.dynamics.stability import stability_sentences
from sweeper.reporting.story.generalization.fit import evidence as fit_evidence
from sweeper.reporting.story.generalization.fit import fit_sentences
from sweeper.reporting.story.generalization.shapes import judged, shape_sentences
from sweeper.reporting.story.pace.speed import speed_sentences
from sweeper.reporting.story.searched.ablation import ablation_sentences
from sweeper.reporting.story.searched.budget import length_sentences, measured
from sweeper.reporting.story.searched.checks import LOOK, PRUNING, checks
from sweeper.reporting.story.searched.importance import importance_sentences
from sweeper.reporting.story.searched.winner import leaders, winner_sentences
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.summary import best_sentences

SETTLED, OPEN, DESCRIPTIVE = "settled", "open", "descriptive"
_OPEN = (UNDECIDED, NOT_ENOUGH, UNINFORMATIVE_TARGET)


@dataclass(frozen=True)
class Finding:
    """`section` is the one that shows it; `verdict` a word of `statistics.verdict`, or empty where nothing was judged;
    `evidence` the row or the counts behind the sentence."""

    section: str
    verdict: str
    sentence: str
    evidence: Mapping[str, object]


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What the choices' comparison holds first and which is faster, how the curves look, what to spend on next and what the
    best trial's lead is worth; then what speaks against trusting that, and what is behind the curves."""
    of_choices = *_of_pairs(subject), *_of_speed(subject), *_of_confirmation(subject)
    of_the_search = *_of_the_budget(subject), *_of_importance(subject), *_of_the_winner(subject), *_of_trust(subject)
    behind = *_of_fit(subject), *_of_stability(subject), *_of_signal(subject)
    found = *of_choices, *_of_shapes(subject), *of_the_search, *behind, *_of_the_best(subject)
    searched = chosen_of(subject.frames.sweep) is None
    return tuple(finding for finding in found if searched or finding.section not in OF_A_SEARCH)


def foremost(found: Sequence[Finding]) -> list[Finding]:
    """The first finding of each section first, for whoever reads a few of them only."""
    first = {finding.section: finding for finding in reversed(found)}
    return sorted(found, key=lambda finding: first[finding.section] is not finding)


def findings_json(sweep: str, found: Sequence[Finding]) -> bytes:
    """`{"sweep", "findings": [{"section", "verdict", "sentence", "evidence"}]}`; what is no finite number is null."""
    told = {"sweep": sweep, "findings": [asdict(finding) for finding in found]}
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def findings_frame(found: Sequence[Finding], caveats: Sequence[str]) -> pd.DataFrame:
    """The frame of `COLUMNS["findings"]`, in the order of `found`; `caveats` hold for all of them."""
    places = pd.Series([finding.section for finding in found], dtype="str")
    columns = {
        "id": [f"{section}-{place}" for section, place in zip(places, places.groupby(places).cumcount() + 1, strict=True)],
        "section": places,
        "strength": [_strength(finding.verdict) for finding in found],
        "verdict": [finding.verdict for finding in found],
        "sentence": [finding.sentence for finding in found],
        "evidence": [json.dumps(finding.evidence, ensure_ascii=False) for finding in found],
        "caveats": [" ".join(caveats)] * len(found),
    }
    return pd.DataFrame(columns).astype("str")


def _strength(verdict: str) -> str:
    if not verdict:
        return DESCRIPTIVE
    return OPEN if verdict in _OPEN else SETTLED


def _of_pairs(subject: Subject) -> list[Finding]:
    if not subject.compares:
        return []
    return [Finding("choices", str(row["verdict"]), sentence, _plain(row)) for sentence, row in told_pairs(subject)]


def _of_speed(subject: Subject) -> list[Finding]:
    return [Finding("convergence", str(row["verdict"]), sentence, _plain(row)) for sentence, row in speed_sentences(subject)]


def _of_confirmation(subject: Subject) -> list[Finding]:
    found = subject.frames.confirmation
    if found is None:
        return []
    evidence = _plain(trained_again(found, subject.orientation).iloc[0])
    return [Finding("confirmation", "", sentence, evidence) for sentence in confirmation_sentences(subject)]


def _of_shapes(subject: Subject) -> list[Finding]:
    counts = {str(label): int(n) for label, n in judged(subject)["label"].value_counts().items()}
    return [Finding("overfitting", "", sentence, counts) for sentence in shape_sentences(subject)[:-1]]


def _of_fit(subject: Subject) -> list[Finding]:
    sentences = fit_sentences(subject)
    found = fit_evidence(subject) if sentences else {}
    return [Finding("fit", "", sentence, found) for sentence in sentences]


def _of_stability(subject: Subject) -> list[Finding]:
    counts = stability_evidence(subject)
    of_trials = stability_sentences(subject)
    # That nothing diverged is said in the section, and is no news.
    of_trials = of_trials if subject.counts["diverged"] else of_trials[1:]
    sentences = *of_trials, *rate_sentences(subject, arms(subject))
    return [Finding("stability", "", sentence, counts) for sentence in sentences]


def _of_signal(subject: Subject) -> list[Finding]:
    counts = {str(word): int(n) for word, n in subject.looked_at["signal"].value_counts().items()}
    if counts.keys() <= {SOUND}:
        return []
    return [Finding("signal", "", sentence, counts) for sentence in signal_sentences(subject)]


def _of_trust(subject: Subject) -> list[Finding]:
    # That a pruner did what it was asked to is told in the section, and is no news.
    looked = [check for check in checks(subject) if check.status == LOOK and check.what != PRUNING]
    return [Finding("trust", "", check.sentence, {"found": check.found, "asked": check.asked}) for check in looked]


def _of_the_budget(subject: Subject) -> list[Finding]:
    trials = measured(subject)
    places = {f"{share:.0%}": float(trials["place"].quantile(share)) for share in (0.1, 0.5, 0.9)} if len(trials) else {}
    evidence = {"complete": len(trials), "best_as_a_share": places}
    return [Finding("budget", "", sentence, evidence) for sentence in length_sentences(subject)]


def _of_importance(subject: Subject) -> list[Finding]:
    found = subject.importance
    if found is None:
        return []
    shares = {column.name: float(share) for column, share in zip(found.columns, found.alone.at, strict=True)}
    told = ("importance", importance_sentences(subject)), ("ablation", ablation_sentences(subject))
    return [Finding(section, "", sentence, shares) for section, sentences in told for sentence in sentences[:1]]


def _of_the_winner(subject: Subject) -> list[Finding]:
    if len(subject.ranking) < 2:
        return []
    top, chance = leaders(subject)
    truly = None if chance is None else [float(one) for one in chance]
    evidence = {"trials": [int(number) for number in top["number"]], "truly_the_best": truly}
    return [Finding("winner", "", sentence, evidence) for sentence in winner_sentences(subject)]


def _of_the_best(subject: Subject) -> list[Finding]:
    best = subject.best
    if best is None:
        return []
    evidence = _plain(best[["number", "trial_value", "best_epoch"]])
    return [Finding("summary", "", sentence, evidence) for sentence in best_sentences(subject)]


def _plain(row: pd.Series) -> dict[str, object]:
    """As JSON has it: no NumPy, no NaN, no infinity."""
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if hasattr(value, "item") else value
