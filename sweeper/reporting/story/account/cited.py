"""The statistics that the report of a sweep really used, each with where it comes from."""

from __future__ import annotations

from sweeper.reporting.statistics.comparison import CONFIDENCE
from sweeper.reporting.statistics.matching import MATCHED, STANDARDISED
from sweeper.reporting.statistics.pace import unlike_steps
from sweeper.reporting.statistics.pairs import BLOCKS, DRAWS, STARTUP
from sweeper.reporting.statistics.resampling import SAMPLES
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.reporting.story.account.cited_curves import of_curves
from sweeper.reporting.story.account.works import (
    AALEN,
    ABADIE,
    ASHA,
    BERGSTRA,
    BIEDENKAPP,
    BRAAK,
    CAVE,
    CHERNOZHUKOV,
    EFRON,
    ELTEREN,
    GOWER,
    HANSEN,
    HOCHBERG,
    HODGES,
    HOLM,
    HUTTER,
    HYPERBAND,
    LOURIE,
    MANN,
    MATOUSEK,
    PRATT,
    ROBBINS,
    ROBINSON,
    ROYSTON,
    TWEEDIE,
    VARGHA,
    WATANABE,
    WILCOXON,
    WILSON,
    Used,
)
from sweeper.reporting.story.pace.target_tables import ended_early
from sweeper.reporting.story.searched.ablation import ablation_path
from sweeper.reporting.story.searched.tuning import tuning_curves, why_no_curve
from sweeper.reporting.story.searched.winner import leaders
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import percent


def used(subject: Subject) -> list[Used]:
    """In the order of the report."""
    of_choices = *_of_drawing(subject), *_of_pairs(subject), *_of_speed(subject), *_of_reaching(subject)
    return [*of_choices, *of_curves(subject), *_of_the_search(subject)]


def _of_drawing(subject: Subject) -> list[Used]:
    """Works that the sentences on how the sweep was conducted name."""
    sweep = subject.frames.sweep
    samplers = {"paired": MATOUSEK, "qmc": MATOUSEK, "tpe": BERGSTRA, "cmaes": HANSEN}
    pruners = {"asha": ASHA, "hyperband": HYPERBAND}
    works = [known[name] for known, name in ((samplers, sweep.sampler), (pruners, sweep.pruner)) if name in known]
    return [Used("", tuple(works))] if works else []


def _of_pairs(subject: Subject) -> list[Used]:
    """What each rung of the comparisons stands on (see `statistics.pairs`)."""
    pairs = subject.pairs[subject.pairs["why"] == ""] if subject.compares else subject.pairs.iloc[:0]
    rungs, n = set(pairs["rung"]), len(pairs)
    found = [_WITHIN_BLOCKS] if BLOCKS in rungs else []
    if rungs & {DRAWS, STARTUP}:
        found.append(_WITHIN_CELLS if len(subject.frames.sweep.compare) > 1 else _INDEPENDENT)
    if STARTUP in rungs:
        found.append(Used("Only trials count there that were drawn before the sampler had learned anything", ()))
    found += [_MATCHED] if MATCHED in rungs else []
    found += [_STANDARDISED] if STANDARDISED in rungs else []
    if n:
        corrected = f"; p-values are corrected for {n} comparisons (Holm 1979)" if n > 1 else ""
        found.append(Used(f"All intervals are of {100 * CONFIDENCE:g}\u00a0%{corrected}", (HOLM,) if n > 1 else ()))
    return found


