"""Where parameters come from: our designs, or one of Optuna's samplers over a study in memory. Imports Optuna."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState as OptunaState

from sweeper.errors import InputError
from sweeper.records import Reason, State, Value
from sweeper.search.extras import check_sampler
from sweeper.search.plans import BASELINE, CONFIRM, Proposal
from sweeper.seeds import derive
from sweeper.spaces import Drawn, Range, SearchSpace
from sweeper.spaces.draws import Design
from sweeper.spaces.suggesting import Chosen
from sweeper.tracking.combined import Combined
from sweeper.tracking.replay import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Source(Protocol):
    """Proposes trials. Asked in the order of numbers; `tell` is called in the order of numbers too, before the `ask` from
    which on an outcome counts."""

    def ask(self, number: int) -> Proposal | None:
        """Trial `number`, or None where there are no more."""

    def know(self, trial: TrialState) -> None:
        """A trial that an earlier run asked for, instead of `ask`."""

    def tell(self, ended: Combined) -> None:
        """How a trial ended, with all its repeats."""


class Designed:
    """Draws that are fixed from the start; behind a baseline they begin at trial 1."""

    def __init__(self, space: SearchSpace, design: Design, name: str, baseline: Drawn | None) -> None:
        self._space, self._design, self._name, self._baseline = space, design, name, baseline

    def ask(self, number: int) -> Proposal | None:
        if number == 0 and self._baseline is not None:
            return Proposal(0, self._baseline, BASELINE)
        place = number - (self._baseline is not None)
        parameters = self._design.parameters(place)
        if parameters is None:
            return None
        return Proposal(number, self._space.at(parameters), self._name, self._design.block(place))

    def know(self, trial: TrialState) -> None:
        """Nothing to do: a design learns nothing."""

    def tell(self, ended: Combined) -> None:
        """Nothing to do: a design learns nothing."""


class Listed:
    """Configurations that are known: one trial each, in their order."""

    def __init__(self, space: SearchSpace, configurations: Sequence[Mapping[str, Value]]) -> None:
        self._space, self._configurations = space, configurations

    def ask(self, number: int) -> Proposal | None:
        if number >= len(self._configurations):
            return None
        return Proposal(number, self._space.at(self._configurations[number]), CONFIRM)

    def know(self, trial: TrialState) -> None:
        """Nothing to do: all is known."""

    def tell(self, ended: Combined) -> None:
        """Nothing to do: nothing is learned."""


class Sampled:
    """An Optuna sampler, made anew for every trial and seeded by the sweep's seed and the trial's number.

    A sampler that was used before has a state that no stop or crash would survive; a fresh one proposes what depends on
    the told trials alone, so that an interrupted sweep proposes what an undisturbed one would have.
    """

    def __init__(
        self,
        space: SearchSpace,
        name: str,
        settings: Mapping[str, Any],
        seed: int,
        maximize: bool,
        baseline: Drawn | None,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        """`given` are values that are not drawn. Raises InputError where a package is missing that the sampler needs."""
        check_sampler(name)
        self._space, self._name, self._settings, self._seed, self._baseline = space, name, settings, seed, baseline
        self._given = given or {}
        self._storage = optuna.storages.InMemoryStorage()
        self._study = optuna.create_study(
            storage=self._storage,
            sampler=optuna.samplers.RandomSampler(seed=seed),
            pruner=optuna.pruners.NopPruner(),
            direction="maximize" if maximize else "minimize",
        )
        self._told = 0

    def ask(self, number: int) -> Proposal:
        assert number == len(self._study.get_trials(deepcopy=False)), "trials are asked for in the order of their numbers"
        if number == 0 and self._baseline is not None:
            self._place(self._baseline)
            return Proposal(0, self._baseline, BASELINE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the options are Optuna's experimental ones, and chosen knowingly
            self._study.sampler = make_sampler(self._name, self._settings, derive(self._seed, "sampler", number))
            drawn = self._space.configure(Chosen(self._given, _FromTrial(self._study.ask())))
        started = self._told < int(self._settings.get("startup", 0))
        return Proposal(number, drawn, "startup" if started else self._name)

    def know(self, trial: TrialState) -> None:
        """CMA-ES keeps its state beside the trials it proposed, so it proposes them again; others only need the values."""
        assert trial.plan is not None
        if self._name == "cmaes":
            self.ask(len(self._study.get_trials(deepcopy=False)))
        else:
            self._place(self._space.at(trial.plan.parameters))

    def tell(self, ended: Combined) -> None:
        """A diverged trial is told as pruned, without a value, which TPE ranks behind all others; told as failed it would be
        ignored, and the sampler would go on proposing what diverges."""
        outcome, number = ended.outcome, self._told
        assert outcome is not None
        self._told += 1
        if outcome.state is State.COMPLETE:
            self._study.tell(number, outcome.value)
        elif outcome.state is State.FAILED:
            self._study.tell(number, state=OptunaState.FAIL)
        else:
            if outcome.reason is not Reason.DIVERGED and outcome.last is not None:
                asked = self._storage.get_trial_id_from_study_id_trial_number(0, number)
                self._storage.set_trial_intermediate_value(asked, outcome.epochs, outcome.last)
            self._study.tell(number, state=OptunaState.PRUNED)

    def _place(self, drawn: Drawn) -> None:
        distributions = distributions_of(self._space, drawn.parameters)
        asked = [name for name in drawn.parameters if name not in self._given]
        self._study.add_trial(
            optuna.trial.create_trial(
                state=OptunaState.RUNNING,
                params={name: drawn.parameters[name] for name in asked},
                distributions={name: distributions[name] for name in asked},
            )
        )


def make_sampler(name: str, settings: Mapping[str, Any], seed: int) -> optuna.samplers.BaseSampler:
    """Optuna's sampler with everything that matters said explicitly, for its defaults change between versions."""
    startup = int(settings.get("startup", 10))
    if name == "tpe":
        # Multivariate within the groups of parameters that occur together: right for a tree, whose branches exclude each other.
        # The liar counts running trials as bad ones, so that several workers do not all try the same spot.
        return optuna.samplers.TPESampler(
            n_startup_trials=startup, multivariate=True, group=True, constant_liar=True, seed=seed
        )
    if name == "gp":
        return optuna.samplers.GPSampler(n_startup_trials=startup, seed=seed)
    if name == "cmaes":
        return optuna.samplers.CmaEsSampler(n_startup_trials=startup, warn_independent_sampling=False, seed=seed)
    raise InputError(f"no sampler is called {name!r}")


