"""L1 and L2 penalties as a term of the step: knobs, and a metric of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

Array = Any


def penalty_terms(kernels: Sequence[Array], strengths: Mapping[str, Array]) -> list[Array]:
    """For each kernel `l1 sum|w| + l2 sum w²`, as far as `strengths` has `l1` and `l2`; empty if it has neither.

    A term for each kernel and not their sum, because the step adds them to the loss one by one, as Keras adds the losses of
    layers, for the same bits.
    """
    terms = []
    for kernel in kernels:
        parts = []
        if "l1" in strengths:
            parts.append(strengths["l1"] * ops.sum(ops.absolute(kernel)))
        if "l2" in strengths:
            parts.append(strengths["l2"] * ops.sum(ops.square(kernel)))
        if parts:
            terms.append(sum(parts[1:], parts[0]))
    return terms
