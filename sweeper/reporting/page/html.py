"""The report as one HTML page that needs no network and no scripts.

Everything that came from a user is text here and passes autoescaping; only the stylesheet, the script and the drawn SVG,
which are ours, are marked as safe. The page forbids itself everything else by its Content-Security-Policy.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sweeper.reporting.figures.palette import PALETTE
from sweeper.reporting.page.pictures import Pictures
from sweeper.reporting.story.blocks import GREY, Block, Details, Facts, Report, Table


def html(report: Report, drawn: Pictures, refresh: int = 0) -> str:
    """The page; with `refresh`, one that loads itself anew after so many seconds. The same report gives the same bytes."""
    environment = Environment(
        loader=PackageLoader("sweeper.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.globals["colour_class"] = colour_class
    environment.filters["breakable"] = breakable
    environment.filters["prose"] = prose
    macros: Any = environment.get_template("blocks.html").module
    script = Markup(environment.get_template("sort.js").render())
    return environment.get_template("index.html").render(
        report=report,
        titles={section.key: section.title for section in report.sections},
        style=_style(environment),
        script=script,
        script_hash=_hash(script),
        write=lambda block: _write(macros, block, drawn),
        refresh=refresh,
    )


def colour_class(place: int) -> str:
    return f"choice choice-{'grey' if place == GREY else place}"


def breakable(text: str) -> Markup:
    """A dotted path that may break after a dot or an underscore, and nowhere else before it must."""
    return Markup("<wbr>").join(escape(part) for part in re.split(r"(?<=[._])(?=\w)", text))


def prose(text: str) -> Markup:
    """A sentence, in which a line never ends within an option of a command (`--trials`)."""
    option = Markup('<span class="option">{}</span>')
    parts = re.split(r"(?<!\S)(--[a-z][a-z-]*)", text)
    return Markup("").join(option.format(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def _write(macros: Any, block: Block, drawn: Pictures) -> Markup:
    if isinstance(block, Table):
        return Markup(macros.table(block))
    if isinstance(block, Facts):
        return Markup(macros.facts(block))
    if isinstance(block, Details):
        return Markup(macros.details(block))
    own = drawn[block.key]
    return Markup(macros.figure(block, Markup(own.wide), Markup(own.narrow)))


def _style(environment: Environment) -> Markup:
    light, dark = (" ".join(f"--{name}: {pair[mode]};" for name, pair in PALETTE.items()) for mode in (0, 1))
    places = [name.removeprefix("choice-") for name in PALETTE if name.startswith("choice-")]
    return Markup(environment.get_template("style.css").render(light=Markup(light), dark=Markup(dark), places=places))


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
