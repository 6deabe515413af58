"""How the sweep was made and judged: paragraphs to paste, what it cites, the verdicts' constants, and how to do it again."""

from __future__ import annotations

import hashlib
import shlex

from sweeper.errors import InputError
from sweeper.reporting.metrics import overfitting, plateau
from sweeper.reporting.reading.space import overrides_of
from sweeper.reporting.statistics import verdict
from sweeper.reporting.statistics.agreement import AGREES
from sweeper.reporting.statistics.comparison import CONFIDENCE
from sweeper.reporting.statistics.coverage import NEAR, OUTER, TOP
from sweeper.reporting.statistics.divergence import LOPSIDED
from sweeper.reporting.statistics.resampling import SAMPLES
from sweeper.reporting.statistics.surrogate import LEAST, TRUSTED
from sweeper.reporting.story.account.cited import used
from sweeper.reporting.story.account.conducted import conducted, made_with
from sweeper.reporting.story.blocks import Block, Cell, Facts, Head, Section, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean

TITLE = "Method"


def method(subject: Subject) -> Section | None:
    """None where no trial was started."""
    if not len(subject.trials):
        return None
    found = used(subject)
    statistics = [f"{one.sentence}." for one in found if one.sentence]
    paragraphs = (" ".join(conducted(subject)), " ".join(statistics), made_with(subject))
    works = sorted({work for one in found for work in one.works})
    blocks: list[Block] = [Facts(tuple((_key(work), work) for work in works))] if works else []
    return Section(
        "method", TITLE, tuple(filter(None, paragraphs)), (*blocks, _constants(subject), Facts(tuple(_again(subject))))
    )


def _key(work: str) -> str:
    """How the paragraph cites it: `Holm 1979`."""
    return f"{work.partition(',')[0]} {work.partition('(')[2][:4]}"


def _constants(subject: Subject) -> Table:
    rise = f"of the best value, and {overfitting.NOISES:g} times the curve's noise, in {overfitting.RUN_OF} evaluations or more"
    rows = [
        ("rise that is overfitting", f"{overfitting.ALPHA:g} %", rise),
        ("evaluations of a curve", f"{plateau.ENOUGH}", "fewer are too short to tell"),
        (
            "end of a range",
            f"{100 * OUTER:g} %",
            f"of it on either side, and {100 * NEAR:g} % for the others of the best {TOP}",
        ),
        (
            "a model of the trials",
            f"R² {TRUSTED:g}",
            f"on trials it has not seen, from {LEAST} trials on; else nothing is read off",
        ),
        ("a ranking that holds", f"tau {AGREES:g}", "of Kendall, with the ranking at the end"),
    ]
    if subject.compares:
        rows = [
            ("intervals", f"{100 * CONFIDENCE:g} %", "of every estimate"),
            ("level", f"{verdict.LEVEL:g}", "of p after the correction, to be called better"),
            ("least trials or blocks", f"{verdict.LEAST}", "of each choice, for any verdict"),
            ("clearly", f"{verdict.CLEARLY:g}", "lower end of the win probability's interval"),
            ("lopsided", f"{LOPSIDED:g}", "difference of the shares that diverged, from which it is told"),
            ("bootstrap samples", f"{SAMPLES:,}", "where intervals come from them"),
            *rows,
        ]
    heads = (Head("Constant", right=False), Head("Value"), Head("Of", right=False))
    return Table(heads, tuple((Cell(name), Cell(value), Cell(says)) for name, value, says in rows), phone=3)


def _again(subject: Subject) -> list[tuple[str, str]]:
    """The command, as far as the runs say what was typed, and what says that it is the same."""
    sweep = subject.frames.sweep
    rows = []
    if command := _command(subject):
        rows.append(("To do it again", command))
        rows.append(
            (
                "The same bits",
                "come with the same machine, versions, back end, processes and lanes; else differences of rounding grow.",
            )
        )
    if sweep.space:
        rows.append(("Space, SHA-256", hashlib.sha256(sweep.space.encode()).hexdigest()))
    return [*rows, ("MLflow run", clean(sweep.run_id, 64))]


def _command(subject: Subject) -> str:
    sweep = subject.frames.sweep
    if sweep.imported or not sweep.source or "overrides" not in sweep.about:
        return ""
    try:
        overrides = overrides_of(sweep)
    except InputError:
        return ""
    words = ["sweep", "run", sweep.source]
    for one in overrides:
        words += ["--set", one]
    options = {"--seed": sweep.seed, "--workers": sweep.about.get("workers", ""), "--backend": sweep.about.get("backend", "")}
    words += [word for option, value in options.items() if value for word in (option, value)]
    return clean(" ".join(map(shlex.quote, words)), 600)
