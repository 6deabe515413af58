"""`{float: [a, b]}` and `{int: [a, b]}` with `log`, `step`, `per_layer`, `default`."""

from __future__ import annotations

import math

from sweeper.catalogue.declaration import AllOf, Anything, Number, OneOf, Parameter
from sweeper.errors import SpaceError
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, error_at, written
from sweeper.spaces.spot import Spot
from sweeper.spaces.tree import PerLayer, Range
from sweeper.spaces.values import value_of
from sweeper.spaces.wording import perhaps, shown

KINDS = ("int", "float")
_FORMS = (*KINDS, "log", "step", "per_layer", "default")
_WIDE = 100.0


def read_range(parameter: Parameter, given: Mapping, spot: Spot) -> Range | PerLayer:
    """A range of numbers. Raises SpaceError."""
    kind = _kind(parameter, given, spot)
    if not spot.searching:
        raise error_at(
            given,
            "nothing is tried here; ranges belong to model, initializer, regularization, optimizer and training",
            path=spot.path,
        )
    _check_forms(parameter, given, spot)
    low, high = _ends(parameter, given, kind, spot)
    log, step = _flag(given, "log", spot), _step(given, kind, spot)
    if log and low <= 0:
        raise error_at(
            given,
            f"a range with log begins above 0, not at {shown(low)}",
            path=spot.path,
            paste=f"{spot.key}: {_form(kind, high / 1000 if kind == 'float' else 1, high, 'log: true')}",
        )
    if log and step is not None:
        raise error_at(
            given.key("step"),
            "log and step together have no meaning",
            path=spot.path,
            paste=f"{spot.key}: {_form(kind, low, high, 'log: true')}",
        )
    if step is not None:
        _check_step(given, kind, low, high, step, spot)
    enters = spot.enters(parameter.enters)
    found = Range(kind, low, high, log, step, None, spot.path, spot.shared, enters)  # type: ignore[arg-type]
    found = Range(kind, low, high, log, step, _default(parameter, given, found, spot), spot.path, spot.shared, enters)  # type: ignore[arg-type]
    if _flag(given, "per_layer", spot):
        if not parameter.per_layer:
            raise error_at(
                given.key("per_layer"), f"'{spot.key}' is one value for the whole net, not one for each layer", path=spot.path
            )
        return PerLayer(found, "", 0)
    return found


def middle(found: Range) -> float:
    """The value in the middle of a range (of its logarithm), on its grid: the default where nothing else is."""
    value = math.sqrt(found.low * found.high) if found.log else (found.low + found.high) / 2
    if found.step is not None:
        value = found.low + found.step * round((value - found.low) / found.step)
    return round(value) if found.kind == "int" else float(f"{value:.3g}") if found.step is None else value


def wide(found: Range) -> bool:
    """Whether a range is linear over more than two orders of magnitude, so that its low end is hardly ever drawn."""
    return not found.log and found.low > 0 and found.high / found.low > _WIDE


def _kind(parameter: Parameter, given: Mapping, spot: Spot) -> str:
    kinds = [kind for kind in KINDS if kind in given.keys]
    takes = parameter.takes
    if not kinds:
        key, value = given.pairs[0] if given.pairs else (None, None)
        if {"min", "max"} <= set(given.keys) or {"low", "high"} <= set(given.keys):
            low, high = (value for name, value in given.pairs if name.text in ("min", "max", "low", "high"))
            kind = "int" if isinstance(takes, Number) and takes.integer else "float"
            raise error_at(
                given,
                "a range is written with both ends in one list",
                path=spot.path,
                paste=f"{spot.key}: {{{kind}: [{written(low)}, {written(high)}]}}",
            )
        if key is None:
            raise error_at(given, "empty braces", path=spot.path)
        paste = (
            f"{spot.key}: {{choice: {written(value)}}}"
            if isinstance(value, Sequence) and key.text in ("choices", "values")
            else f"{spot.key}: {{float: {written(value)}, log: true}}"
            if isinstance(value, Sequence) and key.text in ("loguniform", "log_uniform")
            else ""
        )
        raise error_at(key, f"unknown form '{key.text}'.{perhaps(key.text, (*KINDS, 'choice'))}", path=spot.path, paste=paste)
    if len(kinds) > 1:
        raise error_at(given, "int and float at once; a range is of one kind", path=spot.path)
    kind = kinds[0]
    if not isinstance(takes, Number | Anything):
        raise error_at(
            given,
            "a range of numbers, where " + ("a part" if isinstance(takes, OneOf | AllOf) else "a word") + " was expected",
            path=spot.path,
            paste=f"{spot.key}: {parameter.usual}" if parameter.usual else "",
        )
    if isinstance(takes, Number) and takes.integer != (kind == "int"):
        right = "int" if takes.integer else "float"
        ends = written(given.get(kind))  # type: ignore[arg-type]
        raise error_at(
            given,
            f"'{spot.key}' takes {takes.says()}, so its range is written with {right}",
            path=spot.path,
            paste=f"{spot.key}: {{{right}: {ends}}}",
        )
    return kind


