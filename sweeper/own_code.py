"""The user's own Python: loading a function of a file, running it, and telling its errors by the user's file and line alone.

A file is run only because the user's space or command line names it; nothing found in a store is ever loaded.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sweeper.errors import InputError, SweepError, did_you_mean
from sweeper.seeds import derive


class OwnCodeError(InputError):
    """What went wrong in the user's file: `problem`, at `line` (counted from 1; 0 for the file as a whole)."""

    def __init__(self, problem: str, path: Path, line: int = 0, column: int = 0, function: str = "", source: str = "") -> None:
        self.problem, self.path, self.line, self.column = problem, path, line, column
        place = f", line {line}" if line else ""
        within = f", in {function}" if function else ""
        code = f"\n        {source}" if source else ""
        super().__init__(f"{path.name}{place}{within}: {problem}{code}")


def split_reference(reference: str, folder: str | Path) -> tuple[Path, str]:
    """File and function of `file.py:function`, the path counted from `folder`. Raises InputError for anything else."""
    file, _, name = reference.rpartition(":")
    if not file.endswith(".py") or not name.isidentifier():
        raise InputError(f"'{reference}' names no function; expected file.py:function.")
    return (Path(folder) / file).absolute(), name


def check_function(path: Path, name: str) -> None:
    """Raises InputError where there is no such file, OwnCodeError where it is no Python or has no such function, as far as can
    be seen without running it."""
    _check_file(path)
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        raise _told(error, path) from error
    bound = set(_bound(tree))
    if name not in bound and "*" not in bound:
        raise _without(name, path, bound)


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """The function `name` of the file. Raises InputError where there is none, OwnCodeError for what the file itself raises.

    The file is run each time, under a module name of its own, so that a user's `space.py` never hides another module.
    """
    _check_file(path)
    module_name = f"sweeper_own_{path.stem}_{derive(0, str(path))}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None and spec.loader is not None  # it ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses and layers of the user's look their module up
    with running(path):
        spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        known = [word for word, value in vars(module).items() if getattr(value, "__module__", "") == module_name]
        raise _without(name, path, known)
    return function  # type: ignore[no-any-return]


def call(path: Path, function: Callable[..., Any], *values: Any, **settings: Any) -> Any:
    """What the function returns. Raises OwnCodeError for settings that it does not take, and for whatever it raises."""
    try:
        inspect.signature(function).bind(*values, **settings)
    except TypeError as error:
        given = ", ".join([*(repr(value) for value in values), *(f"{name}={value!r}" for name, value in settings.items())])
        problem = f"{getattr(function, '__name__', function)} does not take what it is called with, ({given}): {error}."
        raise OwnCodeError(problem, path, getattr(getattr(function, "__code__", None), "co_firstlineno", 0)) from error
    with running(path):
        return function(*values, **settings)


@contextmanager
def running(path: Path, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """While the user's code runs: it may import its neighbours, and what it raises becomes an OwnCodeError. Errors that have
    a plain explanation already pass, and so do those of `passing`, which our own objects raise through the user's code."""
    folder = str(path.parent)
    sys.path.insert(0, folder)
    try:
        yield
    except (Exception, SystemExit) as error:
        if isinstance(error, (SweepError, *passing)):
            raise
        raise _told(error, path) from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def own_line(error: BaseException, folder: str | Path) -> str:
    """`file.py, line 12` of the innermost frame of an error that lies in the user's folder, or an empty string."""
    frame = _own_frame(error, folder)
    return f"{Path(frame.filename).name}, line {frame.lineno}" if frame else ""


def own_place(error: BaseException, folder: str | Path) -> str:
    """What was raised and where, `TypeError in /home/me/file.py, line 12`, or an empty string where that is no user's code.
    Two errors of one place have it in common, whatever values their words name."""
    if isinstance(error, OwnCodeError):
        return f"{type(error.__cause__ or error).__name__} in {error.path}, line {error.line}"
    frame = None if isinstance(error, SweepError) else _own_frame(error, folder)
    return f"{type(error).__name__} in {frame.filename}, line {frame.lineno}" if frame else ""


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"There is no file '{path.name}' in {path.parent}.")


def _without(name: str, path: Path, known: Iterable[str]) -> OwnCodeError:
    return OwnCodeError(f"has no function '{name}'.{did_you_mean(name, known)}", path)


def _bound(tree: ast.Module) -> Iterator[str]:
    """Names that the file may give to something, wherever in it; `*` where it takes all names of another file, and may so have
    any."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]


def _own_frame(error: BaseException, folder: str | Path) -> traceback.FrameSummary | None:
    root, ours = Path(folder).resolve(), Path(__file__).resolve().parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(root) and not file.is_relative_to(ours) and "site-packages" not in file.parts:
            return frame
    return None


def _told(error: BaseException, path: Path) -> OwnCodeError:
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename) == path:
        return OwnCodeError(f"SyntaxError: {error.msg}", path, error.lineno or 0, error.offset or 0)
    problem = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    if not own:
        return OwnCodeError(problem, path)
    return OwnCodeError(problem, path, own[-1].lineno or 0, 1, own[-1].name, own[-1].line or "")
