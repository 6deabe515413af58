"""Every column of the frames: unit, range, and why a value can be missing. `*` stands for the rest of a name."""

from __future__ import annotations

from sweeper.reporting.choice_columns import CHOICES, CONVERGENCE, PAIRS, SPEED
from sweeper.reporting.column import Column
from sweeper.reporting.fit_columns import FIT
from sweeper.reporting.layer_columns import LAYERS, SIGNAL

_LOGGED = "the run did not log it"
_CURVE = "the run failed or still runs, or has no finite validation value (see the `_reason` column)"

_BOTH = (
    Column("attempt", "the try this row stands for, the last one", range=">= 1"),
    Column("run_id", "MLflow's id of the run"),
    Column("name", "the run's name"),
    Column(
        "state",
        "how it stands; RUNNING also where it was stopped and can be resumed",
        range="RUNNING, COMPLETE, PRUNED, FAILED",
    ),
    Column(
        "reason",
        "why it ended",
        range="finished, early_stop, pruner, diverged, target (imported: stopped at the named target), out_of_memory, error, "
        "crashed, timeout",
        missing="empty while it runs",
    ),
    Column("phase", "how its parameters were found", range="baseline, paired, startup, tpe ...", missing="empty if not logged"),
    Column("block", "the set of nuisance values it belongs to", range=">= 0", missing="the sampler draws no blocks"),
    Column("structure", "what fixes its compiled program", missing="empty if not logged"),
    Column("worker", "the worker that trained it", missing="empty if not logged"),
    Column("device", "the device that trained it", missing="empty if not logged"),
    Column("choice", "the compared values, joined by ' · '", missing="empty in a sweep without `compare`"),
    Column(
        "value",
        "the objective at the best epoch, as the sweep logged it",
        unit="the objective's",
        missing="diverged at once, failed or running",
    ),
    Column("value_last", "the objective at the last epoch", unit="the objective's", missing=_LOGGED),
    Column("best_epoch", "first epoch with the best validation value", unit="epochs", range=">= 1", missing=_CURVE),
    Column("best_epoch_logged", "best epoch as the sweep logged it", unit="epochs", range=">= 0", missing=_LOGGED),
    Column("epochs", "epochs trained", unit="epochs", range=">= 0", missing=_LOGGED),
    Column("seconds_wall", "from the run's start to its end", unit="seconds", range=">= 0", missing="still running"),
    Column("seconds_*", "spent on compile, train, evaluate, probe", unit="seconds", range=">= 0", missing=_LOGGED),
    Column(
        "test_*",
        "a metric on the test part, once, at the best epoch; never used to choose",
        unit="the metric's",
        missing="no test part, or not measured",
    ),
    Column("params.*", "a parameter; numbers where all its values are, else text", missing="does not apply to this trial"),
    Column("best.*", "a per-epoch metric at best_epoch", unit="the metric's", missing="not logged at that epoch"),
    Column("end.*", "a per-epoch metric at the last usable epoch", unit="the metric's", missing="not logged at that epoch"),
    Column(
        "gap_best",
        "validation minus training at best_epoch, both loss-like",
        unit="loss, or error points",
        range="any; negative is legal",
        missing=_CURVE,
    ),
    Column(
        "gap_end",
        "validation minus training at the last usable epoch",
        unit="loss, or error points",
        range="any; negative is legal",
        missing=_CURVE,
    ),
    Column(
        "gap_source",
        "training curve used: train_eval, or train (then the gap is approximate)",
        range="train_eval, train",
        missing="empty where no training curve was logged",
    ),
    Column(
        "given_back",
        "loss-like validation value at the end minus the best one",
        unit="loss, or error points",
        range=">= 0",
        missing=_CURVE,
    ),
    Column("epochs_wasted", "epochs trained past the best one", unit="epochs", range=">= 0", missing=_CURVE),
    Column("wasted_frac", "epochs_wasted as a share of the epochs", range="0 to below 1", missing=_CURVE),
    Column(
        "noise",
        "standard deviation of a single validation value around the curve's course",
        unit="loss, or error points",
        range=">= 0",
        missing="fewer than 5 evaluations",
    ),
    Column(
        "overfit_onset",
        "first epoch from which validation is worse than it was, by 2 % and 3 times its noise, in 3 evaluations at least",
        unit="epochs",
        range=">= 1",
        missing="there is none, or it cannot be told",
    ),
    Column(
        "overfit_severity",
        "how much worse validation is at the end than at its best",
        unit="per cent of the best",
        range=">= 0",
        missing=_CURVE + ", or the best is 0",
    ),
    Column("recovered", "whether validation was better again after the onset", range="true, false", missing=_CURVE),
    Column(
        "final_slope",
        "slope of the best value so far over the last fifth of the evaluations (Theil and Sen)",
        unit="loss, or error points, an epoch",
        range="<= 0",
        missing="fewer than 5 evaluations",
    ),
    Column(
        "plateau",
        "whether training longer would have helped",
        range="still improving, plateaued, unclear",
        missing="empty for fewer than 10 evaluations",
    ),
    Column(
        "epochs_to_own_best",
        "first epoch at which 95 % of the run's own improvement on its start was made; fast is not good",
        unit="epochs",
        range=">= 1",
        missing=_CURVE + ", never improved, or its start is not known",
    ),
    Column(
        "alc",
        "area under the learning curve: mean distance of the best value so far to the best of the sweep, as a share of what "
        "lies between guessing (or the usual start) and that best; lower is faster and better",
        range="0 to 1",
        missing=_CURVE + ", or the start is not known",
    ),
    Column("spikes", "jumps of training that passed", range=">= 0", missing=_CURVE),
    *FIT,
    Column(
        "label",
        "what the curve looks like, in a word (see the glossary)",
        range="diverged, too short to tell, never learned, still improving, memorising, unstable, overfits, then "
        "recovers, overfits, gap, healthy",
        missing="empty: it failed or still runs, or has no finite validation value",
    ),
    Column(
        "diverged_epoch",
        "first epoch whose validation value is not finite",
        unit="epochs",
        range=">= 1",
        missing="all are finite",
    ),
    Column("seconds_per_epoch", "mean of the training seconds of an epoch", unit="seconds", range=">= 0", missing=_LOGGED),
    Column("*_reason", "why the value beside it is missing: a word or a sentence", missing="empty where there is a value"),
)

