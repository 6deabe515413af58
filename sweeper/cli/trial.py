"""`sweep trial`: one trial, its curves and what its worker wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sweeper.cli.options import home_option, json_option
from sweeper.errors import InputError

if TYPE_CHECKING:
    from sweeper.reporting.metrics.one_curve import Shape
    from sweeper.search.trial_view import TrialView
    from sweeper.search.view import SweepView

_SHOWN_FIRST = ("train_loss", "train_eval_loss", "val_loss")


@click.command("trial")
@click.argument("which", nargs=-1, required=True, metavar="[NAME] NUMBER")
@click.option("--log", "with_log", is_flag=True, help="Print its worker's log too, and the traceback of a fault.")
@home_option
@json_option("the trial, its curves with it,")
def command(which: tuple[str, ...], with_log: bool, home: Path, as_json: bool) -> None:
    """Show one trial: parameters, curves, how it ended."""
    from sweeper.cli.screen.output import say_json
    from sweeper.cli.screen.sweeps import trial_json
    from sweeper.search.view import open_sweep

    name, number = _parse(which)
    sweep = open_sweep(home, name)
    trial = sweep.trial(number)
    if trial is None:
        raise InputError(f"{sweep.name} has no trial {number}; {_numbers(sweep)}.")
    if as_json:
        shape = _shape(sweep, trial)
        more = {"curves": trial.curves, "shape": shape.label if shape else None, "message": trial.message}
        say_json({**trial_json(trial), **more, "log": _log(trial) if with_log else None})
        return
    _tell(sweep, trial)
    if with_log:
        click.echo()
        _tell_log(trial)


def _parse(which: tuple[str, ...]) -> tuple[str | None, int]:
    if len(which) > 2 or not which[-1].isdigit():
        raise click.UsageError(f"'{' '.join(which)}' does not name a trial. Write: sweep trial 17, or: sweep trial NAME 17.")
    return (which[0] if len(which) == 2 else None), int(which[-1])


def _numbers(sweep: SweepView) -> str:
    if not sweep.trials:
        return "it has none yet"
    return f"it has {sweep.trials[0].number} to {sweep.trials[-1].number}"


def _tell(sweep: SweepView, trial: TrialView) -> None:
    from sweeper.cli.screen.output import say
    from sweeper.cli.screen.text import clean, line, parameters

    unit = sweep.settings.unit
    epoch = f"best {unit} {trial.best_epoch} of {trial.epochs}" if trial.best_epoch is not None else f"{trial.epochs} {unit}s"
    state = trial.state.value if trial.reason in ("", "finished") else f"{trial.state.value} ({line(trial.reason)})"
    say(f"trial {trial.number}  {state}   {epoch}")
    say(f"  {parameters(trial.params)}")
    for text in _repeats(sweep, trial):
        say(f"  {text}")
    for text in _curves(sweep, trial):
        say(f"  {text}")
    say(f"  {_trained(sweep, trial)}")
    if trial.message:
        say(f"  {clean(trial.message)}")
    if trial.state.value == "FAILED":
        say(f"  the details: sweep trial {sweep.name} {trial.number} --log")


def _trained(sweep: SweepView, trial: TrialView) -> str:
    from sweeper.cli.screen.text import duration, line

    if sweep.settings.imported:
        return f"took {duration(trial.seconds)} where it was trained; imported from {line(sweep.settings.imported)}"
    return f"took {duration(trial.seconds)} on {line(trial.device or 'a device not yet known')}, attempt {trial.attempt}"


def _repeats(sweep: SweepView, trial: TrialView) -> list[str]:
    """What the trainings came to together, and a line for each; nothing where there is but one."""
    from sweeper.cli.screen.text import line, number, plural, with_spread

    if not trial.repeats:
        return []
    metric = line(sweep.settings.objective.metric)
    lines = [f"{metric} {with_spread(trial.value, trial.spread)} over {plural(len(trial.repeats), 'training')}"]
    for repeat in trial.repeats:
        fold = f", fold {repeat.fold}" if sweep.settings.folds > 1 else ""
        state = repeat.state.value if repeat.reason in ("", "finished") else f"{repeat.state.value} ({line(repeat.reason)})"
        best = "" if repeat.best_epoch is None else f", best {sweep.settings.unit} {repeat.best_epoch} of {repeat.epochs}"
        lines.append(f"  repeat {repeat.repeat}{fold}: {number(repeat.value)}   {state}{best}")
    return [*lines, "curves of repeat 0:"]


def _curves(sweep: SweepView, trial: TrialView) -> list[str]:
    from sweeper.cli.screen.sparkline import sparkline

    objective = sweep.settings.objective.metric
    measured = (f"val_{metric}" for metric in sweep.settings.objective.metrics)
    shown = [name for name in dict.fromkeys((*_SHOWN_FIRST, objective, *measured)) if name in trial.curves]
    width = max((len(name) for name in shown), default=0)
    shape = _shape(sweep, trial)
    looks = {objective: f": {shape.words}"} if shape and shape.words else {}
    curves = {name: sparkline([value for _, value in trial.curves[name]]) for name in shown}
    return [
        f"{name:<{width}}  {curve}   {_in_words(name, objective, trial, looks.get(name, ''))}" for name, curve in curves.items()
    ]


def _shape(sweep: SweepView, trial: TrialView) -> Shape | None:
    """What the curve looks like, of a trial that came to its end."""
    from sweeper.cli.screen.shapes import shapes_of_trials

    return shapes_of_trials(sweep, [trial]).get(trial.number)


def _in_words(name: str, objective: str, trial: TrialView, looks: str) -> str:
    """`0.121 at best, 0.164 at the end: overfits from epoch 9 on`, the last of which is `looks`; of a validation loss also what
    Keras's `fit` prints, which adds the penalty."""
    from sweeper.cli.screen.text import number

    curve = dict(trial.curves[name])
    last = curve[max(curve)]
    best_epoch = trial.repeats[0].best_epoch if trial.repeats else trial.best_epoch  # the curves are repeat 0's
    best = curve.get(best_epoch) if best_epoch is not None else None
    told = name == objective and best is not None
    words = (f"{number(best)} at best, {number(last)} at the end" if told else number(last)) + looks
    epoch = max(curve) if best is None else best_epoch
    penalty = dict(trial.curves.get("penalty", ())).get(epoch or 0, 0.0)
    value = last if best is None else best
    if name == "val_loss" and number(value + penalty) != number(value):
        words += f"; `fit` would print {number(value + penalty)}{'' if best is None else ' at best'}, with the penalty"
    return words


def _log(trial: TrialView) -> str:
    try:
        return trial.log.read_text(errors="replace") if trial.log else ""
    except OSError:
        return ""


def _tell_log(trial: TrialView) -> None:
    from sweeper.cli.screen.output import say

    for text in filter(None, (trial.trace.rstrip(), _log(trial).rstrip())):
        say(text)
