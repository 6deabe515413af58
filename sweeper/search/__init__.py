"""The parent's story: ask, group, submit, judge, tell."""
