"""A fault in a worker as the outcome of its trial."""

from __future__ import annotations

from pathlib import Path

from sweeper.errors import InputError
from sweeper.own_code import load_function
from sweeper.records import Reason
from sweeper.training.faults import fault
from tests.tracking import synthetic as made


def test_a_fault_keeps_its_place_in_the_users_code(tmp_path: Path):
    path = tmp_path / "layers.py"
    path.write_text("def scale(x):\n    return x / 0\n")
    scale, plan = load_function(path, "scale"), made.asked(0).plan
    places = set()
    for value in (1, 2.5):
        try:
            scale(value)
        except ZeroDivisionError as error:
            outcome = fault(plan, error, Reason.ERROR, str(tmp_path))
            places.add(outcome.place)
            assert outcome.message.startswith("layers.py, line 2: ZeroDivisionError")
    assert places == {f"ZeroDivisionError in {path}, line 2"}
    assert fault(plan, InputError("no"), Reason.ERROR, str(tmp_path)).place == ""
