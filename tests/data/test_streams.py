"""Chunks hold every row once, in an order that the seed decides, and are read ahead by a thread that ends."""

from __future__ import annotations

import threading
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.data.arrays import Part, Parts
from sweeper.data.streams import ahead, in_order, shuffled


def part_of(rows):
    return Part(np.arange(rows, dtype=np.float32).reshape(-1, 1), np.arange(rows, dtype=np.int32))


def numbers(chunks):
    return [chunk.y.tolist() for chunk in chunks]


def rows_of(chunks):
    return list(chain(*numbers(chunks)))


@given(st.integers(1, 200), st.integers(1, 40), st.integers(0, 99), st.integers(1, 6))
def test_every_row_comes_once_in_chunks_of_one_size(rows, size, seed, mixed):
    chunks = list(shuffled(part_of(rows), size, seed, mixed))
    assert [len(chunk) for chunk in chunks] == [size] * (rows // size) + [rows % size] * (rows % size > 0)
    assert sorted(rows_of(chunks)) == list(range(rows))
    assert all((chunk.x[:, 0] == chunk.y).all() for chunk in chunks), "x and y go together"
    assert numbers(shuffled(part_of(rows), size, seed, mixed)) == numbers(chunks)


def test_seeds_give_other_orders_and_other_neighbours():
    first, second = (rows_of(shuffled(part_of(1000), 50, seed, 4)) for seed in (1, 2))
    assert first != second
    pairs = [{frozenset(pair) for pair in pairwise(order)} for order in (first, second)]
    assert len(pairs[0] & pairs[1]) < 30, "of 999 neighbours hardly one is met again"


def test_one_mix_is_a_permutation_of_all_rows():
    """Every row is as likely in every chunk: over 300 seeds each of 4 chunks gets the first row a quarter of the time."""
    places = [
        next(place for place, chunk in enumerate(numbers(shuffled(part_of(12), 3, seed))) if 0 in chunk) for seed in range(300)
    ]
    counts = np.bincount(places, minlength=4)
    # Five standard deviations of a binomial with 300 draws of 1/4.
    assert np.abs(counts - 75).max() < 5 * np.sqrt(300 * 0.25 * 0.75)


def test_the_disk_is_read_in_long_runs():
    read = []

    class Watched(np.ndarray):
        def __getitem__(self, key):
            if isinstance(key, slice):
                read.append((key.start, key.stop))
            return super().__getitem__(key)

    x = np.arange(100.0).reshape(-1, 1).view(Watched)
    list(shuffled(Part(x, np.arange(100)), 10, 0, 3))
    assert sorted(run for run in read if run[1] > run[0]) == [(start, start + 10) for start in range(0, 100, 10)]


def test_in_order_is_as_it_lies():
    assert numbers(in_order(part_of(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_chunks_come_from_prepared_data(prepared):
    train = Parts.open(prepared("digits")).train
    chunks = list(ahead(in_order(train, 100)))
    np.testing.assert_array_equal(np.concatenate([chunk.x for chunk in chunks]), train.x)
    assert not any(isinstance(chunk.x, np.memmap) for chunk in chunks), "what is handed over is in memory"


def test_reading_ahead_changes_nothing():
    assert numbers(ahead(shuffled(part_of(50), 7, 3))) == numbers(shuffled(part_of(50), 7, 3))
    assert numbers(ahead(iter([]))) == []


@pytest.mark.parametrize("most", [1, 3])
def test_so_much_is_read_ahead_and_no_more(most):
    read = threading.Semaphore(0)
    begun = []

    def counted():
        for chunk in in_order(part_of(30), 3):
            begun.append(chunk)
            read.release()
            yield chunk

    chunks = ahead(counted(), most)
    assert not begun, "nothing is read before the first chunk is asked for"
    next(chunks)
    # One is handed over, `most` are ready, and with one in its hand the thread waits for room.
    assert all(read.acquire(timeout=60) for _ in range(most + 2))
    assert not read.acquire(timeout=0.2) and len(begun) == most + 2
    chunks.close()


def test_what_reading_raises_is_raised_where_chunks_are_used():
    def broken():
        yield part_of(2)
        raise OSError("gone")

    chunks = ahead(broken())
    assert len(next(chunks)) == 2
    with pytest.raises(OSError, match="gone"):
        next(chunks)
    assert not _threads()


def test_the_thread_ends_with_who_stops_early():
    chunks = ahead(shuffled(part_of(1000), 10, 0))
    next(chunks)
    assert _threads()
    chunks.close()
    assert not _threads()


def _threads():
    return [thread for thread in threading.enumerate() if thread.name == "sweeper-chunks"]
