"""A report written down: as one HTML page, as Markdown, and as terminal text, from the same values."""
