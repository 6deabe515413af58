"""`sweep run`: run a sweep."""

from __future__ import annotations

from typing import Any

import click

from sweeper.cli.options import Device, Duration, Finite, Known, Lanes, home_option, json_option, space_argument

_COUNT = click.IntRange(min=1)


def _samplers() -> tuple[str, ...]:
    from sweeper.catalogue.searching import SAMPLERS

    return tuple(entry.name for entry in SAMPLERS)


def _pruners() -> tuple[str, ...]:
    from sweeper.catalogue.searching import PRUNERS

    return ("none", *(entry.name for entry in PRUNERS))


@click.command("run")
@space_argument
@click.option("--name", metavar="N", help="The sweep's name.  [default: the space's name]")
@click.option("--trials", type=_COUNT, metavar="N", help="How many configurations to try.")
@click.option("--epochs", type=_COUNT, metavar="N", help="Epochs of a full trial.")
@click.option("--time", "seconds", type=Duration(), metavar="T", help="Start no more trials after this: 30m, 2h.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="The same seed gives the same sweep."
)
@click.option(
    "--workers", type=_COUNT, metavar="N", help="Processes that train at the same time.  [default: chosen for this machine]"
)
@click.option(
    "--lanes",
    type=Lanes(),
    default="auto",
    show_default=True,
    metavar="N",
    help="Trials of one structure that a program trains side by side; auto: as many as pay.",
)
@click.option("--device", type=Device(), metavar="D", help="cpu, gpu or gpu:N.  [default: a GPU if there is one]")
@click.option(
    "--backend",
    type=click.Choice(["tensorflow", "jax"]),
    default="tensorflow",
    show_default=True,
    help="What compiles the training.",
)
@click.option(
    "--executor",
    type=click.Choice(["local", "inline"]),
    default="local",
    show_default=True,
    help="Train in processes of this machine, or in this one, for a debugger.",
)
@click.option("--sampler", type=Known("sampler", _samplers), metavar="S", help="How parameters are drawn.")
@click.option("--pruner", type=Known("pruner", _pruners), metavar="P", help="When a trial is stopped early.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Another value for one place of the space; repeatable."
)
@click.option("--until", type=Finite(), metavar="VALUE", help="Stop as soon as a trial reaches this value of the objective.")
@click.option("--dry-run", is_flag=True, help="Show what would be done and the first trials; start and write nothing.")
@click.option("--profile", is_flag=True, help="Say at the end where the time went.")
@click.option("--no-report", is_flag=True, help="Write no report at the end.")
@home_option
@json_option("the result")
def command(dry_run: bool, profile: bool, no_report: bool, as_json: bool, **options: Any) -> None:
    """Run a sweep: train every trial of SPACE.

    SPACE is a file, the name of a space that comes with the tool (`sweep spaces`), or file.py:function.
    """
    from sweeper.search.request import SweepRequest

    request = SweepRequest(source=options.pop("space"), **options)
    if dry_run:
        from sweeper.cli.dry_run import dry_run as show

        show(request, as_json)
        return
    from sweeper.cli.conduct import conduct
    from sweeper.search.sweep import run_sweep

    conduct(lambda watch: run_sweep(request, watch), report=not no_report, as_json=as_json, profile=profile)
