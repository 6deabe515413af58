"""How fast the trials came to a target that is common to all."""
