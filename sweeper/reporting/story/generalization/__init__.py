"""Training against validation: gaps, shapes of curves, and whether a choice or its fit is at work."""
