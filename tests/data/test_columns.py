"""Text and blanks of a table are encoded by what the training part holds."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.data import columns
from sweeper.data.raw import Column
from sweeper.errors import DataError

COLUMNS = (Column("age"), Column("colour", ("blue", "green", "red")))
NAN = float("nan")


def test_values_and_medians_come_from_the_training_part():
    encoding = columns.fit(
        "t", np.array([[1.0, 0], [99.0, 1], [3.0, 2], [NAN, 0], [10.0, NAN]]), np.array([0, 2, 3, 4]), COLUMNS
    )
    assert encoding.features == ("age", "colour=blue", "colour=red")
    seen = encoding.apply(np.array([[NAN, 0], [7.0, 1], [8.0, NAN]]))
    assert seen.tolist() == [[3, 1, 0], [7, 0, 0], [8, 0, 0]]


def test_a_column_that_is_blank_in_training_is_refused():
    with pytest.raises(DataError, match=r"'age' is blank in every row of the training part\.\n    write:  drop: \[age\]"):
        columns.fit("t", np.array([[NAN, 0.0], [1.0, 0.0]]), np.array([0]), COLUMNS)
