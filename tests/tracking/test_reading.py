"""A state that is read in part says of that part what the whole one says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import EpochRecord
from sweeper.tracking.reading import Spools, in_order
from sweeper.tracking.replay import SweepState
from sweeper.tracking.spool import encode
from tests.tracking import synthetic as made


def spooled(folder, records, files: int = 3):
    """The records in several spools, as several workers write them."""
    for place in range(files):
        (folder / f"w{place}-0.jsonl").write_bytes(b"".join(map(encode, records[place::files])))
    return Spools(folder)


def facts(state: SweepState):
    return [
        (trial.number, trial.repeat, trial.plan, trial.asked, trial.starts, trial.outcome, trial.attempt)
        for trial in state.trials
    ]


@settings(max_examples=40)
@given(made.histories(repeats=3), st.randoms(use_true_random=False))
def test_in_part_or_whole_it_says_the_same(tmp_path_factory, records, random):
    random.shuffle(records)
    spools, whole = spooled(tmp_path_factory.mktemp("spool"), records), SweepState(records)
    slim, outline, bare = spools.state(keep="val_loss"), spools.outline(), spools.bare()
    assert facts(spools.state()) == facts(slim) == facts(outline) == facts(bare) == facts(whole)
    for trial in whole.trials:
        identity = (trial.number, trial.repeat)
        assert spools.state().trial(*identity).epochs == trial.epochs
        assert slim.trial(*identity).curve("val_loss") == trial.curve("val_loss")
        assert spools.epochs([identity]) == {identity: in_order(trial)}
        assert not bare.trial(*identity).epochs
        shown = outline.trial(*identity).epochs
        best = trial.outcome.best_epoch if trial.outcome else None
        assert shown == {epoch: record for epoch, record in trial.epochs.items() if best in (None, epoch)}
    everything = [(trial.number, trial.repeat) for trial in whole.trials]
    assert sum(map(len, spools.epochs(everything).values())) == sum(len(trial.epochs) for trial in whole.trials)


def test_epochs_that_are_passed_over_are_never_parsed(tmp_path, monkeypatch):
    records = [made.asked(0), *(made.epoch(0, at) for at in range(50)), made.outcome(0)]
    parsed: list = []
    monkeypatch.setattr("sweeper.tracking.spool.record_from_json", counting(parsed))
    spooled(tmp_path, records).outline()
    assert [record.epoch for record in parsed if isinstance(record, EpochRecord)] == [3]


def counting(parsed: list):
    from sweeper.records import record_from_json

    def parse(text):
        parsed.append(record_from_json(text))
        return parsed[-1]

    return parse


def test_each_line_that_a_crash_cut_off_is_remarked(tmp_path):
    spools = spooled(tmp_path, [made.asked(0), made.start(0)], files=2)
    with (tmp_path / "w0-0.jsonl").open("ab") as file:
        file.write(b"12345")
    assert len(spools.state().trials) == 1
    assert spools.remarks == ("w0-0.jsonl: dropped 5 bytes of a line that a crash cut off",)
