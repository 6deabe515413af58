"""The columns of the frames about choices: what their trials reached, how fast, and what setting them side by side says."""

from __future__ import annotations

from sweeper.reporting.column import Column

_NOTHING_KNOWN = "no trial of the choice has a value"
_FEW = "minus infinity to infinity: of fewer than 6 there is no interval"

CHOICES = (
    Column("hp", "the compared hyperparameter; several joined by ' · ' where their combinations are meant"),
    Column("choice", "its value"),
    Column("metric", "a column of the frame `trials`; of trial_value a divergence is the worst value"),
    Column("n", "trials with a value", range=">= 0"),
    Column("n_div", "trials of the choice that diverged", range=">= 0"),
    Column("n_pruned", "trials of the choice that the pruner stopped", range=">= 0"),
    Column("median", "the lower median; infinite where half never came to it", unit="the metric's", missing=_NOTHING_KNOWN),
    Column("lo", "lower end of its 95 % interval; " + _FEW, unit="the metric's", missing=_NOTHING_KNOWN),
    Column("hi", "upper end of it", unit="the metric's", missing=_NOTHING_KNOWN),
    Column("iqm", "mean of the middle half of the values", unit="the metric's", missing=_NOTHING_KNOWN),
    Column("best", "the best value; the lowest of what is no objective", unit="the metric's", missing=_NOTHING_KNOWN),
    Column("worst", "the worst value", unit="the metric's", missing=_NOTHING_KNOWN),
)

_NO_TARGET = "no trial has a finite validation value"

CONVERGENCE = (
    Column("choice", "the compared values, joined by ' · '", missing="empty in a sweep without `compare`"),
    Column("target", "the target, by the column of the frame `trials` that has the epochs to it"),
    Column("level", "its value", unit="the objective's", missing=_NO_TARGET),
    Column(
        "horizon",
        "epochs up to which the choices are looked at: the least over the choices of their longest training",
        unit="epochs",
        range=">= 1",
    ),
    Column("longest", "epochs of the choice's longest training", unit="epochs", range=">= 0", missing="no epoch was logged"),
    Column("n", "trials that ended and have a curve or diverged, without the baseline of a drawn sweep", range=">= 1"),
    Column("diverged", "of these, those that diverged: they never reach a target", range=">= 0"),
    Column("hidden", "of these, those that were stopped before the horizon without having reached it", range=">= 0"),
    Column("reached", "of these, those that ever reached it", range=">= 0"),
    Column("share", "reached over n", range="0 to 1"),
    Column("share_low", "lower end of its 95 % interval (Wilson)", range="0 to 1"),
    Column("share_high", "upper end of it", range="0 to 1"),
    Column("median", "the epoch by which half were there; infinity where fewer came", unit="epochs", range=">= 1"),
    Column("median_low", "lower end of its 95 % interval; 0 for fewer than 6 trials", unit="epochs", range=">= 0"),
    Column("median_high", "upper end of it; infinity where it is not known", unit="epochs", range=">= 1"),
    Column(
        "rmet_optimistic",
        "mean epochs to the target, none counted longer than the horizon; what was stopped would have done as the others",
        unit="epochs",
        range="1 to the horizon",
    ),
    Column(
        "rmet_pessimistic",
        "the same; what was stopped would never have reached it",
        unit="epochs",
        range="1 to the horizon",
    ),
    Column(
        "seconds_to_target",
        "median training seconds to it, without compiling and evaluating; infinity where fewer than half came",
        unit="seconds",
        range=">= 0",
        missing="no training seconds were logged",
    ),
)

_TOO_FEW = "the two were not compared (see why)"

