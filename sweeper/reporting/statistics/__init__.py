"""What a comparison of choices is worth: effects with intervals, tests that are corrected for their number, and the verdict."""
