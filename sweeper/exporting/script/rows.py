"""The data of a script: how its rows are read, and what is done to them, as `data/recipe.py` does it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sweeper.data.raw import RawData, Settings
from sweeper.data.recipe import Recipe
from sweeper.data.sources.csv_text import separator
from sweeper.data.sources.python import own_settings
from sweeper.exporting.order import ARRAYS
from sweeper.exporting.script.literals import call, in_comment, literal
from sweeper.own_code import split_reference
from sweeper.records import DataInfo, Task
from sweeper.seeds import derive


@dataclass(frozen=True)
class Reading:
    """Code that leaves raw rows in `x` and targets in `y`, with the imports it needs, and the name of the user's file that it
    reads, if any."""

    imports: tuple[str, ...]
    code: str
    file: str = ""


_NOISY = """\
random = np.random.default_rng({seed})   # label_noise: a share of the training rows has a class drawn at random
drawn, anything = random.random(len(y)) < {share!r}, random.integers(len(classes), size=len(y))
wrong = train[drawn[train]]
y[wrong] = anything[wrong]"""

_BUNDLED = {
    "digits": "digits = load_digits()\nx, y = digits.images[..., np.newaxis], digits.target",
    "diabetes": "x, y = load_diabetes(return_X_y=True, scaled=False)",
    "wine": "x, y = load_wine(return_X_y=True)",
    "breast_cancer": "x, y = load_breast_cancer(return_X_y=True)",
    "iris": "x, y = load_iris(return_X_y=True)",
}


def arrays_reading(what: str) -> Reading:
    """Of the arrays that lie beside the script."""
    said = f"# The rows of {in_comment(what)}, as the sweep read them."
    return Reading((), f'{said}\ndata = np.load(HERE / {literal(ARRAYS)})\nx, y = data["x"], data["y"]')


def reading(name: str, settings: Settings, raw: RawData, recipe: Recipe, folder: Path) -> Reading | None:
    """How the data set `name` is read from its source; None where that cannot be said shortly. Paths count from `folder`."""
    if name in _BUNDLED:
        return Reading((f"from sklearn.datasets import load_{name}",), _BUNDLED[name])
    if name in ("csv", "parquet"):
        return _table(name, settings, raw, recipe, (folder / settings["file"]).absolute())
    if name == "npz":
        path = (folder / settings["file"]).absolute()
        code = f"data = np.load(file)\nx, y = data[{literal(settings['x'])}], data[{literal(settings['y'])}]"
        return Reading(("import sys",), f"{_file(path)}\n{code}", path.name)
    if name == "python":
        return _own(settings, folder)
    return _adding_problem(settings) if name == "adding_problem" else None


def preparing(raw: RawData, info: DataInfo, settings: Settings, *, constants: bool) -> str:
    """Code that makes of `x`, `y` and `train` what the network reads. What it shifts and scales by is computed from the
    training rows, or, as `constants`, read from the file of the `rows`."""
    return f"{_targets(raw, info, settings, constants)}\n\n{_inputs(raw, settings, constants)}"


def _table(name: str, settings: Settings, raw: RawData, recipe: Recipe, path: Path) -> Reading:
    read = call("pd.read_parquet", "file")
    if name == "csv":
        mark = separator(path)
        read = call("pd.read_csv", "file", **({} if mark == "," else {"sep": mark}), skipinitialspace=True)
    lines = [_file(path), f"table = {read}", f"y = table[{literal(settings['target'])}].to_numpy()"]
    columns = [column.name for column in raw.columns]
    plain = all(column.values is None for column in raw.columns)
    if plain and not _has_blanks(raw):
        lines.append(f'x = table[{literal(columns)}].to_numpy(dtype="float64")')
    else:
        lines += _features(raw, recipe)
    return Reading(("import sys", "import pandas as pd"), "\n".join(lines), path.name)


def _file(path: Path) -> str:
    """Where the user's file lies, which may be another place than that of the sweep."""
    return f"""\
file = Path({literal(str(path))})
if len(sys.argv) > 1:
    file = Path(sys.argv[1])
elif not file.exists():
    file = HERE / file.name"""


