from dataclasses import replace

from sweeper.search.scheduling import ahead, choose
from tests.tracking.synthetic import plan


def test_the_window_is_narrow_where_something_is_learned():
    assert ahead(1, True) == 2
    assert ahead(4, True) == 8
    assert ahead(4, False) == 64


def chosen(structures: str, worker: str = "w0", retries: tuple = (), **held: set) -> int:
    waiting = [replace(plan(number), attempt=2 if number in retries else 1) for number in range(len(structures))]
    return choose(waiting, dict(enumerate(structures)), held, worker).number


def test_a_worker_gets_what_it_has_compiled_then_what_nobody_has_then_the_oldest():
    assert chosen("abc", w0={"c"}, w1={"a"}) == 2
    assert chosen("abc", w0={"x"}, w1={"a"}) == 1
    assert chosen("aa", w0=set(), w1={"a"}) == 0
    assert chosen("abc") == 0


def test_a_retry_comes_first():
    assert chosen("abc", retries=(2,), w0={"a"}) == 2