class _FromTrial:
    """Suggestions of an Optuna trial."""

    def __init__(self, trial: optuna.Trial) -> None:
        self._trial = trial

    def number(self, name: str, range: Range) -> int | float:
        if range.kind == "int":
            step = int(range.step or 1)
            return self._trial.suggest_int(name, int(range.low), int(range.high), step=step, log=range.log)
        return self._trial.suggest_float(name, range.low, range.high, step=range.step, log=range.log)

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        chosen: Value = self._trial.suggest_categorical(name, options)
        return chosen


class _Recording:
    """Known values, and what each could have been."""

    def __init__(self, parameters: Mapping[str, Value]) -> None:
        self._parameters = parameters
        self.distributions: dict[str, BaseDistribution] = {}

    def number(self, name: str, range: Range) -> int | float:
        if range.kind == "int":
            step = int(range.step or 1)
            self.distributions[name] = IntDistribution(int(range.low), int(range.high), log=range.log, step=step)
        else:
            self.distributions[name] = FloatDistribution(range.low, range.high, log=range.log, step=range.step)
        value = self._parameters[name]
        assert isinstance(value, int | float)
        return value

    def option(self, name: str, options: Sequence[Value]) -> Value:
        self.distributions[name] = CategoricalDistribution(tuple(options))
        return self._parameters[name]


def distributions_of(space: SearchSpace, parameters: Mapping[str, Value]) -> dict[str, BaseDistribution]:
    """What each of a trial's parameters could have been, as Optuna says it."""
    recording = _Recording(parameters)
    space.configure(recording)
    return recording.distributions
