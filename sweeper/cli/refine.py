"""`sweep refine`: write the next space from what a sweep has shown."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sweeper.cli.options import home_option, json_option, sweep_argument
from sweeper.errors import InputError

if TYPE_CHECKING:
    from sweeper.reporting.refining.propose import Proposal


@click.command("refine")
@sweep_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write the space to FILE, or to stdout with -.  [default: NAME-r2.yaml here]",
)
@home_option
@json_option("the changes")
def command(name: str | None, out: Path | None, home: Path, as_json: bool) -> None:
    """Write the next space: what the trials of a sweep say about its space.

    Ranges are widened where the best trials lie at an end, what is clearly worse is dropped, what is settled is fixed, and what
    is undecided gets more trials. Each change stands under a comment with its reason; without evidence nothing is changed.
    """
    from sweeper.cli.reports import folder_of, frames_of
    from sweeper.cli.screen.output import remark, say, say_json
    from sweeper.cli.screen.text import from_here
    from sweeper.reporting.reading.space import space_of
    from sweeper.reporting.refining.next_space import next_space
    from sweeper.reporting.refining.propose import propose
    from sweeper.reporting.story.subject import Subject
    from sweeper.spaces.revising import with_absolute_paths

    frames = frames_of(home, name)
    if frames.sweep.imported:
        raise InputError(f"{frames.sweep.name} was imported from {frames.sweep.about['imported']}: it has no space to refine.")
    subject, folder = Subject(frames), folder_of(home, frames.sweep.name)
    space = space_of(frames.sweep, folder or Path())
    found = propose(subject, space)
    if frames.sweep.running:
        remark(f"{frames.sweep.name} is not over: what its trials say may change.")
    bare = out is not None and str(out) == "-"
    if as_json and bare:
        raise click.UsageError("--json and --out - are two things for one stdout; give one of them.")
    if not found.changes or space is None:
        if as_json:
            say_json(_json(frames.sweep.name, found, None))
        else:
            _tell(frames.sweep.name, found)
        if space is None and found.changes:
            raise InputError(
                f"The space of {frames.sweep.name} is a Python function ({frames.sweep.source}), which is yours to change; "
                "nothing was written."
            )
        raise click.exceptions.Exit(1)
    default = Path(_next_name(frames.sweep.name))
    target = default if out is None or bare else out
    text = next_space(subject, space, found, str(target))
    if folder is not None and (bare or target.absolute().parent.resolve() != folder.resolve()):
        text = with_absolute_paths(text, folder)
    if bare:
        say(text.rstrip("\n"))
        return
    _write(target, text)
    if as_json:
        say_json(_json(frames.sweep.name, found, target))
        return
    _tell(frames.sweep.name, found)
    if folder is None:
        remark("The sweep was run elsewhere: paths in its space, if there are any, count from the new file now.")
    say(f"  wrote      {target}")
    say(f"  next       sweep run {target}{from_here(home)}")


def _tell(sweep: str, found: Proposal) -> None:
    from sweeper.cli.screen.output import say
    from sweeper.cli.screen.text import line, plural

    if not found.changes:
        say(f"{line(sweep)}: nothing in its trials calls for another space, so none is written.")
    else:
        say(f"{line(sweep)}: {plural(len(found.changes), 'change')}")
    for change in found.changes:
        say(f"  {line(change.path)}   {line(change.says)}")
        say(f"             {line(change.reason)}")
    for sentence in found.open:
        say(f"  open       {line(sentence)}")
    if found.untold:
        say(f"  note       {line(found.untold)}")


def _json(sweep: str, found: Proposal, file: Path | None) -> dict[str, Any]:
    return {
        "sweep": sweep,
        "file": None if file is None else str(file),
        "changes": [{"path": one.path, "says": one.says, "reason": one.reason} for one in found.changes],
        "open": list(found.open),
    }


def _next_name(sweep: str) -> str:
    """`digits-mlp-r2.yaml` for the second round of digits-mlp, and so on."""
    from sweeper.tracking.home import file_name

    sweep = file_name(sweep)
    round_ = re.fullmatch(r"(.+)-r(\d{1,6})", sweep)
    return f"{round_[1]}-r{int(round_[2]) + 1}.yaml" if round_ else f"{sweep}-r2.yaml"


def _write(target: Path, text: str) -> None:
    """A new file; an old one is never replaced. Raises InputError."""
    try:
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise InputError(f"{target} is there already. Choose another place with --out, or remove it first.") from None
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}. Choose another place with --out.") from error
    try:
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise InputError(f"{target} cannot be written: {error.strerror}. Choose another place with --out.") from error
