"""The statistics that the report of a sweep really used, each with where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sweeper.reporting.metrics.labels import TOO_SHORT
from sweeper.reporting.metrics.overfitting import ALPHA, NOISES
from sweeper.reporting.statistics.comparison import CONFIDENCE
from sweeper.reporting.statistics.rerun import MEASURED
from sweeper.reporting.statistics.resampling import SAMPLES
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.reporting.story.ablation import ablation_path
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tuning import tuning_curves, why_no_curve

WILCOXON = "Wilcoxon, F. (1945). Individual comparisons by ranking methods. Biometrics Bulletin 1(6), 80-83."
PRATT = "Pratt, J. W. (1959). Remarks on zeros and ties in the Wilcoxon signed rank procedures. JASA 54(287), 655-667."
MANN = "Mann, H. B. and Whitney, D. R. (1947). On a test of whether one of two random variables is stochastically larger than the other. Annals of Mathematical Statistics 18(1), 50-60."  # noqa: E501
VARGHA = "Vargha, A. and Delaney, H. D. (2000). A critique and improvement of the CL common language effect size statistics. Journal of Educational and Behavioral Statistics 25(2), 101-132."  # noqa: E501
HODGES = "Hodges, J. L. and Lehmann, E. L. (1963). Estimates of location based on rank tests. Annals of Mathematical Statistics 34(2), 598-611."  # noqa: E501
WILSON = "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22(158), 209-212."
HOLM = (
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2), 65-70."
)
EFRON = "Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1-26."
HOCHBERG = "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B 57(1), 289-300."  # noqa: E501
SEN = "Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63(324), 1379-1389."
PRECHELT = "Prechelt, L. (1998). Early stopping - but when? In: Neural Networks: Tricks of the Trade, 55-69. Springer."
MATOUSEK = "Matousek, J. (1998). On the L2-discrepancy for anchored boxes. Journal of Complexity 14(4), 527-556."
BERGSTRA = "Bergstra, J., Bardenet, R., Bengio, Y. and Kegl, B. (2011). Algorithms for hyper-parameter optimization. NIPS 24."
HANSEN = "Hansen, N. and Ostermeier, A. (2001). Completely derandomized self-adaptation in evolution strategies. Evolutionary Computation 9(2), 159-195."  # noqa: E501
ASHA = "Li, L., Jamieson, K. et al. (2020). A system for massively parallel hyperparameter tuning. MLSys 2."
HYPERBAND = "Li, L., Jamieson, K. et al. (2018). Hyperband: a novel bandit-based approach to hyperparameter optimization. JMLR 18(185), 1-52."  # noqa: E501
LOURIE = "Lourie, N., Cho, K. and He, H. (2023). Show your work with confidence: confidence bands for tuning curves. arXiv 2311.09480."  # noqa: E501
HUTTER = (
    "Hutter, F., Hoos, H. and Leyton-Brown, K. (2014). An efficient approach for assessing hyperparameter importance. ICML 31."
)
WATANABE = "Watanabe, S., Bansal, A. and Hutter, F. (2023). PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces. IJCAI 32."  # noqa: E501
BIEDENKAPP = "Biedenkapp, A., Lindauer, M., Eggensperger, K. et al. (2017). Efficient parameter importance analysis via ablation with surrogates. AAAI 31."  # noqa: E501


@dataclass(frozen=True)
class Used:
    """A sentence on what was computed, and the works it stands on."""

    sentence: str
    works: tuple[str, ...]


def used(subject: Subject) -> list[Used]:
    """In the order of the report."""
    of_choices = *_of_drawing(subject), *_of_pairs(subject), *_of_speed(subject)
    return [*of_choices, *_of_noise(subject), *_of_shapes(subject), *_of_the_search(subject)]


def _of_drawing(subject: Subject) -> list[Used]:
    """Works that the sentences on how the sweep was conducted name."""
    sweep = subject.frames.sweep
    samplers = {"paired": MATOUSEK, "qmc": MATOUSEK, "tpe": BERGSTRA, "cmaes": HANSEN}
    pruners = {"asha": ASHA, "hyperband": HYPERBAND}
    works = [known[name] for known, name in ((samplers, sweep.sampler), (pruners, sweep.pruner)) if name in known]
    return [Used("", tuple(works))] if works else []


def _of_pairs(subject: Subject) -> list[Used]:
    pairs = subject.pairs[subject.pairs["why"] == ""] if subject.compares else subject.pairs.iloc[:0]
    found, n = [], len(pairs)
    if (pairs["design"] == "paired").any():
        found.append(
            Used(
                "Choices were compared within blocks: by the win probability, ties counting half (interval: Wilson 1927), the "
                "shift of Hodges and Lehmann (1963) with the exact interval of signed ranks, and Wilcoxon's test (1945) with "
                "Pratt's ranks of zeros (1959)",
                (WILSON, HODGES, WILCOXON, PRATT),
            )
        )
    if (pairs["design"] == "independent").any():
        found.append(
            Used(
                "Choices were compared as independent samples: by the win probability (A of Vargha and Delaney 2000), the "
                "shift of Hodges and Lehmann (1963), and Mann and Whitney's test (1947); intervals are percentiles of "
                f"{SAMPLES:,} bootstrap samples (Efron 1979), of the shift between many trials those of ranks",
                (VARGHA, HODGES, MANN, EFRON),
            )
        )
    if n:
        corrected = f"; p-values are corrected for {n} comparisons (Holm 1979)" if n > 1 else ""
        found.append(Used(f"All intervals are of {100 * CONFIDENCE:g}\u00a0%{corrected}", (HOLM,) if n > 1 else ()))
    return found


def _of_speed(subject: Subject) -> list[Used]:
    if not subject.compares or not len(subject.speed) or not (subject.speed["verdict"] != NOT_ENOUGH).any():
        return []
    return [
        Used(
            f"Speed is the number of {subject.units} to a target that all choices have in common, under both bounds of what "
            "was stopped early; p-values of this second family are corrected for their false discovery rate (Benjamini and "
            "Hochberg 1995)",
            (HOCHBERG,),
        )
    ]


def _of_noise(subject: Subject) -> list[Used]:
    found = subject.rerun
    if math.isnan(found.sd):
        return []
    if found.source == MEASURED:
        return [Used("The noise of a training is the typical standard deviation between trainings of one configuration", ())]
    return [Used(f"The noise of a training is taken from how curves jitter from {subject.unit} to {subject.unit}", ())]


def _of_shapes(subject: Subject) -> list[Used]:
    labels = set(subject.trials.loc[subject.trials["state"] == "COMPLETE", "label"]) - {"", TOO_SHORT}
    told = (
        f"A curve is called overfitting where validation rises above its best by more than {ALPHA:g}\u00a0% (after Prechelt "
        f"1998) and {NOISES:g} times its own noise, and still improving where the slope of its last fifth (Sen 1968) promises "
        "more than its noise"
    )
    return [Used(told, (PRECHELT, SEN))] if labels else []


def _of_the_search(subject: Subject) -> list[Used]:
    """What is told of the winner and of the parameters."""
    found = []
    if len(subject.ranking) > 1 and not why_no_curve(subject) and tuning_curves(subject):
        told = "What fewer trials would have found is the median tuning curve, with bands for all numbers at once (Lourie 2023)"
        found.append(Used(told, (LOURIE,)))
    if subject.importance is not None:
        told = (
            "How much a parameter matters is the variance that it explains alone in a random forest of the trials (fANOVA, "
            "Hutter 2014), and how far it tells the best tenth from all (PED-ANOVA, Watanabe 2023)"
        )
        found.append(Used(told, (HUTTER, WATANABE)))
    if ablation_path(subject) is not None:
        told = "The path from the baseline to the best is an ablation with that forest as surrogate (Biedenkapp 2017)"
        found.append(Used(told, (BIEDENKAPP,)))
    return found
