"""Imports without the packages that Keras and TensorFlow take along only where they are installed.

Keras's wrapper for scikit-learn, its pictures with Matplotlib, TensorFlow Lite's look at JAX: a worker needs none of them, and
they are up to half of the seconds of its start and a third of its memory (benchmarks/README.md).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence

from sweeper.errors import InputError
from sweeper.executors.executor import Main, resolve

OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "tensorflow": ("jax", "matplotlib", "pandas", "sklearn"),
    "jax": ("matplotlib", "pandas", "sklearn"),
}
"""What a worker of this back end starts without."""


def resolve_without(entry: str, packages: Sequence[str]) -> Main:
    """What `resolve` gives, imported without these packages; with them, should it turn out not to do without.

    Raises InputError as `resolve` does.
    """
    try:
        with absent(packages):
            return resolve(entry)
    except InputError as error:
        if getattr(error.__cause__, "name", None) not in packages:
            raise
    return resolve(entry)


@contextlib.contextmanager
def absent(packages: Sequence[str]) -> Iterator[None]:
    """Meanwhile these packages, as far as they are not imported yet, seem not to be installed; afterwards they can be imported
    as ever. A module that is None is how Python itself is told so (its reference, section 5.3.1, The module cache)."""
    hidden = [name for name in packages if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
