"""The whole report of a sweep as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from datetime import UTC, datetime

from sweeper.errors import InputError, did_you_mean
from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.reading.confirmation import chosen_of
from sweeper.reporting.sections import OF_A_SEARCH, SECTIONS
from sweeper.reporting.story.account.glossary import glossary
from sweeper.reporting.story.account.method import method
from sweeper.reporting.story.account.run import run
from sweeper.reporting.story.account.trials import every_trial
from sweeper.reporting.story.blocks import Conclusion, Report, Section
from sweeper.reporting.story.cautions import cautions
from sweeper.reporting.story.compared.choices import choices
from sweeper.reporting.story.compared.confirmation import confirmation
from sweeper.reporting.story.compared.gathered import Pair, gathered
from sweeper.reporting.story.dynamics.signal import signal
from sweeper.reporting.story.dynamics.stability import stability
from sweeper.reporting.story.findings import Finding
from sweeper.reporting.story.generalization.fit import fit
from sweeper.reporting.story.generalization.overfitting import overfitting
from sweeper.reporting.story.pace.convergence import convergence
from sweeper.reporting.story.searched.ablation import ablation
from sweeper.reporting.story.searched.budget import budget
from sweeper.reporting.story.searched.importance import importance
from sweeper.reporting.story.searched.noise import noise
from sweeper.reporting.story.searched.trust import trust
from sweeper.reporting.story.searched.winner import winner
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.summary import key_numbers, summary
from sweeper.reporting.text import clean, count, listed

_TELLERS: dict[str, Callable[[Subject], Section | None]] = {
    "summary": summary,
    "run": run,
    "trust": trust,
    "noise": noise,
    "winner": winner,
    "confirmation": confirmation,
    "choices": choices,
    "overfitting": overfitting,
    "fit": fit,
    "convergence": convergence,
    "stability": stability,
    "signal": signal,
    "importance": importance,
    "ablation": ablation,
    "budget": budget,
    "trials": every_trial,
    "method": method,
    "glossary": lambda subject: glossary(subject.unit),
}


CONCLUSIONS, PAIRS = 7, 3
"""So many findings open a report, and so many of them are about the choices at most."""


def sections(subject: Subject) -> Iterator[Section]:
    """All that have something to say of this sweep, in the order of `SECTIONS`, each told when it is asked for."""
    for key in SECTIONS:
        if (section := _told(subject, key)) is not None:
            yield section


def tell(subject: Subject, found: Sequence[Finding], told: Sequence[Section] | None = None) -> Report:
    """What was `found` in short, then all sections, told here where they are not `told` yet. The same frames give the same
    values: nothing asks for the time."""
    told = tuple(sections(subject)) if told is None else told
    frames, sweep = subject.frames, subject.frames.sweep
    date = datetime.fromtimestamp(sweep.started / 1000, UTC).strftime("%d %B %Y").lstrip("0") if sweep.started else ""
    return Report(
        sweep=clean(sweep.name, 80),
        date=date,
        title=title(frames),
        subtitle=_subtitle(subject),
        cautions=cautions(subject),
        numbers=key_numbers(subject),
        conclusions=_conclusions(subject, found, {section.key for section in told}),
        sections=tuple(told),
    )


def _told(subject: Subject, key: str) -> Section | None:
    """A section, or None where it has nothing to say of this sweep."""
    searched = chosen_of(subject.frames.sweep) is None
    return _TELLERS[key](subject) if searched or key not in OF_A_SEARCH else None


def tell_section(subject: Subject, key: str) -> Section:
    """One section, which says so where it has nothing to say of this sweep and a page leaves it out.

    Raises InputError for a name that is none, with the nearest and all of them.
    """
    if key not in _TELLERS:
        raise InputError(
            f"'{clean(key, 40)}' is no section of a report.{did_you_mean(key, SECTIONS)} Sections: {', '.join(SECTIONS)}."
        )
    nothing = f"The section '{key}' has nothing to say about {clean(subject.frames.sweep.name, 80)}."
    return _told(subject, key) or Section(key, key.capitalize(), (nothing,))


def title(frames: SweepFrames) -> str:
    """The sweep's own question, else one made of what it compares."""
    sweep = frames.sweep
    if sweep.question.strip():
        return clean(sweep.question, 200)
    metric = clean(sweep.objective.metric.replace("val_", "validation ").replace("_", " "))
    if sweep.compare:
        names = listed([clean(path.rsplit(".", 1)[-1].replace("_", " "), 40) for path in sweep.compare])
        return f"Which {names} gives the best {metric}?"
    return f"Which configuration gives the best {metric}?"


def _conclusions(subject: Subject, found: Sequence[Finding], told: Set[str]) -> tuple[Conclusion, ...]:
    """The surest findings on the choices, those that say the same in one sentence, then the surest of each other section, as
    far as they are told; the best trial stands above already."""
    shown = [one for one in found if one.section in told and one.section not in ("summary", "choices")]
    shown = [one for one in shown if not any(reason in one.sentence for reason in _reasons(found))]
    first = {one.section: one for one in reversed(shown)}
    others = (_conclusion(one) for one in shown if first[one.section] is one)
    return (*_on_choices(subject, [one for one in found if one.section == "choices"]), *others)[:CONCLUSIONS]


def _reasons(found: Sequence[Finding]) -> set[str]:
    """Why choices are not compared: said once, where they are; what else is not said for that reason is no news."""
    return {str(one.evidence["why"]) for one in found if one.section == "choices" and one.evidence.get("why")}


def _on_choices(subject: Subject, found: Sequence[Finding]) -> list[Conclusion]:
    together = gathered(subject)
    return list(dict.fromkeys(_conclusion(one, together.get(_pair(one))) for one in found))[:PAIRS]


def _pair(one: Finding) -> Pair:
    factor, a, b = (str(one.evidence.get(key)) for key in ("factor", "a", "b"))
    return factor, a, b


def _conclusion(one: Finding, sentence: str | None = None) -> Conclusion:
    return Conclusion(sentence or one.sentence, one.verdict, one.section)


def _subtitle(subject: Subject) -> str:
    sweep = subject.frames.sweep
    data = f" on {clean(sweep.data['name'], 60)}" if sweep.data.get("name") else ""
    repeats = f", each with {subject.averaged}: {len(subject.frames.runs)} trainings" if subject.repeated else ""
    what = listed([clean(choice, 40) for choice in subject.choices], most=6) if subject.compares else ""
    head = f"{what}: " if what else ""
    return f"{head}{count(len(subject.trials), 'trial')}{data}{repeats}."
