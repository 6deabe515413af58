"""Reports with fewer pictures than they have: drawing takes more than all the rest."""

from __future__ import annotations

import pytest


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are empty."""
    from sweeper.reporting.page import pictures

    monkeypatch.setattr(pictures, "draw", lambda values, narrow: "<svg></svg>")
    monkeypatch.setattr(pictures, "picture", lambda values: b"")


@pytest.fixture
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure is drawn for a wide page alone, not for a phone and as a picture too."""
    from sweeper.reporting.page import pictures

    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda values, narrow: "<svg></svg>" if narrow else draw(values, narrow))
    monkeypatch.setattr(pictures, "picture", lambda values: b"")