_WITHIN_BLOCKS = Used(
    "Choices were compared within blocks: by the win probability, ties counting half (interval: Wilson 1927), the shift of "
    "Hodges and Lehmann (1963) with the exact interval of signed ranks, and Wilcoxon's test (1945) with Pratt's ranks of "
    "zeros (1959)",
    (WILSON, HODGES, WILCOXON, PRATT),
)
_INDEPENDENT = Used(
    "Choices were compared as independent samples: by the win probability (A of Vargha and Delaney 2000), the shift of "
    f"Hodges and Lehmann (1963), and Mann and Whitney's test (1947); intervals are percentiles of {SAMPLES:,} bootstrap "
    "samples (Efron 1979), of the shift between many trials those of ranks",
    (VARGHA, HODGES, MANN, EFRON),
)
_WITHIN_CELLS = Used(
    "Choices were compared within the combinations of the other ones: by the win probability, the shift of Hodges and "
    "Lehmann (1963), both with percentiles of bootstrap samples (Efron 1979), and permutations of van Elteren's statistic "
    "(1960); whether one choice depends on another, by permutations of residuals (ter Braak 1992)",
    (HODGES, EFRON, ELTEREN, BRAAK),
)
_MATCHED = Used(
    "Where the sampler had looked at outcomes, trials with alike settings were paired (Gower 1971), what a random forest "
    "says of their settings was taken out (Abadie 2011), and the pairs were compared by signed ranks (Wilcoxon 1945); such "
    "a verdict holds for this sweep alone",
    (GOWER, ABADIE, WILCOXON),
)
_STANDARDISED = Used(
    "Where no such pairs were to be had, the residual of the value was set against that of the choice, both given the "
    "settings (Robinson 1988, Chernozhukov 2018)",
    (ROBINSON, CHERNOZHUKOV),
)


def _of_speed(subject: Subject) -> list[Used]:
    if not subject.compares or not len(subject.speed) or not (subject.speed["verdict"] != NOT_ENOUGH).any():
        return []
    return [
        Used(
            f"Speed is the number of {subject.units} to a target that all choices have in common, under both bounds of what "
            f"{ended_early(subject)}; p-values of this second family are corrected for their false discovery rate (Benjamini "
            "and Hochberg 1995)",
            (HOCHBERG,),
        )
    ]


def _of_reaching(subject: Subject) -> list[Used]:
    """The mean of the section on convergence, where it has one."""
    if (
        not len(subject.frames.epochs)
        or len(subject.racing) < 2
        or not subject.convergence["level"].notna().any()
        or unlike_steps(subject.frames) is not None
    ):
        return []
    mean = (
        f"Mean {subject.units} to a target are restricted means (Royston and Parmar 2013): what never came counts the whole "
        "length, and so does what diverged, which never comes, instead of leaving those that are watched"
    )
    if not subject.convergence["hidden"].any():
        return [Used(mean, (ROYSTON,))]
    bounds = (
        f"{mean}; where trials {ended_early(subject)} there are two: one as if they had never come, the other by the share "
        "that Aalen and Johansen (1978) estimate with divergence as the competing event, as if they had done as the others"
    )
    return [Used(bounds, (ROYSTON, AALEN))]


def _of_the_search(subject: Subject) -> list[Used]:
    """What is told of the winner and of the parameters."""
    found = []
    if len(subject.ranking) > 1 and leaders(subject)[1] is not None:
        told = (
            "The chance that the leader is truly the best minds that it was picked by its value (Efron 2011): what trials are "
            "worth is taken from the values of all of them (empirical Bayes, Robbins 1956)"
        )
        found.append(Used(told, (TWEEDIE, ROBBINS)))
    if len(subject.ranking) > 1 and not why_no_curve(subject) and tuning_curves(subject):
        told = "What fewer trials would have found is the median tuning curve, with bands for all numbers at once (Lourie 2023)"
        found.append(Used(told, (LOURIE,)))
    if subject.importance is not None:
        told = (
            "How much a parameter matters is the variance that it explains alone in a random forest of the trials (fANOVA, "
            f"Hutter 2014), how far it tells the best {percent(subject.importance.quantile, 1)} from all (PED-ANOVA, Watanabe "
            "2023), and its share of what changes around the best trial (LPI, Biedenkapp 2018), each with an interval from "
            "resampled trials (Efron 1979)"
        )
        found.append(Used(told, (HUTTER, WATANABE, CAVE, EFRON)))
    if ablation_path(subject) is not None:
        told = "The path from the baseline to the best is an ablation with that forest as surrogate (Biedenkapp 2017)"
        found.append(Used(told, (BIEDENKAPP,)))
    return found
