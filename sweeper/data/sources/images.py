"""Pictures in folders, one folder a class: `flowers/daisy/1.jpg`."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from sweeper.catalogue.declaration import sizes
from sweeper.data.raw import Array, RawData, Settings
from sweeper.data.scratch import Scratch
from sweeper.data.sources.files import find_folder
from sweeper.data.wording import quoted
from sweeper.errors import DataError
from sweeper.records import Task

ENDINGS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def images(settings: Settings, folder: Path, scratch: Scratch) -> RawData:
    """All pictures as uint8 [rows, height, width, 1 or 3], upright and resized; classes are the folders' names, sorted."""
    top = find_folder(folder, settings["folder"])
    classes = sorted(entry for entry in top.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(classes) < 2:
        counted = "one folder" if classes else "no folders"
        raise DataError(
            f"{quoted(settings['folder'])} has {counted}; expected one folder for each class, of which there are two or more."
        )
    height, width = sizes(settings["size"])
    pictures = [(label, path) for label, entry in enumerate(classes) for path in _pictures(entry)]
    x = scratch.array((len(pictures), height, width, 3 if settings["colour"] else 1), np.uint8)
    for row, (_, path) in enumerate(pictures):
        x[row] = _read(path, top, height, width, colour=settings["colour"])
    labels = np.array([label for label, _ in pictures])
    return RawData(top.name, x, labels, Task.CLASSIFICATION, class_names=tuple(entry.name for entry in classes))


def _pictures(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and not path.name.startswith("."))
    if not found:
        raise DataError(f"The class folder {quoted(folder.name)} has no pictures ({', '.join(sorted(ENDINGS))}).")
    return found


def _read(path: Path, top: Path, height: int, width: int, *, colour: bool) -> Array:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise DataError("Folders of pictures need Pillow:  pip install pillow") from error
    try:
        with warnings.catch_warnings():
            # A picture large enough for Pillow's warning of a decompression bomb is refused like its error.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                upright = ImageOps.exif_transpose(opened).convert("RGB" if colour else "L")
                resized = upright.resize((width, height), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        reason = "its contents are no picture" if "cannot identify" in str(error) else str(error)
        raise DataError(f"The picture {quoted(path.relative_to(top.parent))} cannot be read: {reason}.") from error
    return np.asarray(resized).reshape(height, width, -1)
