"""Reports with fewer pictures than they have: drawing takes more than all the rest."""

from __future__ import annotations

import pytest


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are empty."""
    from sweeper.reporting.figures import draw
    from sweeper.reporting.figures.drawn import Drawn

    monkeypatch.setattr(draw, "draw", lambda values: Drawn("<svg></svg>", "<svg></svg>", b""))


@pytest.fixture
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure is drawn for a wide page alone, not for a phone and as a picture too."""
    from sweeper.reporting.figures import draw
    from sweeper.reporting.figures.drawn import Drawn

    monkeypatch.setattr(draw, "draw", lambda values: Drawn(draw.inline(values, narrow=False), "<svg></svg>", b""))
