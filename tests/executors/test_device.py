import pytest

from sweeper.errors import InputError
from sweeper.executors import device
from sweeper.executors.device import CPU, Device, choose_device


@pytest.fixture
def cards(monkeypatch):
    def have(count: int, visible: str | None = None) -> None:
        monkeypatch.setattr(device, "_installed", lambda: count)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    return have


def test_without_a_word_the_first_card_is_taken_and_without_a_card_the_cpu(cards):
    cards(2)
    assert choose_device(None) == Device("gpu:0", "0")
    cards(0)
    assert choose_device(None) == CPU


def test_a_card_is_chosen_among_the_visible_ones(cards):
    cards(4, "2,3")
    assert choose_device("gpu") == Device("gpu:0", "2")
    assert choose_device("gpu:1") == Device("gpu:1", "3")
    cards(4, "")
    assert choose_device(None) == CPU
    cards(4, "-1")
    assert choose_device(None) == CPU


@pytest.mark.parametrize(
    ("option", "says"), [("tpu", "expected cpu, gpu or gpu:N"), ("gpu:2", "there are 2 cards"), ("gpu:x", "expected")]
)
def test_what_is_no_device_is_refused(cards, option, says):
    cards(2)
    with pytest.raises(InputError, match=says):
        choose_device(option)


def test_a_card_that_is_not_there_is_refused_with_what_to_write(cards):
    cards(0)
    with pytest.raises(InputError, match="--device cpu"):
        choose_device("gpu")


def test_the_environment_holds_threads_and_device():
    environment = CPU.environment(2, "tensorflow")
    assert environment["CUDA_VISIBLE_DEVICES"] == "-1"
    assert {environment[name] for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")} == {"2"}
