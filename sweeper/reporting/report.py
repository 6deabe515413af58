"""Writing a sweep's report: one call for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sweeper.errors import StoreError
from sweeper.executors.beside import beside
from sweeper.reporting.figures.drawn import Drawn
from sweeper.reporting.frames import SweepFrames, read_frames
from sweeper.reporting.page.folder import replaced
from sweeper.reporting.page.html import html
from sweeper.reporting.page.latex import latex
from sweeper.reporting.page.markdown import markdown
from sweeper.reporting.page.pictures import DRAW, figures_of, write_pictures
from sweeper.reporting.page.tables import write_table
from sweeper.reporting.page.terminal import section_lines
from sweeper.reporting.refining.propose import why_refine
from sweeper.reporting.statistics.choices import choices_frame
from sweeper.reporting.story.blocks import Section
from sweeper.reporting.story.findings import findings, findings_frame, findings_json, foremost
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import sections, tell, tell_section


@dataclass(frozen=True)
class WrittenReport:
    """The files of a report: the page, its Markdown twin, and the tables; and what was found beside the best trial, as
    sentences, the surest of each section first; `refine` says why there is another space to go on with, or nothing."""

    index: Path
    markdown: Path
    tables: tuple[Path, ...]
    findings: tuple[str, ...]
    refine: str = ""


def write_report(
    sweep: SweepFrames | str | None, out: Path, tracking_uri: str | None = None, refresh: int = 0
) -> WrittenReport:
    """Write index.html, report.md, tables.tex, findings.json, every figure (figures/*.svg, .png) and every frame (.csv,
    .parquet) into the folder `out`; layers and signal only where the runs carry the health of their layers.

    `sweep` is frames that were read, or a name (None: the newest sweep). With `refresh` the page loads itself anew after so
    many seconds. All files are made beside `out` first and then put in their places, so that a report that fails leaves the old
    one whole. Raises InputError for an unknown name, StoreError where the store does not answer or `out` cannot be written.
    """
    frames = sweep if isinstance(sweep, SweepFrames) else read_frames(sweep, tracking_uri)
    subject = Subject(frames)
    with beside(DRAW) as process:
        told: list[Section] = []
        drawn_later: dict[str, Callable[[], Drawn]] = {}
        for section in sections(subject):
            told.append(section)
            drawn_later |= {figure.key: process.call("draw", figure) for figure in figures_of([section])}
        found = findings(subject)
        report = tell(subject, found, told)
        tables = _tables(subject, findings_frame(found, report.cautions))
        try:
            with replaced(out, last="index.html") as new:
                for name, frame in tables.items():
                    write_table(frame, new / name)
                (new / "findings.json").write_bytes(findings_json(frames.sweep.name, found))
                (new / "report.md").write_text(markdown(report), encoding="utf-8")
                (new / "tables.tex").write_text(latex(report), encoding="utf-8")
                drawn = {key: result() for key, result in drawn_later.items()}
                write_pictures(drawn, new)
                (new / "index.html").write_text(html(report, drawn, refresh), encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"the report cannot be written to {out}: {error.strerror or error}. Choose another folder with --out."
            ) from error
    return WrittenReport(
        out / "index.html",
        out / "report.md",
        tuple(out / f"{name}.{kind}" for kind in ("csv", "parquet") for name in tables),
        tuple(finding.sentence for finding in foremost(found) if finding.section != "summary"),
        why_refine(subject),
    )


def _tables(subject: Subject, found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The frames that are written, by the stems of their files."""
    frames = subject.frames
    tables = {
        "trials": frames.trials,
        "runs": frames.runs,
        "epochs": frames.epochs,
        "pairs": subject.pairs,
        "choices": choices_frame(frames),
        "convergence": subject.convergence,
        "speed": subject.speed,
        "findings": found,
    }
    return tables | ({"layers": frames.layers, "signal": frames.signal} if len(frames.layers) else {})


def section_text(frames: SweepFrames, section: str, width: int = 100) -> str:
    """One section (a name of `SECTIONS`) as plain text of at most `width` columns.

    Raises InputError for an unknown section, with the nearest one.
    """
    return "\n".join(section_lines(tell_section(Subject(frames), section), width)) + "\n"
