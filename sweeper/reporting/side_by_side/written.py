"""Several sweeps as text, as JSON and as a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from sweeper.errors import StoreError
from sweeper.reporting.figures import draw
from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.page.folder import replaced
from sweeper.reporting.page.html import html
from sweeper.reporting.page.markdown import markdown
from sweeper.reporting.page.pictures import figures_of, write_pictures
from sweeper.reporting.page.terminal import section_lines
from sweeper.reporting.side_by_side.contests import contests
from sweeper.reporting.side_by_side.parameters import differing, said
from sweeper.reporting.side_by_side.sections import report_of, sections_of
from sweeper.reporting.side_by_side.several import Several


def compared_text(frames: Sequence[SweepFrames], width: int = 100) -> str:
    """All sections as plain text of at most `width` columns."""
    sections = sections_of(Several.of(frames))
    return "\n\n".join("\n".join(section_lines(section, width)) for section in sections) + "\n"


def compared_json(frames: Sequence[SweepFrames]) -> dict[str, object]:
    """`{"sweeps", "same_objective", "same_data", "target", "comparisons", "differences", "sentences"}`, as docs/command-line.md
    says."""
    several = Several.of(frames)
    found = contests(several).drop(columns=["factor", "partner", "within", "against", "rung"])
    return {
        "sweeps": [_sweep(several, place) for place in range(len(several.subjects))],
        "same_objective": several.seek_the_same,
        "same_data": several.same_data,
        "target": several.target,
        "comparisons": [{name: _plain(value) for name, value in row.items()} for row in found.to_dict("records")],
        "differences": {
            name: {of: said(subject, name) for of, subject in zip(several.names, several.subjects, strict=True)}
            for name in differing(several)
        },
        "sentences": [sentence for section in sections_of(several) for sentence in section.sentences],
    }


def write_compared(frames: Sequence[SweepFrames], out: Path) -> Path:
    """Writes index.html, report.md and the figures into the folder `out`, all or nothing; gives the page's path. Raises
    StoreError where it cannot be written."""
    report = report_of(Several.of(frames))
    try:
        with replaced(out, last="index.html") as new:
            drawn = {figure.key: draw.draw(figure) for figure in figures_of(report.sections)}
            write_pictures(drawn, new)
            (new / "report.md").write_text(markdown(report), encoding="utf-8")
            (new / "index.html").write_text(html(report, drawn), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the page cannot be written to {out}: {error.strerror or error}. Choose another folder.") from error
    return out / "index.html"


def _sweep(several: Several, place: int) -> dict[str, object]:
    subject, best = several.subjects[place], several.subjects[place].best
    values, sweep = subject.ranking["trial_value"], subject.frames.sweep
    reached = several.reached(place) if several.target is not None else None
    return {
        "sweep": several.names[place],
        "objective": sweep.objective.metric,
        "maximize": sweep.objective.maximize,
        "unit": sweep.unit,
        "trials": subject.counts,
        "best": None if best is None else {"trial": int(best["number"]), "value": float(best["trial_value"])},
        "median": float(values.median()) if len(values) else None,
        "reached": None if reached is None else int(reached.notna().sum()),
        "labels": {str(label): int(n) for label, n in subject.trials["label"].value_counts().items() if label},
    }


def _plain(value: object) -> object:
    """As JSON has it."""
    if value is None or value != value or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if hasattr(value, "item") else value
