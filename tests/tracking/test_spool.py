import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import StoreError
from sweeper.records import EpochRecord
from sweeper.tracking.spool import Reading, SpoolWriter, decode, encode, no_epochs, read_spool
from tests.tracking import synthetic as made


def record(epoch: int, value: float = 0.5) -> EpochRecord:
    return EpochRecord(3, epoch, {"val_loss": value}, {"train": 0.1}, 1000 + epoch)


def test_what_was_appended_is_read_in_order(tmp_path):
    with SpoolWriter(tmp_path / "w0.jsonl") as spool:
        for epoch in range(5):
            spool.append(record(epoch))
        assert [found.epoch for found in read_spool(spool.path).records] == [0, 1, 2, 3, 4]
    assert (tmp_path / "w0.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_tail_torn_at_any_byte_is_dropped_and_reported(tmp_path):
    path = tmp_path / "w0.jsonl"
    whole = encode(record(0)) + encode(record(1))
    last = encode(record(2))
    for kept in range(len(last)):
        path.write_bytes(whole + last[:kept])
        read = read_spool(path)
        assert [found.epoch for found in read.records] == [0, 1]
        assert read.torn == kept


def test_a_writer_cuts_a_torn_tail_before_it_appends(tmp_path):
    path = tmp_path / "w0.jsonl"
    for tail in (encode(record(1))[:-5], b"\x00" * 40, b"12345678 {}\n"):
        path.write_bytes(encode(record(0)) + tail)
        with SpoolWriter(path) as spool:
            spool.append(record(2))
        read = read_spool(path)
        assert [found.epoch for found in read.records] == [0, 2]
        assert read.torn == 0


def test_a_broken_line_in_the_middle_names_file_and_line(tmp_path):
    path = tmp_path / "w0.jsonl"
    lines = [bytearray(encode(record(epoch))) for epoch in range(3)]
    lines[1][20] ^= 1
    path.write_bytes(b"".join(lines))
    with pytest.raises(StoreError, match=r"w0\.jsonl:2 is damaged"):
        read_spool(path)


@given(st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=5), st.integers(0, 10**6))
def test_a_line_is_read_back_as_it_was_written(metrics, epoch):
    written = EpochRecord(0, epoch, metrics, {}, 5)
    line = encode(written)
    assert line.count(b"\n") == 1
    assert decode(line.rstrip(b"\n")) == written


@given(st.binary(max_size=80))
def test_nothing_else_is_taken_for_a_record(line):
    assert decode(line) is None


def test_a_reader_beside_the_writer_sees_whole_records_only(tmp_path):
    path = tmp_path / "w0.jsonl"
    writer = SpoolWriter(path)

    def write() -> None:
        for epoch in range(80):
            writer.append(record(epoch))

    thread = threading.Thread(target=write)
    thread.start()
    lengths = []
    while thread.is_alive():
        epochs = [found.epoch for found in read_spool(path).records]
        assert epochs == list(range(len(epochs)))
        lengths.append(len(epochs))
    thread.join()
    writer.close()
    assert lengths == sorted(lengths)
    assert len(read_spool(path).records) == 80


def test_a_folder_that_is_missing_is_a_fault_of_the_store(tmp_path):
    with pytest.raises(StoreError, match=r"cannot write to .*no/w0\.jsonl"):
        SpoolWriter(tmp_path / "no" / "w0.jsonl")


def test_a_full_disk_is_told_with_the_file_and_leaves_no_part_of_a_line(tmp_path, monkeypatch):
    spool = SpoolWriter(tmp_path / "w0.jsonl")
    spool.append(record(0))
    import os

    whole = os.write
    monkeypatch.setattr("os.write", lambda file, data: whole(file, data[: len(data) // 2]))
    with pytest.raises(StoreError, match=r"cannot write \d+ bytes to .*w0\.jsonl: No space left"):
        spool.append(record(1))
    monkeypatch.undo()
    spool.append(record(2))
    spool.close()
    assert [found.epoch for found in read_spool(spool.path).records] == [0, 2]


def test_epochs_can_be_passed_over_but_not_what_is_broken(tmp_path):
    path = tmp_path / "w0.jsonl"
    records = made.trial_records(0)
    lines = [encode(record) for record in records]
    path.write_bytes(b"".join(lines))
    assert list(read_spool(path, no_epochs).records) == [record for record in records if not isinstance(record, EpochRecord)]
    assert list(read_spool(path, lambda trial, repeat, epoch: epoch != 1).records) == [
        record for record in records if not isinstance(record, EpochRecord) or record.epoch != 1
    ]
    lines[3] = lines[3].replace(b"val_loss", b"val_lass")
    path.write_bytes(b"".join(lines))
    with pytest.raises(StoreError, match=":4 is damaged"):
        read_spool(path, no_epochs)


def test_a_name_that_looks_like_the_end_of_a_record_does_not_mislead(tmp_path):
    path = tmp_path / "w0.jsonl"
    named = EpochRecord(3, 1, {'","repeat":9,"attempt":9}': 0.5, '{"kind":"epoch","trial":8,"epoch":8,': 1.0}, {}, 1, repeat=2)
    path.write_bytes(encode(named))
    assert list(read_spool(path, lambda *epoch: epoch == (3, 2, 1)).records) == [named]
    assert list(read_spool(path, lambda *epoch: epoch != (3, 2, 1)).records) == []


def test_what_is_written_behind_a_torn_line_while_it_is_read_waits_for_the_next_reading(tmp_path):
    path = tmp_path / "w0.jsonl"
    line = encode(record(1))
    path.write_bytes(encode(record(0)) + line[:10])
    reading = iter(Reading(path))
    assert next(reading).epoch == 0
    with path.open("ab") as file:
        file.write(line[10:] + encode(record(2)))
    assert [found.epoch for found in reading] in ([], [1, 2])
    assert [found.epoch for found in read_spool(path).records] == [0, 1, 2]
