"""Options and arguments that several commands share, and what completes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


def home_option(command: Command) -> Command:
    """`--home DIR`, also after the command; as before it, it falls back on SWEEP_HOME and then on the current folder."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_home,
        help="Where the stores are.  [default: SWEEP_HOME, else the current folder]",
    )(command)


def _home(ctx: click.Context, _option: click.Parameter, given: Path | None) -> Path:
    above = ctx.find_root().params.get("home")
    return given if given is not None else above if isinstance(above, Path) else Path()


def json_option(what: str) -> Callable[[Command], Command]:
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as one JSON value.")


def sweep_argument(command: Command) -> Command:
    """NAME, which nobody needs to give when the newest sweep is meant."""
    return click.argument("name", required=False, metavar="[NAME]", shell_complete=names_of_sweeps)(command)


def space_argument(command: Command) -> Command:
    """SPACE: a file, a shipped space's name, or `file.py:function`."""
    return click.argument("space", metavar="SPACE", shell_complete=_spaces)(command)


def shipped_argument(command: Command) -> Command:
    return click.argument("name", required=False, metavar="[NAME]", shell_complete=_shipped)(command)


def names_of_sweeps(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from sweeper.tracking.home import Home

    home = ctx.params.get("home") or Path()
    return [CompletionItem(name) for name in Home.at(home).names() if name.startswith(incomplete)]


def _shipped(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from sweeper.spaces import shipped

    return [CompletionItem(name) for name in shipped.names() if name.startswith(incomplete)]


def _spaces(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names where one fits, else files: a shell that is told of both completes files alone."""
    return _shipped(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]


class Duration(click.ParamType[float]):
    """`90s`, `30m`, `2h`, `1h30m`; as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from sweeper.spaces.durations import seconds

        if isinstance(value, int | float):
            return float(value)
        found = seconds(value)
        if found is None:
            self.fail(f"'{value}' is not a duration. Write 90s, 30m, 2h or 1h30m.", param, ctx)
        return found


class Finite(click.ParamType[float]):
    """A number that is neither infinite nor NaN."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if number - number != 0:
            self.fail(f"'{value}' is not a number.", param, ctx)
        return number


class Lanes(click.ParamType[int]):
    """A number of lanes from 1, or `auto`, which is 0."""

    name = "lanes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto" or value == 0:
            return 0
        if not re.fullmatch(r"[1-9]\d{0,4}", str(value)):
            self.fail(f"'{value}' is no number of lanes. Write auto, or a number such as 8.", param, ctx)
        return int(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in ("auto", "1", "8") if name.startswith(incomplete)]


class Known(click.ParamType[str]):
    """One of a few names, the nearest of which is offered for any other. `names` is asked when a value is there."""

    def __init__(self, what: str, names: Callable[[], tuple[str, ...]]) -> None:
        self.name, self._names = what, names

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        names = self._names()
        if value not in names:
            from sweeper.spaces.wording import meant

            near = meant(str(value), names)
            hint = f" Did you mean '{near}'?" if near else ""
            self.fail(f"There is no {self.name} '{value}'.{hint} Known are: {', '.join(names)}.", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in self._names() if name.startswith(incomplete)]


class Device(click.ParamType[str]):
    """`cpu`, `gpu` or `gpu:N`."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        device = str(value).lower()
        if not re.fullmatch(r"cpu|gpu(:\d+)?", device):
            self.fail(f"'{value}' is not a device. Write cpu, gpu, or gpu:0 for the first one.", param, ctx)
        return device

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in ("cpu", "gpu", "gpu:0") if name.startswith(incomplete)]
