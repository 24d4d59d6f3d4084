"""From a row of a foreign file to an observation, a row of the estate, or a problem."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson

from bartizan.connectors.http import read_entry
from bartizan.connectors.imports.files import Cells, FileError, Source, flat
from bartizan.connectors.imports.mapping import DateForm, Filter, Mapping, TimeForm, Value
from bartizan.connectors.imports.results import EstateRow, Problem, RowResult
from bartizan.connectors.imports.targets import TARGETS
from bartizan.connectors.imports.times import joined, time_reader
from bartizan.connectors.imports.values import Row, RowError, SkipRowError, text_of, value_reader
from bartizan.engines.observe import Observation

_REMEMBERED: Final = 100_000
_OUTCOMES: Final = {
    "door.granted": "success", "door.exit": "success", "login.success": "success", "biometric.accepted": "success",
    "door.denied": "failure", "door.passback": "failure", "login.failure": "failure", "biometric.refused": "failure",
}  # fmt: skip
Read = Callable[[Row], Any]


class Repeats:
    """Numbers rows that are alike in every column, so that each has an identity of its own.

    The identity is the row's content and not its place: the same export again, a longer one of the same log, or one
    that overlaps it stores nothing twice. Alike rows share their time and so stand near each other; as many rows as
    are remembered may lie between two of them.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, int] = OrderedDict()

    def identity(self, content: bytes) -> str:
        digest = hashlib.blake2b(content, digest_size=16).digest()
        number = self._seen.pop(digest, 0) + 1
        self._seen[digest] = number
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return f"row:{digest.hex()}" if number == 1 else f"row:{digest.hex()}:{number}"


class RowReader:
    """Made of a mapping for one open file; :meth:`read` turns its rows."""

    def __init__(self, mapping: Mapping, source: Source, received: datetime) -> None:
        self.missed: dict[str, Counter[str]] = {}
        self._mapping, self._source, self._received = mapping, source, received
        self._names = _Names(source)
        self._repeats = Repeats()
        self._skips = [_test(item, self._names) for item in mapping.skip]
        self._flat = source.format == "jsonl" and mapping.rows == "table"
        self._key = [self._names.find(name, "key") for name in mapping.key]
        self._make = self._maker()

    def read(self, number: int, cells: Cells) -> RowResult | None:
        """What the row is; nothing when the mapping leaves it out."""
        if "\0" in cells:
            return Problem(number, "", "", cells["\0"], "correct the row; it was not stored")
        row = flat(cells) if self._flat else cells
        try:
            if any(holds(row) for holds in self._skips):
                return None
            return self._make(number, row)
        except SkipRowError:
            return None
        except RowError as error:
            return Problem(number, error.column, error.value, error.what, error.todo)

    def pass_over(self, cells: Cells) -> None:
        """Counts a row that was read before: later rows alike must get the identity that they got then."""
        if "\0" not in cells:
            self._identity(flat(cells) if self._flat else cells)

    def _identity(self, row: Row) -> str:
        if self._key:
            return "key:" + "|".join(text_of(row.get(name)) for name in self._key)
        if self._source.format in ("jsonl", "evtx"):
            return self._repeats.identity(orjson.dumps(row))
        return self._repeats.identity("\x1f".join(map(text_of, row.values())).encode("utf-8", "surrogatepass"))

    def _maker(self) -> Callable[[int, Row], RowResult]:
        mapping = self._mapping
        if mapping.target != "observations":
            return self._estate_maker()
        if mapping.rows != "table" or self._source.format == "evtx":
            return self._event
        return self._observation_maker()

    def _event(self, number: int, row: Row) -> RowResult:
        """Rows that are events already: Windows, Bartizan or OCSF JSON."""
        seen, problem = read_entry(self._mapping.source, row, self._received)
        if problem and seen.at == self._received:
            return Problem(number, "", "", problem[0], "describe such rows in a mapping")
        return seen if seen.key else replace(seen, key=self._identity(row))

    def _first(self, name: str, values: list[Value]) -> Read:
        """The first of several alternatives that is not empty."""
        readers = []
        for value in values:
            missed = self.missed.setdefault(name, Counter())
            comma = self._mapping.file.decimal_comma
            found = self._names.located(value, name)
            readers.append(value_reader(name, found, self._mapping.dates, missed, decimal_comma=comma))
        if not readers:
            return lambda _row: ""
        if len(readers) == 1:
            return readers[0]
        return lambda row: next((found for read in readers if (found := read(row))), "")

    def _estate_maker(self) -> Callable[[int, Row], RowResult]:
        known, target = TARGETS[self._mapping.target], self._mapping.target
        readers = {
            name: self._first(name, [v if v.type else v.model_copy(update={"type": known[name].type}) for v in values])
            for name, values in self._mapping.fields.items()
        }
        required = [name for name in readers if known[name].required]

        def make(number: int, row: Row) -> RowResult:
            fields = {name: value for name, read in readers.items() if (value := read(row)) not in (None, "", [])}
            for name in required:
                if name not in fields:
                    column = ", ".join(self._mapping.fields[name][0].names())
                    return Problem(
                        number, column, "", f"{name} is empty", "every row needs it; or leave it out by 'skip'"
                    )
            return EstateRow(number, target, fields)

        return make

    def _observation_maker(self) -> Callable[[int, Row], RowResult]:
        mapping = self._mapping
        if mapping.time is None or mapping.kind is None:
            raise FileError("the mapping names no time or no kind")
        at = _at(mapping.time, self._names)
        kind, outcome = self._first("kind", [mapping.kind]), self._outcome()
        actor, place = self._first("actor", mapping.actor), self._first("place", mapping.place)
        device, asset = self._first("device", mapping.device), self._first("asset", mapping.asset)
        data, source = self._data(), mapping.source

        def make(_number: int, row: Row) -> RowResult:
            moment, note = at(row)
            what = kind(row)
            kept = data(row)
            if note:
                kept["time_note"] = note
            seen = (actor(row), place(row), device(row), asset(row))
            return Observation(moment, source, what, *seen, outcome(row, what), kept, "", self._identity(row))

        return make

    def _outcome(self) -> Callable[[Row, str], str]:
        if self._mapping.outcome is None:
            return lambda _row, kind: _OUTCOMES.get(kind, "")
        read = self._first("outcome", [self._mapping.outcome])
        return lambda row, _kind: str(read(row))

    def _data(self) -> Callable[[Row], dict[str, Any]]:
        wanted = self._mapping.data
        if wanted == "none":
            return lambda _row: {}
        if wanted == "all":
            return lambda row: {name: _plain(cell) for name, cell in row.items() if cell not in (None, "")}
        named = wanted if isinstance(wanted, dict) else {name: name for name in wanted}
        columns = [(name, self._names.find(column, "data")) for name, column in named.items()]
        return lambda row: {name: _plain(row[c]) for name, c in columns if row.get(c) not in (None, "")}


