"""The user's own Python: loading a function named `file.py:function`, and saying where it went wrong.

A file is run only because the user's space or command line names it; nothing found in a store is ever loaded.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweeper.errors import InputError, did_you_mean


def load_function(reference: str, folder: str | Path) -> Callable[..., Any]:
    """The function that `file.py:function` names; the path counts from `folder`.

    The file's own folder is on the import path while it runs, so that it may import its neighbours. Raises InputError where the
    file or the function is missing; what the file itself raises passes through.
    """
    file_name, _, name = reference.partition(":")
    if not file_name.endswith(".py") or not name.isidentifier():
        raise InputError(f"'{reference}' does not name a function; write file.py:function.")
    path = (Path(folder) / file_name).resolve()
    if not path.is_file():
        raise InputError(f"{reference}: there is no file {path}.")
    module = _module(path)
    function = getattr(module, name, None)
    if not callable(function):
        known = [word for word, value in vars(module).items() if callable(value) and not word.startswith("_")]
        raise InputError(f"{reference}: {path.name} has no function '{name}'.{did_you_mean(name, known)}")
    return function  # type: ignore[no-any-return]


def own_line(error: BaseException, folder: str | Path) -> str:
    """`file.py:12` of the innermost frame of an error that lies in the user's folder, or an empty string."""
    root = str(Path(folder).resolve())
    library = str(Path(__file__).resolve().parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(root) and not frame.filename.startswith(library) and "site-packages" not in frame.filename
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _module(path: Path) -> Any:
    name = f"sweeper_own_{path.stem}_{abs(hash(str(path)))}"
    if name in sys.modules:
        return sys.modules[name]
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise InputError(f"{path} cannot be read as Python.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(path.parent))
    return module
