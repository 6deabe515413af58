"""Samplers and pruners by name."""

from sweeper.catalogue.declaration import Enters, Entry, Number, Parameter

_COUNT = Number(integer=True, low=1)


def _host(name: str, takes: Number, default: float | None, says: str, *, optional: bool = False) -> Parameter:
    return Parameter(name, takes, default, says, optional=optional, enters=Enters.HOST)


SAMPLERS = (
    Entry("paired", "blocks of nuisance values, every choice of `compare` in each", (), "sweeper.spaces.draws:paired", marks=frozenset({"ours"})),
    Entry("random", "independent draws, fair to every branch", (), "sweeper.spaces.draws:random", marks=frozenset({"ours"})),
    Entry("qmc", "scrambled Sobol' points, fair to every branch", (), "sweeper.spaces.draws:qmc", marks=frozenset({"ours"})),
    Entry("grid", "every combination of a few values", (_host("points", _COUNT, 3, "values of each range"),), "sweeper.spaces.draws:grid", marks=frozenset({"ours"})),
    Entry("tpe", "tree-structured Parzen estimator", (_host("startup", _COUNT, 10, "random trials first"),), "optuna.samplers:TPESampler",
          paper="Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization"),
    Entry("gp", "Gaussian process (needs the extra `gp`)", (_host("startup", _COUNT, 10, "random trials first"),), "optuna.samplers:GPSampler"),
    Entry("cmaes", "covariance matrix adaptation (needs the extra `cmaes`)", (_host("startup", _COUNT, 1, "random trials first"),), "optuna.samplers:CmaEsSampler",
          paper="Hansen and Ostermeier 2001, Completely Derandomized Self-Adaptation"),
)  # fmt: skip

_HALVING = (
    _host("min_epochs", _COUNT, 3, "the first rung"),
    _host("factor", Number(integer=True, low=2), 3, "one of so many goes on, to so many times the epochs"),
)

PRUNERS = (
    Entry("asha", "asynchronous successive halving", _HALVING, "optuna.pruners:SuccessiveHalvingPruner", paper="Li et al. 2018, arXiv 1810.05934"),
    Entry("hyperband", "several halvings with different first rungs", _HALVING, "optuna.pruners:HyperbandPruner", paper="Li et al. 2018, Hyperband, JMLR 18(185)"),
    Entry("median", "stop what is worse than the median at the same epoch",
          (_host("startup", _COUNT, 5, "complete trials first"), _host("min_epochs", _COUNT, 3, "epochs before the first verdict")), "optuna.pruners:MedianPruner"),
    Entry("threshold", "stop what is worse than a fixed value",
          (_host("upper", Number(), None, "stop above this", optional=True), _host("lower", Number(), None, "stop below this", optional=True),
           _host("min_epochs", _COUNT, 3, "epochs before the first verdict")), "optuna.pruners:ThresholdPruner"),
)  # fmt: skip
