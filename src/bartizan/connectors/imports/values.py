"""One value of the result out of a row, as the mapping asks for it."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from bartizan.connectors.imports.mapping import BadgeForm, DateForm, Value
from bartizan.connectors.imports.targets import Type
from bartizan.connectors.imports.times import NotATimeError, clock, joined, time_reader

Row = Mapping[str, Any]
_CACHE: Final = 20_000
_MISSED: Final = 1_000
# Card number formats: bits of the facility code, bits of the card number (HID 26-bit H10301, 34-bit, 37-bit H10304).
_WIEGAND: Final = {26: (8, 16), 34: (16, 16), 37: (16, 19)}
_YES: Final = frozenset({"yes", "y", "true", "1", "ja", "j", "oui", "si", "sí", "x", "on"})
_NO: Final = frozenset({"no", "n", "false", "0", "nee", "nein", "non", "off", "", "-"})
_LIST: Final = re.compile(r"[;,|\s]+")


class RowError(ValueError):
    """Why a row cannot be used: column, value, what is wrong and what to do."""

    def __init__(self, column: str, value: Any, what: str, todo: str) -> None:
        super().__init__(what)
        self.column, self.value, self.what, self.todo = column, str(value)[:200], what, todo


class SkipRowError(Exception):
    """The mapping says that rows like this one are left out."""


def text_of(cell: Any) -> str:
    """A cell as a person reads it."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def value_reader(
    name: str, value: Value, dates: DateForm, missed: Counter[str], *, decimal_comma: bool = False
) -> Callable[[Row], Any]:
    """A function from a row to the value. ``missed`` counts what the value's table does not hold."""
    origin = _origin(value)
    if value.type in ("date", "time", "clock"):
        return _of_time(name, value, dates)
    change = _change(value, missed)
    turn = _typed(value.type, decimal_comma=decimal_comma)
    if value.constant is not None:
        constant = turn(change(value.constant))
        return lambda _row: constant
    known: dict[str, Any] = {}

    def read(row: Row) -> Any:
        text = origin(row)
        if text in known and text not in missed:
            return known[text]
        try:
            result = turn(change(text))
        except ValueError as error:
            raise RowError(", ".join(value.names()), text, f"{name}: {error}", _todo(value)) from error
        if len(known) < _CACHE:
            known[text] = result
        return result

    return read


def _todo(value: Value) -> str:
    if value.table is not None and value.otherwise == "problem":
        return "add it to the table in the mapping"
    return "correct the row, or leave such rows out with 'skip'"


def _origin(value: Value) -> Callable[[Row], str]:
    names = value.names()
    if value.template is not None:
        parts = re.split(r"\{([^{}]+)\}", value.template)
        return lambda row: "".join(text_of(row.get(p)) if i % 2 else p for i, p in enumerate(parts)).strip()
    if len(names) == 1:
        only = names[0]
        return lambda row: text_of(row.get(only))
    return lambda row: value.join.join(text for name in names if (text := text_of(row.get(name))))


def _change(value: Value, missed: Counter[str]) -> Callable[[str], str]:
    steps: list[Callable[[str], str]] = []
    if value.pattern is not None:
        steps.append(_matched(re.compile(value.pattern)))
    if value.badge is not None:
        steps.append(_badge(value.badge))
    if value.strip_zeros:
        steps.append(_without_zeros)
    if value.case is not None:
        steps.append(str.lower if value.case == "lower" else str.upper)
    if value.table is not None:
        steps.append(_translated(value.table, value.otherwise, missed))
    if value.prefix:
        prefix = value.prefix.rstrip(":")
        steps.append(lambda text: f"{prefix}:{text}")

    def change(text: str) -> str:
        for step in steps:
            # A column that is empty gives nothing, whatever the table says of the rest.
            if text:
                text = step(text)
        return text

    return change


