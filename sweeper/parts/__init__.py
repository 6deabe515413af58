"""Named parts of a training: initializers, penalties, update rules, schedules, noise and measures."""
