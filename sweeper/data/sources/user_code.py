"""Runs the user's own Python, and tells its errors by the user's file and line alone."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sweeper.data.wording import quoted
from sweeper.errors import DataError, did_you_mean


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """The function `name` of the file. Raises DataError where there is none."""
    if not path.is_file():
        raise DataError(f"There is no file {quoted(path.name)} in {path.parent.absolute()}.")
    spec = importlib.util.spec_from_file_location(f"_own_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # it ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickles of the user's look their module up
    with _own_errors(path):
        spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        known = [word for word, value in vars(module).items() if inspect.isfunction(value)]
        raise DataError(f"{path.name} has no function {quoted(name)}.{did_you_mean(name, known)}")
    return function  # type: ignore[no-any-return]


def call(path: Path, function: Callable[..., Any], settings: Mapping[str, Any]) -> Any:
    """What the function returns. Raises DataError for settings that it does not take, and for whatever it raises."""
    try:
        inspect.signature(function).bind(**settings)
    except TypeError as error:
        raise DataError(
            f"{path.name}:{getattr(function, '__name__', function)} does not take these settings: {error}."
        ) from error
    with _own_errors(path):
        return function(**settings)


@contextmanager
def _own_errors(path: Path) -> Iterator[None]:
    folder = str(path.parent.absolute())
    sys.path.insert(0, folder)
    try:
        yield
    except DataError:
        raise
    except (Exception, SystemExit) as error:
        raise DataError(_sentence(path, error)) from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _sentence(path: Path, error: BaseException) -> str:
    what = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename) == path:
        return f"{path.name}, line {error.lineno}: {what}"
    if not own:
        return f"{path.name}: {what}"
    return f"{path.name}, line {own[-1].lineno}, in {own[-1].name}: {what}\n        {own[-1].line}"
