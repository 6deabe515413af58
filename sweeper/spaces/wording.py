"""How messages find the word that was meant and show values."""

from __future__ import annotations

from collections.abc import Iterable

from sweeper.errors import nearest
from sweeper.records import Value

_KNOWN_AS = {
    "lr": "learning_rate", "eta": "learning_rate", "wd": "weight_decay", "bs": "batch_size", "minibatch": "batch_size",
    "gradient_clip": "clipnorm", "act": "activation", "init": "initializer", "kernel_initializer": "initializer",
    "hidden": "layers", "hidden_layers": "layers", "num_layers": "depth", "n_layers": "depth", "neurons": "units",
    "batch_norm": "normalization", "batch_normalization": "normalization", "early_stop": "early_stopping",
    "min": "minimize", "max": "maximize", "acc": "accuracy", "opt": "optimizer", "algorithm": "sampler",
    "n_trials": "trials", "max_epochs": "epochs", "timeout": "time", "dataset": "data", "architecture": "model",
    "xavier": "glorot_uniform", "he": "he_normal", "glorot": "glorot_uniform", "momentum": "sgd", "nesterov": "sgd",
    "dense": "mlp", "conv": "cnn", "bayesian": "tpe", "bayes": "tpe", "sobol": "qmc", "values": "choice", "options": "choice",
    "categorical": "choice", "uniform": "float", "loguniform": "float", "log_uniform": "float", "swish": "silu",
}  # fmt: skip
"""What other tools and people call it; only words that the place really takes are proposed."""


def meant(word: str, words: Iterable[str]) -> str | None:
    """The word of `words` that was probably meant: by spelling, by its initials (`lr`), or by another tool's name for it."""
    known = list(words)
    return known_as(word, known) or nearest(word, known)


def known_as(word: str, words: Iterable[str]) -> str | None:
    """The word of `words` that another tool's name for it or its initials mean."""
    known = list(words)
    alias = _KNOWN_AS.get(word.lower().replace("-", "_"))
    if alias in known:
        return alias
    initials = (name for name in known if "_" in name and "".join(part[0] for part in name.split("_") if part) == word.lower())
    return next(initials, None)


def perhaps(word: str, words: Iterable[str]) -> str:
    """` Did you mean 'adam'?`, or a list of what there is."""
    known = list(words)
    near = meant(word, known)
    if near:
        return f" Did you mean '{near}'?"
    return f" Known here: {', '.join(known)}." if known else ""


def shown(value: Value | tuple[str, ...]) -> str:
    """A value as a space writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(str, value)) + "]"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
