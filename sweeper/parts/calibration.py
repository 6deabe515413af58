"""Expected calibration error: how far probabilities are from how often they are right.

With rows sorted into 15 bins of equal width by their confidence, the probability of the likeliest class (Guo, Pleiss, Sun and
Weinberger 2017, "On Calibration of Modern Neural Networks", arXiv 1706.04599, sections 2 and 4):

    ECE = sum over bins of |B| / n * |accuracy(B) - confidence(B)| = sum over bins of |right rows of B - their confidence| / n

So it takes one sum for each bin, and sums of pieces add up to those of the whole. Bins of equal mass would have to know all
rows before the first is counted, which a stream does not; they are not used. Of two classes the likelier one counts as of many,
so that confidence begins at 1/2 and the lower half of the bins is empty. Few rows in a bin are apart by chance alone: ECE of a
perfect model is above 0, the more so the fewer the rows, and only values of parts of the same size should be compared.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from sweeper.catalogue.metrics import CALIBRATION_BINS

Array = Any


class CalibrationError(keras.metrics.Metric):
    """ECE of class numbers [rows] and probabilities [rows, classes], from 0 to 1; a bin holds its upper end, as with Guo."""

    def __init__(self, name: str = "calibration_error", **arguments: Any) -> None:
        super().__init__(name=name, **arguments)
        self._surplus = self.add_variable((CALIBRATION_BINS,), "zeros", name="surplus")
        self._rows = self.add_variable((), "zeros", name="rows")

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Raises ValueError for weights of rows: no part is measured with any."""
        if sample_weight is not None:
            raise ValueError("the calibration error counts every row once; leave out sample_weight")
        confidence = ops.max(y_pred, axis=-1)
        right = ops.cast(ops.equal(ops.argmax(y_pred, axis=-1), ops.cast(y_true, "int32")), confidence.dtype)
        places = ops.clip(ops.cast(ops.ceil(confidence * CALIBRATION_BINS), "int32") - 1, 0, CALIBRATION_BINS - 1)
        apart = ops.expand_dims(right - confidence, -1)  # not a number where a prediction is not: then the result is not either
        self._surplus.assign_add(ops.sum(ops.one_hot(places, CALIBRATION_BINS, dtype=confidence.dtype) * apart, axis=0))
        self._rows.assign_add(ops.cast(ops.shape(y_pred)[0], self._rows.dtype))

    def result(self) -> Array:
        return ops.divide_no_nan(ops.sum(ops.abs(self._surplus)), self._rows)
