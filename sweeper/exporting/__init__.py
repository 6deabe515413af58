"""A trial leaves the tool: as a Keras model with its preprocessing inside, and as a plain script that trains it.

`worker.main` runs in a process of its own, because all of this needs Keras; the parent names it as a string.
"""
