"""Packages that not everybody needs, and the extras that bring them."""

from __future__ import annotations

from importlib.util import find_spec

from sweeper.errors import InputError

_NEEDS = {"gp": "torch", "cmaes": "cmaes"}
"""Sampler -> package; the extra has the sampler's name."""


def check_backend(name: str) -> None:
    """Raises InputError, with the line to type, where the back end is not installed. Imports nothing."""
    if find_spec(name) is None:
        wanted = "'sweeper[jax]'" if name == "jax" else name
        raise InputError(f"--backend {name}: the package {name} is not installed. Write: pip install {wanted}")


def check_sampler(name: str) -> None:
    """Raises InputError, with the line to type, where the sampler's package is not installed."""
    package = _NEEDS.get(name)
    if package is not None and find_spec(package) is None:
        raise InputError(f"the sampler {name} needs the package {package}. Write: pip install 'sweeper[{name}]'")
