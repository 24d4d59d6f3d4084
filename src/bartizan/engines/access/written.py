"""The table as it lies on the disk, and back: what is written is what is read."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final

from bartizan.engines.access.table import Order, Table

VERSION: Final = 1


class TableError(ValueError):
    """The table cannot be read; in words for whoever can write it anew."""


def to_plain(table: Table) -> dict[str, Any]:
    """For JSON: dates and times as ISO texts, what has its default left out."""
    return {"version": VERSION, **_plain(table)}


def from_plain(plain: object) -> Table:
    """Raises TableError in words for what is no table of this version."""
    if not isinstance(plain, Mapping) or plain.get("version") != VERSION:
        raise TableError(f"The access table is not of version {VERSION}; let Bartizan write it anew.")
    try:
        table = _read(Table, {name: value for name, value in plain.items() if name != "version"})
    except (TypeError, ValueError, KeyError) as error:
        raise TableError(f"The access table is damaged ({error}); let Bartizan write it anew.") from error
    assert isinstance(table, Table)
    return table


def plain_order(order: Order) -> dict[str, Any]:
    return _plain(order)


def order_of(plain: object) -> Order:
    """Raises TypeError, ValueError or KeyError for what is none."""
    order = _read(Order, plain)
    assert isinstance(order, Order)
    return order


def _plain(value: object) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(value):  # type: ignore[arg-type]  # one of our dataclasses
        held = getattr(value, field.name)
        if held != field.default:
            found[field.name] = _one(held)
    return found


def _one(held: object) -> Any:
    if isinstance(held, tuple):
        return [_one(each) for each in held]
    if isinstance(held, datetime | date | time):
        return held.isoformat()
    return _plain(held) if is_dataclass(held) else held


def _read(kind: type, plain: Any) -> Any:
    if not isinstance(plain, Mapping):
        raise TypeError(f"{kind.__name__} is no object")
    readers = _readers(kind)
    if unknown := sorted(set(plain) - readers.keys()):
        raise KeyError(f"{kind.__name__} has no {unknown[0]}")
    return kind(**{name: readers[name](value) for name, value in plain.items()})


@cache
def _readers(kind: type) -> Mapping[str, Any]:
    """How each field of a shape is read."""
    hints = typing.get_type_hints(kind)
    return {field.name: _reader(hints[field.name], _is_needed(field)) for field in fields(kind)}


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING


def _reader(hint: Any, is_needed: bool) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        one = _reader(arguments[0], is_needed=True)
        return lambda held: tuple(one(each) for each in _listed(held))
    if origin is types.UnionType:
        one = _reader(next(each for each in arguments if each is not types.NoneType), is_needed=True)
        return lambda held: None if held is None else one(held)
    if origin is typing.Literal:
        return lambda held: _among(held, arguments)
    if hint in (datetime, date, time):
        return _moment if hint is datetime else hint.fromisoformat
    if is_dataclass(hint):
        return lambda held: _read(typing.cast("type", hint), held)
    return lambda held: _plainly(held, hint)


def _moment(held: str) -> datetime:
    moment = datetime.fromisoformat(held)
    if moment.tzinfo is None:
        raise ValueError(f"{held} names no time zone")
    return moment


def _listed(held: object) -> list[Any]:
    if not isinstance(held, list):
        raise TypeError(f"{held!r} is no list")
    return held


def _among(held: object, allowed: tuple[Any, ...]) -> object:
    if held not in allowed:
        raise ValueError(f"{held!r} is none of {', '.join(map(str, allowed))}")
    return held


def _plainly(held: object, kind: type) -> object:
    if type(held) is not kind:
        raise TypeError(f"{held!r} is no {kind.__name__}")
    return held