def _features(raw: RawData, recipe: Recipe) -> list[str]:
    """Blank numbers get the training rows' median, text a column of 0 and 1 for each of its values."""
    assert recipe.encoding is not None
    lines = ["features = ["]
    for position, column in enumerate(raw.columns):
        cells = f"table[{literal(column.name)}]"
        if column.values is not None:
            known = [column.values[code] for code in recipe.encoding.laid_out[position]]
            lines.append(f"    *({cells} == value for value in {literal(known)}),")
        elif _has_blanks(raw, position):
            lines.append(f"    {cells}.fillna({cells}.iloc[train].median()),")
        else:
            lines.append(f"    {cells},")
    return [*lines, "]", 'x = np.stack([np.asarray(feature, dtype="float64") for feature in features], axis=1)']


def _has_blanks(raw: RawData, position: int | None = None) -> bool:
    cells = raw.x if position is None else raw.x[:, position]
    return bool(np.isnan(cells).any())


def _own(settings: Settings, folder: Path) -> Reading:
    path, function = split_reference(settings["load"], folder)
    load = f"sys.path.insert(0, {literal(str(path.parent))})\nfrom {path.stem} import {function}\n\n"
    return Reading(
        ("import sys",), f"{load}x, y = {call(function, **own_settings(settings))}\nx, y = np.asarray(x), np.asarray(y)"
    )


def _adding_problem(settings: Settings) -> Reading:
    rows, length = settings["rows"], settings["length"]
    return Reading(
        (),
        f"""\
random = np.random.default_rng({derive(settings["split_seed"], "adding_problem")})
numbers = random.random(({rows}, {length}), dtype=np.float32)
first, second = random.integers(0, {length // 2}, {rows}), random.integers({length // 2}, {length}, {rows})
every, marks = np.arange({rows}), np.zeros(({rows}, {length}), np.float32)
marks[every, first] = marks[every, second] = 1
x, y = np.stack([numbers, marks], axis=-1), numbers[every, first] + numbers[every, second]""",
    )


def _targets(raw: RawData, info: DataInfo, settings: Settings, constants: bool) -> str:
    share = float(settings["label_noise"])
    if info.task is Task.CLASSIFICATION:
        lines = []
        if raw.y.ndim > 1:
            one_hot = raw.y.shape[1:] != (1,) * (raw.y.ndim - 1)
            lines.append("y = y.argmax(axis=1)" if one_hot else "y = y.reshape(len(y))")
        lines.append("classes, y = np.unique(y, return_inverse=True)")
        return "\n".join(
            [*lines, _NOISY.format(seed=derive(settings["split_seed"], "label noise"), share=share)] if share else lines
        )
    lines = ['y = y.astype("float32").reshape(len(y), -1)']
    if settings["standardize"]:
        numbers = 'numbers = y[train].astype("float64")\ny_mean, y_scale = numbers.mean(axis=0), numbers.std(axis=0)'
        lines.append('y_mean, y_scale = rows["y_mean"], rows["y_scale"]' if constants else numbers)
        lines.append('y = ((y - y_mean) / y_scale).astype("float32")')
    return "\n".join(lines)


def _inputs(raw: RawData, settings: Settings, constants: bool) -> str:
    lines = ["x = x.reshape(len(x), 1)"] if raw.x.ndim == 1 else []
    if not settings["standardize"]:
        return "\n".join([*lines, 'x = x.astype("float32")'])
    if constants:
        lines.append('mean, deviation = rows["mean"], rows["deviation"]')
    else:
        lines.append('numbers = x[train].reshape(-1, x.shape[-1]).astype("float64")')
        lines.append("mean, deviation = numbers.mean(axis=0), numbers.std(axis=0)")
    return "\n".join([*lines, 'x = ((x - mean) / deviation).astype("float32")'])
