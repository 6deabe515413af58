"""Several sweeps beside each other: what they share, what may be compared of them, and what differs."""
