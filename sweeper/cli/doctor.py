"""`sweep doctor`: whether this machine is fit for sweeps."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from sweeper.cli.options import home_option, json_option

_MARKS = {True: "ok", False: "WRONG", None: "-"}


@click.command("doctor")
@home_option
@json_option("what was found")
def command(home: Path, as_json: bool) -> None:
    """Check the machine and the stores.

    Versions, devices, memory, disk, and whether the stores can be read. Leaves with status 1 if something is wrong.
    """
    from sweeper.cli.checks.devices import check_devices
    from sweeper.cli.checks.machine import check_machine
    from sweeper.cli.checks.stores import check_stores
    from sweeper.cli.screen.output import say, say_json

    findings = []
    for check in (check_machine(home), check_stores(home), check_devices()):
        for finding in check:
            findings.append(finding)
            if not as_json:
                say(f"{_MARKS[finding.good]:<6} {finding.topic:<13} {finding.says}")
                if finding.remedy:
                    say(f"{'':<20} {finding.remedy}")
    good = all(finding.good is not False for finding in findings)
    if as_json:
        say_json({"good": good, "findings": [dataclasses.asdict(finding) for finding in findings]})
    raise click.exceptions.Exit(0 if good else 1)
