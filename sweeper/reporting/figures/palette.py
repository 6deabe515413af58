"""The colours of all figures and of the page.

They were chosen for distance under simulated protanopia, deuteranopia and tritanopia, with a contrast of at least 4.3 on the
page.
"""

from __future__ import annotations

PALETTE = {
    "page": ("#fdfdfb", "#15181b"),
    "ink": ("#1c2127", "#e8eaec"),
    "second": ("#59626d", "#a3abb4"),
    "hairline": ("#dfe2e5", "#30363c"),
    "grid": ("#e9ebed", "#282d32"),
    "choice-0": ("#3f454d", "#e0e4e8"),
    "choice-1": ("#3b6fe0", "#6ea2ff"),
    "choice-2": ("#0a8754", "#3cc78a"),
    "choice-3": ("#b8500b", "#ea9440"),
    "choice-4": ("#b8399e", "#e07fcb"),
    "choice-grey": ("#7b848e", "#868f98"),
    "look": ("#9a5b00", "#e5b45a"),
}
"""Name -> (light, dark)."""
