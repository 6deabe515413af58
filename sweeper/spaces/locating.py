"""From a name back to its place in the file, for errors that are found after reading."""

from __future__ import annotations

from sweeper.spaces.nodes import Given, Mapping


def locate(root: Given, path: str) -> Given:
    """The node that the dotted name stands for, or the deepest one on the way to it."""
    node, waiting = root, path.split(".")
    while waiting and isinstance(node, Mapping):
        inner = node.get(waiting[0])
        if inner is not None:
            node, waiting = inner, waiting[1:]
        elif (choice := node.get("choice")) is not None:
            node = choice
        elif len(node.pairs) == 1 and node is not root:
            node = node.pairs[0][1]  # the part inside an option with a name of its own
        else:
            break
    return node
