#!/usr/bin/env python3
"""The entry from a checkout: `./sweep.py run ...` is what `sweep run ...` is once installed.

Spawned workers import this file again as their `__main__`, so it stays light and does nothing unless it is run.
"""

from sweeper.cli.main import main

if __name__ == "__main__":
    main()