class _Names:
    """The file's columns as the mapping may call them: letters' case and blanks around do not matter."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = {name.casefold(): name for name in source.columns or ()}

    def find(self, name: str, where: str) -> str:
        if self._source.columns is None:
            return name
        found = name if name in self._source.columns else self._known.get(name.strip().casefold())
        if found is None:
            columns = ", ".join(self._source.columns)
            raise FileError(f"{where}: {self._source.path.name} has no column '{name}'. Its columns: {columns}")
        return found

    def located(self, value: Value, where: str) -> Value:
        """``value`` with its columns as the file spells them."""
        if value.template is not None:
            template = re.sub(r"\{([^{}]+)\}", lambda m: "{" + self.find(m[1], where) + "}", value.template)
            return value.model_copy(update={"template": template})
        if value.column is not None:
            return value.model_copy(update={"column": self.find(value.column, where)})
        if value.columns is not None:
            return value.model_copy(update={"columns": [self.find(name, where) for name in value.columns]})
        return value


def _at(form: TimeForm, names: _Names) -> Callable[[Row], tuple[datetime, str]]:
    columns, read = [names.find(name, "time") for name in form.names()], time_reader(DateForm(**_date_form(form)))
    only = columns[0]

    def at(row: Row) -> tuple[datetime, str]:
        cell = row.get(only) if len(columns) == 1 else joined([row.get(name) for name in columns])
        try:
            return read(cell if cell is not None else "")
        except ValueError as error:
            todo = "correct it, or leave such rows out with 'skip'"
            raise RowError(", ".join(columns), cell, f"the time '{cell}' {error}", todo) from error

    return at


def _date_form(form: TimeForm) -> dict[str, Any]:
    return form.model_dump(exclude={"column", "columns"})


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, str | int | float | bool | list) else text_of(cell)


def _test(item: Filter, names: _Names) -> Callable[[Row], bool]:
    column = names.find(item.column, "skip")
    if item.empty is not None:
        return lambda row: (text_of(row.get(column)) == "") == item.empty
    if item.matches is not None:
        pattern = re.compile(item.matches)
        return lambda row: pattern.search(text_of(row.get(column))) is not None
    words = frozenset(word.casefold() for word in item.equals or item.not_equals or ())
    wanted = item.equals is not None
    return lambda row: (text_of(row.get(column)).casefold() in words) == wanted
