from dataclasses import replace

from sweeper.catalogue.signature import Kind
from sweeper.search.scheduling import ahead, choose, identity
from tests.tracking.synthetic import plan


def test_the_window_is_narrow_where_something_is_learned():
    assert ahead(1, True, 100) == 2
    assert ahead(4, True, 100) == 8
    assert ahead(4, False, 100) == 64


def test_lanes_have_trials_to_choose_from():
    assert ahead(2, True, 100, lanes=16) == 64
    assert ahead(2, True, 100, lanes=16, together=5) == 13


def test_lanes_that_nobody_asked_for_keep_no_sampler_from_learning():
    assert ahead(1, True, 60, lanes=0, device="gpu:0") == 2, "TensorFlow takes no lanes unasked"
    assert ahead(1, True, 60, lanes=0, backend="jax", device="gpu:0") == 15
    assert ahead(1, True, 1000, lanes=0, backend="jax", device="gpu:0") == 64
    assert ahead(1, False, 60, lanes=0, backend="jax", device="gpu:0") == 64
    assert ahead(1, True, 60, lanes=0, backend="jax", device="cpu") == 4


def chosen(structures: str, worker: str = "w0", retries: tuple = (), **held: set) -> int:
    waiting = [replace(plan(number), attempt=2 if number in retries else 1) for number in range(len(structures))]
    kinds = {identity(plan): Kind(structure, 32, ()) for plan, structure in zip(waiting, structures, strict=True)}
    return choose(waiting, kinds, held, worker).number


def test_a_worker_gets_what_it_has_compiled_then_what_nobody_has_then_the_oldest():
    assert chosen("abc", w0={"c"}, w1={"a"}) == 2
    assert chosen("abc", w0={"x"}, w1={"a"}) == 1
    assert chosen("aa", w0=set(), w1={"a"}) == 0
    assert chosen("abc") == 0


def test_a_retry_comes_first():
    assert chosen("abc", retries=(2,), w0={"a"}) == 2
