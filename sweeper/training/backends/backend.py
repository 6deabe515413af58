"""What the engine asks of a back end.

Lanes: a function of one trial's values becomes a function of many trials' values, which have one more axis, the first. With one
lane there is no such axis, so that a single trial computes exactly what it would compute without lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

Array = Any
Tree = Any
"""Nested dictionaries, lists and tuples of arrays."""

Step = Callable[[Tree, Tree, Array, Array, Array], tuple[Tree, tuple[Array, Array]]]
"""`step(state, knobs, x, y, learning_rate) -> (state, (loss, predictions))`, a learner's."""

Measure = Callable[[Tree, Array, Array], Mapping[str, Tree]]
"""`measure(knobs, targets, predictions) -> {name: scalar}`, or totals from which such scalars follow."""

EVALUATION_ROWS = 1024
"""Rows predicted at once in an evaluation, which bounds its memory."""


class Backend(Protocol):
    """`name` is Keras's name for it, `packages` what a record of versions lists. `any_rows`: one program serves any number of
    rows and any batch size; otherwise both are its structure. `same_bits_in_any_lane`: a trial computes the same bits in
    whichever lane it lies; otherwise only in the same lane (whatever its neighbours do), and elsewhere up to rounding.
    `joined`: weights of at most so many entries are updated together (`parts.optimizers.joining`)."""

    name: str
    packages: tuple[str, ...]
    any_rows: bool
    same_bits_in_any_lane: bool
    joined: int

    def claim(self, cache: str) -> str:
        """Take the device that this process computes on, and name it (`CPU`, or the card's name).

        `cache` is the folder of programs compiled earlier, or empty. Which card is visible was decided before the import.
        """

    def array(self, value: Any, dtype: str | None = None) -> Array:
        """The value on the device."""

    def adopt(self, value: np.ndarray) -> Array:
        """The value on the device, for its caller to forget: the device may go on in the same memory, if it is aligned
        (`data.arrays.aligned`)."""

    def differentiate(
        self, function: Callable[[Sequence[Array]], tuple[Array, Any]], weights: Sequence[Array]
    ) -> tuple[Array, Any, list[Array]]:
        """(value, rest, gradients of the value) for a function of the weights that returns (value, rest).

        A weight that the value does not depend on has gradient zero.
        """

    def epoch(self, step: Step, outputs: int, measure: Measure, lanes: int, batch_size: int) -> Callable[..., Any]:
        """A whole epoch, or a chunk of one, as a function of (state, knobs, order, learning_rates, x, y, *batch), where `batch`
        is what `batch_arguments` gives.

        `order` [rows] int32 says which rows of x and y in which order, `learning_rates` [steps] float32 the rate of each step.
        The last batch may be smaller: it runs as one more step, never padded. Gives (state, {"loss": mean over rows of the
        batches' losses, ...measures of the epoch's own predictions}). All but x, y and batch have a lane's axis.
        """

    def batch_arguments(self, batch_size: int) -> tuple[Array, ...]:
        """How a batch size is told to a compiled epoch: not at all where it is structure."""

    def evaluation(
        self, predict: Callable[[Tree, Array], Array], measure: Measure, outputs: int, lanes: int
    ) -> Callable[..., Any]:
        """A whole evaluation in inference mode as a function of (state, knobs, index, x, y): `measure` of the predictions for
        the rows `index` [rows] int32. All but x and y have a lane's axis."""

    def lift(self, function: Callable[..., Any], lanes: int, shared: int = 0) -> Callable[..., Any]:
        """The function for all lanes; its last `shared` arguments are the same for all of them."""

    def compile(self, function: Callable[..., Any], *examples: Any) -> Callable[..., Any]:
        """The function compiled for arguments like these. Others are refused, never compiled for in silence."""

    def like_rows(self, example: Array, axis: int = -1) -> Any:
        """An example for `compile` that stands for any number of rows, which this axis counts, where `any_rows`."""

    def put(self, stacked: Tree, lane: int, value: Tree) -> Tree:
        """The values of all lanes, with one lane's replaced."""

    def spread(self, value: Tree, lanes: int) -> Tree:
        """The value in each of so many lanes (at least 2)."""

    def select(self, mask: np.ndarray, new: Tree, old: Tree) -> Tree:
        """For each lane (at least 2) the new values where `mask` [lanes] is true, else the old ones."""

    def is_out_of_memory(self, error: BaseException) -> bool:
        """Whether the device had no room."""

    def why_one_lane(self, layers: Sequence[Any]) -> str:
        """Why a model of these Keras layers can have one lane only; empty where it can have many."""

    def why_not_tried(self, layers: Sequence[Any]) -> str:
        """Why more lanes are not taken for such a model on this device unless they are asked for; empty where they may be."""
