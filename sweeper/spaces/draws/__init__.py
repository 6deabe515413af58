"""Our own draws over the tree: for trial number n and the sweep's seed, the parameters. No state that a resume would miss."""

from sweeper.spaces.draws.designs import Design, design

__all__ = ["Design", "design"]
