"""The search itself: whether it can be trusted, who won, what matters, and what to spend next."""
