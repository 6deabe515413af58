"""`sweep spaces`: the spaces that come with the tool."""

from __future__ import annotations

from pathlib import Path

import click

from sweeper.cli.options import shipped_argument
from sweeper.errors import InputError, did_you_mean


@click.command("spaces")
@shipped_argument
@click.option("--copy", "target", type=click.Path(path_type=Path), metavar="FILE", help="Copy it to FILE, to change it there.")
@click.option("--json", "as_json", is_flag=True, help="Print the names and questions as one JSON value.")
def command(name: str | None, target: Path | None, as_json: bool) -> None:
    """Show the spaces that come with the tool, print one, or copy it."""
    from sweeper.cli.screen.output import say

    if name is None:
        if target is not None:
            raise click.UsageError("Which space is to be copied? Write: sweep spaces NAME --copy FILE.")
        _tell_all(as_json)
    elif target is None:
        say(_file(name).read_text().rstrip("\n"))
    else:
        _copy(_file(name), target)


def _file(name: str) -> Path:
    from sweeper.spaces import shipped

    found = shipped.find(name)
    if found is None:
        known = shipped.names()
        raise InputError(f"There is no shipped space '{name}'.{did_you_mean(name, known)} Shipped are: {', '.join(known)}.")
    return found


def _tell_all(as_json: bool) -> None:
    from sweeper.cli.screen.output import say_json, say_table
    from sweeper.spaces import read_space, shipped

    found = [(name, read_space(name).header) for name in shipped.names()]
    if as_json:
        say_json([{"name": name, "question": header.get("question", "")} for name, header in found])
    else:
        say_table(("space", "question"), [(name, header.get("question", "")) for name, header in found])


def _copy(source: Path, target: Path) -> None:
    """The space, and beside it the files of its data, whose paths count from the space."""
    import shutil

    from sweeper.cli.screen.output import remark
    from sweeper.spaces import read_space

    data = [
        source.parent / str(settings["file"]) for settings in read_space(source).data.values() if "file" in (settings or {})
    ]
    pairs = [(source, target), *((file, target.parent / file.name) for file in data)]
    for _, new in pairs:
        if new.exists():
            raise InputError(f"{new} is there already. Choose another place, or remove it first.")
    for old, new in pairs:
        try:
            shutil.copyfile(old, new)
        except OSError as error:
            for _, made in pairs:
                made.unlink(missing_ok=True)
            raise InputError(f"{new} cannot be written: {error.strerror}.") from error
    remark(f"Wrote {', '.join(str(new) for _, new in pairs)}. Run it with: sweep run {target}")
