"""The functions of the user's that a space names: are they in their files? Nothing of the files is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sweeper.catalogue.declaration import Text
from sweeper.errors import InputError
from sweeper.own_code import check_function, split_reference
from sweeper.spaces.locating import locate
from sweeper.spaces.nodes import Given, error_at
from sweeper.spaces.tree import Group, Node, Options, Part, values_of

FUNCTION = Text("file.py:function")


def check_own_functions(tree: Group, root: Given, folder: Path) -> None:
    """Raises SpaceError for the first that cannot be there; paths count from `folder`."""
    for path, reference in (found for section in ("data", "model") for found in _references(tree.setting(section))):
        try:
            check_function(*split_reference(reference, folder))
        except InputError as error:
            raise error_at(locate(root, path), str(error).removesuffix("."), path=path) from error


def _references(node: Node) -> Iterator[tuple[str, str]]:
    """Name of the setting and what it says."""
    if isinstance(node, Options):
        for _, content in node.options:
            yield from _references(content)
    elif isinstance(node, Part):
        settings = dict(node.settings)
        for parameter in node.entry.parameters:
            if parameter.takes == FUNCTION:
                setting = settings[parameter.name]
                yield from ((setting.name, str(value)) for value in values_of(setting))
