"""Learners: the rule by which a batch becomes gradients, as pure functions of a state."""