PAIRS = (
    Column("factor", "the compared parameter of which `a` and `b` are values"),
    Column("a", "the choice that did better; of an interaction, the one whose gain over `b` depends on the partner"),
    Column("b", "the choice it is set against"),
    Column("partner", "another compared parameter", missing="empty: averaged over all others, or there is no other"),
    Column("within", "the value of the partner with which the two are compared", missing="empty, as before"),
    Column(
        "against",
        "of an interaction: the value of the partner with which `a` gains less; all that follows is of the difference of gains",
        missing="empty: it is no interaction",
    ),
    Column(
        "rung",
        "what the comparison stands on",
        range="blocks, independent draws, startup trials, matched pairs, standardisation",
        missing="empty: " + _TOO_FEW,
    ),
    Column("design", "how they were tried", range="paired, independent", missing="empty: " + _TOO_FEW),
    Column("n_a", "pairs, or trials of `a`", range=">= 1", missing=_TOO_FEW),
    Column("n_b", "pairs, or trials of `b`", range=">= 1", missing=_TOO_FEW),
    Column("wins", "probability that `a` is better, ties counting half", range="0 to 1", missing=_TOO_FEW),
    Column("wins_low", "lower end of its 95 % interval", range="0 to 1", missing=_TOO_FEW),
    Column("wins_high", "upper end of it", range="0 to 1", missing=_TOO_FEW),
    Column("shift", "Hodges-Lehmann shift in favour of `a`", unit="loss, or error points", range=">= 0", missing=_TOO_FEW),
    Column("shift_low", "lower end of its 95 % interval; minus infinity where too few", unit="the same", missing=_TOO_FEW),
    Column("shift_high", "upper end of it", unit="the same", missing=_TOO_FEW),
    Column(
        "p",
        "two-sided p of Wilcoxon's or of Mann and Whitney's test; crossed and independent, of a permutation test",
        range="0 to 1",
        missing=_TOO_FEW,
    ),
    Column(
        "p_holm",
        "the same, corrected for the number of pairs, averages, interactions, or comparisons at the values of one partner",
        range="0 to 1",
        missing=_TOO_FEW,
    ),
    Column(
        "smd_before",
        "largest standardised mean difference of a setting between the trials of the two",
        range=">= 0",
        missing="the rung is another than matched pairs",
    ),
    Column("smd_after", "the same after matching", range="0 to below 0.25", missing="the rung is another than matched pairs"),
    Column(
        "verdict",
        "what the evidence holds",
        range="better, real, but not beyond noise, no practical difference, undecided, not enough evidence",
    ),
    Column("needed", "pairs, or trials of each, that would settle it", range=">= 1", missing="it is settled, or not compared"),
    Column("why", "why the two were not compared", missing="empty where they were"),
)

_FEW_PAIRS = _TOO_FEW + ", or over fewer than 5 blocks or trials"


def _ratio(name: str, bound: str) -> tuple[Column, ...]:
    return (
        Column(name, f"RMET of `a` over RMET of `b`, {bound}; below 1 where `a` is faster", range="> 0", missing=_TOO_FEW),
        Column(f"{name}_low", "lower end of its 95 % interval (bootstrap)", range="> 0", missing=_FEW_PAIRS),
        Column(f"{name}_high", "upper end of it", range="> 0", missing=_FEW_PAIRS),
    )


SPEED = (
    Column("a", "the choice that needs fewer epochs"),
    Column("b", "the choice it is set against"),
    Column("target", "the target, by the column of the frame `trials` that has the epochs to it"),
    Column("horizon", "epochs up to which they are looked at", unit="epochs", range=">= 1", missing=_TOO_FEW),
    Column("design", "how they were tried", range="paired, independent", missing="empty: " + _TOO_FEW),
    Column("n_a", "blocks, or trials of `a`", range=">= 1", missing=_TOO_FEW),
    Column("n_b", "blocks, or trials of `b`", range=">= 1", missing=_TOO_FEW),
    *_ratio("ratio", "those that were stopped counted as never reaching the target"),
    *_ratio("ratio_optimistic", "those that were stopped counted like the others"),
    Column("hidden", "trials that were stopped before the horizon without having arrived", range=">= 0", missing=_TOO_FEW),
    Column("p", "two-sided p of a permutation test of the difference", range="0 to 1", missing=_TOO_FEW),
    Column("p_fdr", "the same, corrected for the number of pairs (Benjamini and Hochberg)", range="0 to 1", missing=_TOO_FEW),
    Column(
        "end",
        "how `a` stands in the end, by the frame `pairs`",
        range="better, not worse, worse, open, not compared",
        missing="empty: " + _TOO_FEW,
    ),
    Column(
        "verdict",
        "what the evidence holds",
        range="faster, faster, but worse, faster, the end is open, reaches the target more often, no practical difference, "
        "undecided, target uninformative, not enough evidence",
    ),
    Column("why", "why they were not compared, or what hides the answer", missing="empty where nothing stands in the way"),
)
