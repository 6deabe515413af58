"""What a report may hold, whatever names its sweep has."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

from sweeper.reporting import SECTIONS, SweepFrames
from sweeper.reporting.page.terminal import section_lines
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell_section

WILD = '<script>alert(1)</script>" onload="x" </style>\n\x1b[31m=cmd()\u202e{{7*7}} $\\frac{a}{b}$ `x` [a](http://x.y)'


class Parts(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script" and not self.scripts[-1]:
            self.scripts[-1] = data


def parsed(page: str) -> Parts:
    parts = Parts()
    parts.feed(page)
    return parts


def assert_inert(page: str) -> None:
    """One script, ours; no attribute that runs anything; no address outside the page."""
    parts = parsed(page)
    assert len(parts.scripts) == 1
    policy = next(attributes["content"] for tag, attributes in parts.elements if tag == "meta" and attributes.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(parts.scripts[0].encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    for tag, attributes in parts.elements:
        assert tag not in ("iframe", "object", "embed", "link", "img", "image", "form", "base"), tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "xlink:href"):
                assert (value or "").startswith("#"), (tag, name, value)


def every_section(frames: SweepFrames, width: int) -> str:
    """All sections as the terminal shows them."""
    subject = Subject(frames)
    return "\n".join(line for key in SECTIONS for line in section_lines(tell_section(subject, key), width))