_RUNS = (
    Column("trial", "the trial's number", range=">= 0"),
    Column("repeat", "which training of the trial's configuration", range=">= 0"),
    Column("fold", "the fold of the data that it validates on", range=">= 0"),
    Column("epochs_to_target", "its first epoch at the common target", unit="epochs", range=">= 1", missing="not reached"),
    Column(
        "seconds_to_target",
        "training seconds at epochs_to_target, as they were logged, else epochs times the mean seconds of an epoch",
        unit="seconds",
        range=">= 0",
        missing="not reached, or no training seconds",
    ),
)

_TRIALS = (
    Column("number", "the trial's number", range=">= 0"),
    Column("repeats", "trainings of its configuration that were begun: with other seeds, or on other folds", range=">= 1"),
    Column(
        "trial_value",
        "`value` of a trial that is COMPLETE",
        unit="the objective's",
        missing="the trial is not COMPLETE (see trial_value_reason)",
    ),
    Column("trial_value_reason", "why trial_value is missing", missing="empty where there is a value"),
    Column(
        "spread",
        "standard deviation of `value` between the trial's repeats",
        unit="the objective's",
        range=">= 0",
        missing="fewer than two repeats have a value",
    ),
    Column(
        "epochs_to_target",
        "first epoch at the common target",
        unit="epochs",
        range=">= 1",
        missing="not reached (see epochs_to_target_reason)",
    ),
    Column(
        "epochs_to_easy_target",
        "the same for the target that 75 % of the trials reach",
        unit="epochs",
        range=">= 1",
        missing="not reached",
    ),
    Column(
        "epochs_to_hard_target",
        "the same for the target that 25 % of the trials reach",
        unit="epochs",
        range=">= 1",
        missing="not reached",
    ),
    Column(
        "seconds_to_target",
        "training seconds at epochs_to_target: of several repeats the mean of theirs there; as they were logged, else epochs "
        "times the mean seconds of an epoch; without compiling and evaluating",
        unit="seconds",
        range=">= 0",
        missing="not reached, or no training seconds",
    ),
)

# Of a trial with several repeats a value is their mean, an epoch their lower median, `epochs` the longest and seconds are their
# sum; what one of them lacks is missing. Where `sweep.unit` is another (imported curves), an epoch is a step or a second.
RUNS = (*_RUNS, *_BOTH)
TRIALS = (*_TRIALS, *_BOTH)

EPOCHS = (
    Column("trial", "the trial's number", range=">= 0"),
    Column("repeat", "the repeat", range=">= 0"),
    Column("epoch", "the epoch; 0 is the state before training", unit="epochs", range=">= 0"),
    Column("time", "when it was logged", unit="Unix milliseconds"),
    Column("metric", "the metric's full name (val_loss); like split and name a category of pandas"),
    Column(
        "split",
        "the part it was measured on",
        range="train (while training), train_eval (inference), val, empty",
        missing="empty: belongs to no part",
    ),
    Column("name", "the metric's name without the part (loss)"),
    Column("value", "its value", unit="the metric's", missing="NaN and infinities are values here: the loss was not finite"),
)

FINDINGS = (
    Column("id", "a name of its own in this report: the section and a number (choices-1)"),
    Column("section", "the section that shows it"),
    Column(
        "strength",
        "settled by the report's rules, open (nothing could be decided), or descriptive: no test of chance stands behind it",
        range="settled, open, descriptive",
    ),
    Column("verdict", "the verdict, as in `pairs` and `speed`", missing="empty where nothing was judged"),
    Column("sentence", "the finding in words, with its counts"),
    Column("evidence", "the row or the counts behind it, as JSON; null where a number is not finite"),
    Column("caveats", "what holds for the report as a whole: trials that are missing or still run", missing="empty: nothing"),
)

COLUMNS = {
    "trials": TRIALS,
    "runs": RUNS,
    "epochs": EPOCHS,
    "pairs": PAIRS,
    "choices": CHOICES,
    "convergence": CONVERGENCE,
    "speed": SPEED,
    "findings": FINDINGS,
    "layers": LAYERS,
    "signal": SIGNAL,
}


def described(frame: str, column: str) -> Column | None:
    """The description of a column: its own, else the first pattern that fits."""
    own = [known for known in COLUMNS[frame] if known.name == column]
    return own[0] if own else next((known for known in COLUMNS[frame] if _fits(known.name, column)), None)


def _fits(pattern: str, column: str) -> bool:
    start, star, end = pattern.partition("*")
    return bool(star) and column.startswith(start) and column.endswith(end)
