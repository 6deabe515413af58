"""Back ends: they turn the pure functions of a structure into compiled programs, of one lane or of many."""

from __future__ import annotations

from importlib import import_module

from sweeper.errors import InputError
from sweeper.training.backends.backend import Backend

_BACKENDS = {
    "tensorflow": "sweeper.training.backends.tensorflow:TensorFlow",
    "jax": "sweeper.training.backends.jax:Jax",
}


def open_backend(name: str) -> Backend:
    """The back end of this name; it is imported here, and must be Keras's (`KERAS_BACKEND`). Raises InputError for another."""
    if name not in _BACKENDS:
        raise InputError(f"--backend {name}: expected one of {', '.join(_BACKENDS)}")
    module, _, kind = _BACKENDS[name].partition(":")
    opened: Backend = getattr(import_module(module), kind)()
    return opened
