"""What is said when a sweep has ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sweeper.cli.screen.text import (
    counted,
    duration,
    from_here,
    line,
    number,
    parameters,
    plural,
    with_spread,
    without_password,
)

if TYPE_CHECKING:
    from sweeper.reporting import WrittenReport
    from sweeper.search.request import SweepSummary


FINDINGS = 3
"""So many are said at the end of a run; the report has all."""


def ending(summary: SweepSummary, report: WrittenReport | None, notes: Iterable[str] = ()) -> list[str]:
    """Totals, the best trial beside the baseline, a failure, the first findings, where everything is, what to type next."""
    lines = [_totals(summary), f"  best       {_best(summary)}"]
    if summary.failure is not None:
        number_of, message = summary.failure
        lines.append(f"  failed     trial {number_of}   {line(message)}")
    if report is not None:
        told = report.findings[:FINDINGS]
        lines += [f"  {'findings' if place == 0 else '':<9}  {line(finding)}" for place, finding in enumerate(told)]
        lines.append(f"  report     {report.index}")
    lines.append(
        f"  runs       {without_password(summary.tracking_uri)}   (to look at them: sweep ui{from_here(summary.home)})"
    )
    lines += [f"  note       {line(note)}" for note in notes]
    lines.append(f"  next       {_next(summary, report)}")
    return lines


def _totals(summary: SweepSummary) -> str:
    """`105 trials in 41 s with starting up (2.6 a second): 103 complete, 2 diverged. 8 programs compiled in 3.1 s.`"""
    trials = sum(summary.counts.values())
    rate = trials / summary.seconds if summary.seconds > 0 else 0.0
    speed = f" ({rate:.1f} a second)" if rate >= 1 else f" ({60 * rate:.1f} a minute)" if rate > 0 else ""
    made = summary.programs
    programs = f" {plural(made.compiled, 'program')} compiled in {duration(made.seconds)}." if made.compiled else ""
    took = f"{duration(summary.seconds)} with starting up"
    return f"{plural(trials, 'trial')} in {took}{speed}: {counted(summary.counts)}.{programs}"


def _best(summary: SweepSummary) -> str:
    best = summary.best
    if best is None:
        return "no trial is complete"
    text = (
        f"trial {best.trial}   {line(summary.objective)} {with_spread(best.value, best.spread)} at epoch {best.epoch}   "
        f"{parameters(best.params)}"
    )
    if summary.baseline is None or best.trial == 0:
        return text
    return f"{text}\n             baseline (trial 0): {number(summary.baseline)}"


def _next(summary: SweepSummary, report: WrittenReport | None) -> str:
    of = f"{summary.sweep}{from_here(summary.home)}"
    if summary.best is None or summary.counts.get("failed"):
        return f"sweep trials {of}   (how each trial ended)"
    if report is not None and report.refine:
        return f"sweep refine {of}   ({line(report.refine)})"
    return f"sweep trial {summary.sweep} {summary.best.trial}{from_here(summary.home)}   (the best one's curves)"


def summary_json(summary: SweepSummary, report: str | None) -> dict[str, Any]:
    """The shape that `run --json` promises."""
    best = summary.best
    return {
        "sweep": summary.sweep,
        "home": str(summary.home),
        "trials": dict(summary.counts),
        "best": None
        if best is None
        else {"trial": best.trial, "value": best.value, "epoch": best.epoch, "params": dict(best.params)},
        "seconds": round(summary.seconds, 3),
        "report": report,
        "mlflow": {
            "tracking_uri": without_password(summary.tracking_uri),
            "experiment_id": summary.experiment_id,
            "run_id": summary.run_id,
        },
        "optuna": {"storage": summary.storage, "study_name": summary.study_name},
    }