def _matched(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def part(text: str) -> str:
        match = pattern.search(text)
        if match is None:
            return ""
        return (match[1] if pattern.groups else match[0]) or ""

    return part


def _without_zeros(text: str) -> str:
    return text.lstrip("0") or text[:1]


def _badge(form: BadgeForm) -> Callable[[str], str]:
    def number(text: str) -> str:
        facility, card = _facility_and_card(form, text)
        if form.strip_zeros:
            facility, card = _without_zeros(facility), _without_zeros(card)
        return f"{facility}-{card}" if facility and form.facility == "keep" else card

    return number


def _facility_and_card(form: BadgeForm, text: str) -> tuple[str, str]:
    if form.separator is not None and form.separator in text:
        facility, _, card = text.rpartition(form.separator)
        return facility.strip(), card.strip()
    if not form.hex and form.wiegand is None:
        return "", text
    try:
        whole = int(text, 16 if form.hex else 10)
    except ValueError:
        raise ValueError(f"is no {'hexadecimal ' if form.hex else ''}badge number") from None
    if form.wiegand is None:
        return "", str(whole)
    of_facility, of_card = _WIEGAND[form.wiegand]
    if whole >> (of_facility + of_card):
        raise ValueError(f"is too large for {form.wiegand}-bit Wiegand without its parity bits")
    return str(whole >> of_card), str(whole & ((1 << of_card) - 1))


def _translated(table: Mapping[str, str], otherwise: str, missed: Counter[str]) -> Callable[[str], str]:
    exact = {_plain(key): word for key, word in table.items()}
    wild = [(re.compile(fnmatch.translate(_plain(key))), word) for key, word in table.items() if "*" in key]

    def translate(text: str) -> str:
        plain = _plain(text)
        word = exact.get(plain)
        if word is None:
            word = next((word for pattern, word in wild if pattern.match(plain)), None)
        if word is None:
            if text in missed or len(missed) < _MISSED:
                missed[text] += 1
            word = _left_over(text, otherwise)
        if word == "skip":
            raise SkipRowError
        return word

    return translate


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _left_over(text: str, otherwise: str) -> str:
    if otherwise == "problem":
        raise ValueError("is not in the table")
    return {"keep": text, "empty": ""}.get(otherwise, otherwise)


def _typed(kind: Type | None, *, decimal_comma: bool) -> Callable[[str], Any]:
    if kind == "whole":
        return lambda text: int(text) if text else None
    if kind == "number":
        return lambda text: number(text, decimal_comma=decimal_comma) if text else None
    if kind == "boolean":
        return _boolean
    if kind == "list":
        return lambda text: [part for part in _LIST.split(text) if part]
    return lambda text: text


def number(text: str, *, decimal_comma: bool) -> float:
    if decimal_comma:
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text.replace("'", "").replace(" ", ""))
    except ValueError:
        raise ValueError("is no number; if it has a decimal comma say so: 'file: {decimal_comma: true}'") from None


def _boolean(text: str) -> bool:
    plain = text.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise ValueError("is neither yes nor no")


def _of_time(name: str, value: Value, dates: DateForm) -> Callable[[Row], str | None]:
    names, form = value.names(), dates.model_copy(update={"format": value.format or dates.format})
    read_cell = _TIMES[value.type or "time"](form)

    def read(row: Row) -> str | None:
        cell = joined([row.get(column) for column in names]) if names else value.constant
        if cell is None or cell == "":
            return None
        try:
            return read_cell(cell)
        except ValueError as error:
            what = f"{name}: '{cell}' {error}"
            raise RowError(", ".join(names), cell, what, "state its form in the mapping") from error

    return read


def _moments(form: DateForm) -> Callable[[Any], str]:
    read = time_reader(form)
    return lambda cell: read(cell)[0].isoformat()


def _days(form: DateForm) -> Callable[[Any], str]:
    # A day has no zone: 1 March stays 1 March, wherever it was written.
    read = time_reader(form.model_copy(update={"zone": "UTC"}))
    return lambda cell: read(cell)[0].date().isoformat()


_TIMES: Final[dict[str, Callable[[DateForm], Callable[[Any], str]]]] = {
    "time": _moments,
    "date": _days,
    "clock": lambda _form: clock,
}

__all__ = ["NotATimeError", "Row", "RowError", "SkipRowError", "number", "text_of", "value_reader"]
