"""How many epochs and trials the next sweep should have.

Epochs: twice as many where most of the best trials were still improving at the end (by the rule of `metrics.plateau`; where
curves are too short for it, all of them best at the last epoch); fewer where the best epoch of each lies in the first tenth
(Godbole et al. 2023, Deep Learning Tuning Playbook: far too many steps). Trials: what the open pairs of choices need, at most
twice as many.
"""

from __future__ import annotations

import math

from sweeper.reporting.metrics.labels import TOO_SHORT
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.refining.searched import Evidence
from sweeper.reporting.refining.settled import Settled
from sweeper.reporting.text import clean, count
from sweeper.spaces.changes import Change, To

BEST = 5
"""So many trials, or a tenth of all, are the best ones."""
FIRST = 0.1
"""Best epochs so early in all of the best trials say that most of the training was for nothing."""
SHORTEST = 10
"""Fewer epochs say nothing of a curve's shape."""
MOST = 2
EPOCHS, TRIALS = "budget.epochs", "budget.trials"
LEAST_TRIALS = 20


def epochs(evidence: Evidence) -> list[Change]:
    trials = evidence.trials[evidence.trials["state"] == "COMPLETE"]
    now = _said(evidence, EPOCHS)
    if now is None or len(trials) < BEST:
        return []
    k = max(BEST, len(trials) // 10)
    best = trials.head(k)
    improving = int((best["plateau"] == STILL_IMPROVING).sum())
    if 2 * improving > k:
        reason = f"{improving} of the best {k} of {len(trials)} complete trials were still improving at their end"
        return [Change(EPOCHS, To(2 * now), f"raised from {now} to {2 * now}", reason)]
    at_end = int((best["best_epoch"] == best["epochs"]).sum())
    if (best["label"] == TOO_SHORT).all() and at_end == k:
        reason = f"all of the best {k} of {len(trials)} complete trials had their best epoch at the end"
        return [Change(EPOCHS, To(2 * now), f"raised from {now} to {2 * now}", reason)]
    latest = best["best_epoch"].max()
    fewer = max(SHORTEST, 3 * int(latest)) if best["best_epoch"].notna().all() else now
    if latest <= FIRST * now and fewer < now:
        of = f"the best {k} of {len(trials)} complete trials"
        reason = f"the best epoch of each of {of} is the {_nth(int(latest))} or an earlier one"
        return [Change(EPOCHS, To(fewer), f"lowered from {now} to {fewer}", reason)]
    return []


def trials(evidence: Evidence, found: Settled) -> list[Change]:
    """For what is left to compare, in whole blocks; for one choice that is left, its share."""
    subject, now = evidence.subject, _said(evidence, TRIALS)
    if now is None or not subject.compares or subject.frames.sweep.sampler == "grid":
        return []
    left, of = len(found.left), len(subject.choices)
    each = math.ceil(now / of)
    if left == 1:
        wanted = max(each, LEAST_TRIALS)
        if wanted >= now:
            return []
        return [Change(TRIALS, To(wanted), f"lowered from {now} to {wanted}", f"one choice is left of {of}")]
    if len(found.open):
        row = found.open.sort_values("needed").iloc[-1]
        blocks = max(each, min(int(row["needed"]), MOST * now // left))
        if blocks * left != now:
            capped = "" if blocks >= int(row["needed"]) else "; more than twice the last budget is not proposed"
            unit = "blocks" if subject.frames.sweep.sampler == "paired" else "trials of each choice"
            reason = (
                f"{count(len(found.open), 'pair')} of {left} choices {'is' if len(found.open) == 1 else 'are'} open; "
                f"{clean(row['a'], 40)} against {clean(row['b'], 40)} needs about {row['needed']} {unit} in all{capped}"
            )
            return [_trials(now, blocks * left, reason)]
        return []
    if left < of and each * left < now:
        return [_trials(now, each * left, f"{each} for each of the {left} choices that are left of {of}")]
    return []


def _trials(now: int, wanted: int, reason: str) -> Change:
    return Change(TRIALS, To(wanted), f"{'raised' if wanted > now else 'lowered'} from {now} to {wanted}", reason)


def _said(evidence: Evidence, name: str) -> int | None:
    """A whole number of the budget, as the sweep's run has it."""
    text = evidence.subject.frames.sweep.about.get("trials", "") if name == TRIALS else ""
    text = text or evidence.subject.frames.sweep.fixed.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _nth(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