def _check_forms(parameter: Parameter, given: Mapping, spot: Spot) -> None:
    for key, value in given.pairs:
        if key.text in _FORMS:
            continue
        name, colon, rest = key.text.partition(":")
        if colon and name in _FORMS and isinstance(value, Scalar) and value.empty:
            good = ", ".join(
                f"{name}: {rest}" if pair[0] is key else f"{pair[0].text}: {written(pair[1])}" for pair in given.pairs
            )
            raise error_at(
                key,
                f"'{key.text}' lacks the space behind its colon, so it is one word",
                path=spot.path,
                paste=f"{spot.key}: {{{good}}}",
            )
        if key.text == "choice":
            raise error_at(key, "a range and a choice at once; take one of them", path=spot.path)
        raise error_at(key, f"unknown form '{key.text}'.{perhaps(key.text, _FORMS)}", path=spot.path)


def _ends(parameter: Parameter, given: Mapping, kind: str, spot: Spot) -> tuple[float, float]:
    ends: Given | None = given.get(kind)
    if not isinstance(ends, Sequence) or len(ends.items) != 2:
        raise error_at(
            ends or given,
            f"'{kind}' takes both ends of the range in a list",
            path=spot.path,
            paste=f"{spot.key}: {parameter.usual or '{' + kind + ': [low, high]}'}",
        )
    takes = parameter.takes if isinstance(parameter.takes, Number) else Number(integer=kind == "int")
    low, high = (_end(parameter, takes, item, spot) for item in ends.items)
    if low > high:
        raise error_at(
            ends,
            f"the range begins at {shown(low)} and ends at {shown(high)}",
            path=spot.path,
            paste=f"{spot.key}: {_form(kind, high, low, *_others(given, kind))}",
        )
    if low == high:
        raise error_at(
            ends, f"both ends are {shown(low)}: there is nothing to try", path=spot.path, paste=f"{spot.key}: {shown(low)}"
        )
    return low, high


def _end(parameter: Parameter, takes: Number, given: Given, spot: Spot) -> float:
    try:
        value = value_of(Parameter(spot.key, takes), given, spot)
    except SpaceError as error:
        usual = f"{spot.key}: {parameter.usual}" if parameter.usual else ""
        raise error_at(given, error.problem, path=spot.path, paste=usual) from None
    assert isinstance(value, int | float)
    return value


def _flag(given: Mapping, name: str, spot: Spot) -> bool:
    value = given.get(name)
    if value is None:
        return False
    if not isinstance(value, Scalar) or not isinstance(value.value, bool):
        raise error_at(value, f"'{name}' is true or false", path=spot.path, paste=f"{name}: true")
    return value.value


def _step(given: Mapping, kind: str, spot: Spot) -> float | None:
    value = given.get("step")
    if value is None:
        return None
    takes = Number(integer=kind == "int", low=0, open_low=True)
    step = value_of(Parameter("step", takes), value, spot.into("step"))
    assert isinstance(step, int | float)
    return step


def _check_step(given: Mapping, kind: str, low: float, high: float, step: float, spot: Spot) -> None:
    steps = (high - low) / step
    if abs(steps - round(steps)) < 1e-6 and round(steps) >= 1:
        return
    fitting = low + max(1, math.floor(steps + 1e-6)) * step
    fitting = int(fitting) if kind == "int" else float(f"{fitting:.12g}")
    raise error_at(
        given,
        f"steps of {shown(step)} from {shown(low)} do not end at {shown(high)}",
        path=spot.path,
        paste=f"{spot.key}: {_form(kind, low, fitting, f'step: {shown(step)}')}",
    )


def _default(parameter: Parameter, given: Mapping, found: Range, spot: Spot) -> float:
    value = given.get("default")
    if value is None:
        return _natural_default(parameter, found)
    takes = Number(integer=found.kind == "int")
    default = value_of(Parameter("default", takes), value, spot.into("default"))
    if not found.holds(default):
        raise error_at(value, f"the default {shown(default)} lies outside the range {found.says()}", path=spot.path)
    assert isinstance(default, int | float)
    return default


def _natural_default(parameter: Parameter, found: Range) -> float:
    """The catalogue's default where it lies in the range, else the range's middle.

    Where the default is `none`, the end that comes next to it: the low one where 0 means none (a penalty), the high one
    where it cannot (a bound on gradients).
    """
    known = parameter.default
    if isinstance(known, int | float) and found.holds(known):
        return float(known) if found.kind == "float" else known
    if known is None and parameter.optional and isinstance(parameter.takes, Number):
        return found.high if parameter.takes.open_low else found.low
    return middle(found)


def _others(given: Mapping, kind: str) -> tuple[str, ...]:
    return tuple(f"{key.text}: {written(value)}" for key, value in given.pairs if key.text != kind)


def _form(kind: str, low: float, high: float, *others: str) -> str:
    return "{" + ", ".join((f"{kind}: [{shown(low)}, {shown(high)}]", *others)) + "}"
