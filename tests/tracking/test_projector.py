from sweeper.records import DataInfo, Objective, Task
from sweeper.tracking.layout import SweepFacts
from sweeper.tracking.projector import Described, Projector
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made


class Mirror:
    def __init__(self) -> None:
        self.numbers: list[int] = []

    def trials(self) -> list:
        return []

    def add(self, trial, metric, distributions, attributes) -> None:
        self.numbers.append(trial.number)


DATA = DataInfo("points", Task.CLASSIFICATION, (4,), 3, {"train": 8}, "", "")
FACTS = SweepFacts("tiny", "id", "", Objective("val_loss", False), DATA, "tiny.yaml", "0", "me", "", 0)


def test_a_trial_that_ended_before_a_lower_number_began_waits_for_it_in_the_mirror():
    mirror = Mirror()
    projector = Projector(None, mirror, FACTS, "parent", lambda trial: Described({}, {}))
    trials = SweepState(record for number in range(3) for record in made.trial_records(number)).trials
    projector.mirror([trials[0], trials[2]])
    assert mirror.numbers == [0]
    projector.mirror(trials)
    assert mirror.numbers == [0, 1, 2]
