"""The choices against each other, and what fresh seeds make of the best."""
