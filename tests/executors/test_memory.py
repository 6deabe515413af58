import shutil
from pathlib import Path

import psutil
import pytest

from sweeper.executors import memory
from sweeper.executors.device import CPU, Device
from sweeper.executors.memory import card_memory, machine_memory, room_for_data

CARD = Device("gpu:1", "1")


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Sets what a container's limit is said to be; None: there is none."""

    def say(text: str | None) -> None:
        file = tmp_path / "memory.max"
        if text is not None:
            file.write_text(text)
        monkeypatch.setattr(memory, "_LIMIT", file)

    return say


@pytest.fixture
def smi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A stand-in for `nvidia-smi` that prints this and keeps what it was asked."""

    def stand_in(prints: str) -> Path:
        program, asked = tmp_path / "nvidia-smi", tmp_path / "asked"
        program.write_text(f'#!/bin/sh\necho "$@" > {asked}\necho "{prints}"\n')
        program.chmod(0o755)
        monkeypatch.setattr(shutil, "which", lambda name: str(program))
        return asked

    return stand_in


def test_the_memory_is_the_machines_or_a_containers_limit(limit):
    total = psutil.virtual_memory().total
    for said in (None, "max\n", f"{total * 2}\n"):
        limit(said)
        assert machine_memory() == total
    limit(f"{total // 3}\n")
    assert machine_memory() == total // 3


def test_workers_share_the_room(limit):
    limit("8000")
    assert room_for_data(CPU, 1) == 2000
    assert room_for_data(CPU, 2) == 1000


def test_a_card_says_how_much_it_has(smi):
    asked = smi("4096")
    assert card_memory(CARD) == 4096 * 2**20
    assert "--id=1" in asked.read_text()
    smi("Unable to determine the device handle")
    assert card_memory(CARD) == 8 * 2**30


def test_data_for_a_card_have_half_of_it_and_pass_through_the_memory(smi, limit):
    limit(None)
    smi("100")
    assert room_for_data(CARD, 1) == 50 * 2**20
    limit("4000")
    assert room_for_data(CARD, 1) == 1000
