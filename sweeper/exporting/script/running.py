"""A script's code, run in this process as it would be by itself."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from typing import Any


def run_alone(code: str, names: dict[str, Any], file: str = "<script>") -> str:
    """What the code prints, run without arguments; what it calls by a name lies in `names`. Raises what the code does."""
    arguments, sys.argv = sys.argv, [file]  # this process has arguments of its own
    try:
        with redirect_stdout(io.StringIO()) as said:
            exec(compile(code, file, "exec"), names)
    finally:
        sys.argv = arguments
    return said.getvalue()
