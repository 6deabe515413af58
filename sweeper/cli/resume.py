"""`sweep resume`: go on with a sweep."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from sweeper.cli.options import home_option, json_option, sweep_argument


class More(click.ParamType[int]):
    """`+40`: so many trials more than the sweep has now."""

    name = "more trials"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not re.fullmatch(r"\+[1-9]\d*", str(value)):
            self.fail(f"'{value}' does not say how many more. Write --trials +40 for 40 trials more than now.", param, ctx)
        return int(value)


@click.command("resume")
@sweep_argument
@click.option("--trials", "more", type=More(), metavar="+N", help="Add N trials to what was planned.")
@click.option("--no-report", is_flag=True, help="Write no report at the end.")
@home_option
@json_option("the result, as `run --json` does,")
def command(name: str | None, more: int | None, no_report: bool, home: Path, as_json: bool) -> None:
    """Finish what a stop or a crash left, or add trials to a sweep."""
    from sweeper.cli.conduct import conduct
    from sweeper.search.resume import resume_sweep

    conduct(lambda watch: resume_sweep(home, name, more or 0, watch), report=not no_report, as_json=as_json)
