"""Folders of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sweeper.data.arrays import Parts


@pytest.fixture
def flowers(tmp_path):
    random = np.random.default_rng(0)
    for name in ("tulip", "daisy"):
        (tmp_path / "flowers" / name).mkdir(parents=True)
        for number in range(20):
            picture = Image.fromarray(random.integers(0, 255, (20, 30, 3), np.uint8))
            picture.save(tmp_path / "flowers" / name / f"{number}.{'png' if number % 2 else 'jpg'}")
    return tmp_path / "flowers"


def test_folders_are_classes(prepared, flowers):
    (flowers / "daisy" / "Thumbs.db").write_bytes(b"no picture")
    (flowers / ".hidden").mkdir()
    info = prepared("images", folder="flowers", size="8x12", standardize=False)
    assert (info.name, info.input_shape, info.class_names) == ("flowers", (8, 12, 3), ("daisy", "tulip"))
    assert info.rows == {"train": 24, "validation": 8, "test": 8}
    assert 50 < Parts.open(info).train.x.mean() < 200
    assert prepared("images", folder="flowers", colour=False).input_shape == (64, 64, 1)


def test_every_mode_of_picture_is_read(prepared, flowers):
    for number, mode in enumerate(("1", "L", "P", "RGBA", "CMYK")):
        kind = "jpg" if mode == "CMYK" else "png"
        Image.new(mode, (9, 9)).save(flowers / "daisy" / f"mode{number}.{kind}")
    assert sum(prepared("images", folder="flowers").rows.values()) == 45


def test_bad_folders_are_refused(refused, flowers, tmp_path):
    assert "There is no folder 'flower'" in (message := refused("images", folder="flower"))
    assert "Did you mean 'flowers'?" in message
    (flowers / "rose").mkdir()
    assert "The class folder 'rose' has no pictures" in refused("images", folder="flowers")
    assert "has no folders; expected one folder for each class" in refused("images", folder="flowers/rose")
    assert "`size` of 'images' is 96; expected" in refused("images", folder="flowers", size=96)


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_broken_picture_is_named(refused, flowers, content):
    path = flowers / "tulip" / "3.png"
    path.write_bytes(path.read_bytes()[:200] if content is None else content)
    assert "The picture 'flowers/tulip/3.png' cannot be read" in refused("images", folder="flowers")


def test_a_decompression_bomb_is_refused(refused, flowers, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 400)
    assert "cannot be read: Image size" in refused("images", folder="flowers")
