"""The sections of a report, in the order of reading; `sweep report NAME --section` takes their names."""

SECTIONS = (
    "summary",
    "run",
    "trust",
    "noise",
    "winner",
    "confirmation",
    "choices",
    "overfitting",
    "fit",
    "convergence",
    "stability",
    "signal",
    "importance",
    "ablation",
    "budget",
    "trials",
    "method",
    "glossary",
)

OF_A_SEARCH = ("trust", "choices", "importance", "ablation")
"""What is asked of a search; a sweep that trains chosen configurations again searches for nothing."""
