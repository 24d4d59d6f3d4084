"""The lists of a case folder (staff, zones, effects …): which file is which, and its rows as fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bartizan.cli.folder.notes import LeftOut, Notes
from bartizan.connectors import imports
from bartizan.connectors.imports.files import Cells, open_source
from bartizan.connectors.imports.mapping import DateForm, FileForm, Value
from bartizan.connectors.imports.rows import RowReader
from bartizan.connectors.imports.targets import Type
from bartizan.connectors.imports.values import RowError, text_of, value_reader


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a list: ``called`` are other headings for it."""

    type: Type = "text"
    is_needed: bool = False
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: where it stands, and its values by field."""

    file: str
    number: int
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def left_out(self, column: str, what: str, todo: str) -> LeftOut:
        return LeftOut(self.file, self.number, column, self.text(column), what, todo)


def _needed(*called: str) -> Field:
    return Field(is_needed=True, called=called)


def _text(*called: str) -> Field:
    return Field(called=called)


_SINCE: Final = ("from", "start", "begin", "begins", "earliest", "at", "when", "time")
_UNTIL: Final = ("to", "end", "ends", "latest")
# core.headings knows more, but with Django and for the registers' own columns.
LISTS: Final[dict[str, dict[str, Field]]] = {
    "effects": {
        "kind": _needed("effect", "type", "what"),
        "since": Field("time", is_needed=True, called=_SINCE),
        "until": Field("time", called=_UNTIL),
        "place": _text("zone", "where", "room", "location"),
        "device": _text("host", "machine", "computer"),
        "asset": _text("file", "thing", "object"),
        "words": _text("description", "note", "notes", "text"),
        "events": Field("list", called=("event", "rows")),
    },
    "staff": {
        "code": _needed("id", "nr", "no", "staff no", "staff number", "staff id", "employee id", "employee number",
                        "personnel number", "personeelsnummer", "personeelsnr", "personalnummer", "matricule"),
        "name": _text("full name", "naam", "nom", "display name"),
        "department": _text("dept", "unit", "team", "afdeling", "abteilung", "service"),
        "joined_on": Field("date", called=("hired", "hire date", "start date", "in dienst", "eintritt")),
        "left_on": Field("date", called=("end date", "leaving date", "uit dienst", "austritt", "last day")),
        "hours_from": Field("clock", called=("works from", "begins", "shift start", "start time", "begin")),
        "hours_to": Field("clock", called=("works to", "ends", "shift end", "end time", "einde")),
        "works_weekends": Field("boolean", called=("weekends", "weekend work")),
        "site": _text("site code", "office", "location", "vestiging", "standort"),
        "badges": Field("list", called=("badge", "badge number", "card", "cards", "card number", "passen", "pasnr")),
        "accounts": Field("list", called=("account", "user accounts", "user account", "login", "logins", "username")),
        "desk": _text("host", "workstation", "computer", "pc", "desk host"),
    },
    "zones": {
        "code": _needed("zone", "id", "nr", "room number", "room code"),
        "name": _text("room", "title", "description", "naam", "bezeichnung"),
        "site": _text("site code", "location"),
        "building": _text("house", "block", "gebouw", "gebäude"),
        "floor": _text("storey", "verdieping", "etage"),
        "level": Field("whole", called=("security level", "protection level")),
        "outside": Field("boolean", called=("is outside", "outdoors", "buiten", "draussen")),
    },
    "doors": {
        "code": _needed("door", "portal", "id", "door number", "reader"),
        "name": _text("title", "description"),
        "outer": _needed("from", "from zone", "outside", "outer zone"),
        "inner": _needed("to", "to zone", "inside", "inner zone"),
        "seconds": Field("whole", called=("walking seconds", "walking time")),
    },
    "sites": {
        "code": _needed("site", "id"),
        "name": _text("title"),
        "timezone": _text("time zone", "tz"),
        "latitude": Field("number", called=("lat",)),
        "longitude": Field("number", called=("lon", "lng", "long")),
        "opens": Field("clock", called=("open from", "opening time")),
        "closes": Field("clock", called=("open until", "closing time")),
        "addresses": Field("list", called=("networks", "network", "subnets")),
    },
    "buildings": {"code": _needed("id", "building"), "name": _text("title")},
    "badges": {
        "number": _needed("badge", "badge number", "card", "card number", "pasnr", "id"),
        "person": _needed("holder", "staff number", "code", "employee", "held by"),
        "issued_at": Field("time", called=("issued", "issued on", "valid from", "from")),
        "ended_at": Field("time", called=("ended", "ended on", "valid until", "until", "to")),
        "end": _text("end reason", "status", "why"),
    },
    "hosts": {
        "name": _needed("host", "hostname", "computer", "machine"),
        "owner": _text("person", "user", "owned by"),
        "zone": _text("room", "place", "where"),
        "kind": _text("type"),
        "addresses": Field("list", called=("ip", "ip address", "address")),
    },
    "accounts": {
        "name": _needed("account", "login", "username", "user", "user name"),
        "person": _text("owner", "holder", "code", "staff number"),
        "kind": _text("type"),
        "disabled_at": Field("time", called=("disabled", "disabled on")),
    },
    "devices": {
        "reference": _needed("device", "code", "id"),
        "kind": _text("type"),
        "zone": _text("room", "place", "where"),
        "door": _text("portal"),
        "name": _text("title", "description"),
    },
    "gaps": {
        "source": _needed("sensor", "device", "log"),
        "since": Field("time", is_needed=True, called=_SINCE),
        "until": Field("time", is_needed=True, called=_UNTIL),
    },
    "clocks": {
        "source": _needed("log", "device"),
        "ahead_seconds": Field("number", called=("ahead", "offset", "offset seconds")),
        "error_seconds": Field("number", called=("error", "plus minus")),
    },
    "statements": {
        "speaker": _text("by", "witness", "who says"),
        "about": _needed("of", "person", "whom"),
        "since": Field("time", is_needed=True, called=_SINCE),
        "until": Field("time", called=_UNTIL),
        "place": _text("zone", "where"),
        "lent": _text("lent badge", "gave"),
        "checked": Field("boolean", called=("is checked", "confirmed")),
    },
}  # fmt: skip
STEMS: Final = {
    **{name: name for name in LISTS}, "people": "staff", "persons": "staff", "employees": "staff", "personnel": "staff",
    "rooms": "zones", "portals": "doors", "user-accounts": "accounts", "user_accounts": "accounts", "cards": "badges",
    "computers": "hosts",
}  # fmt: skip
"""Which list a file is by its name, when no mapping says it."""
_RENAMED: Final = {"is_outside": "outside", "portal": "door"}
"""Fields of a mapping's targets that are called otherwise here. A device's code is its reference."""
_DEVICE: Final = {"code": "reference"}
_FIRST: Final = frozenset({"firstname", "givenname", "forename", "voornaam", "vorname", "prénom", "first"})
_LAST: Final = frozenset({"lastname", "surname", "familyname", "achternaam", "nachname", "last"})


def rows_by_heading(name: str, path: Path, dates: DateForm, notes: Notes) -> Iterator[Row]:
    """The rows of list ``name``, its columns found by their headings. Rows that are not right are noted."""
    with open_source(path, FileForm()) as source:
        if source.columns is None:
            raise imports.FileError(f"{path.name} has no columns: {name} must be CSV or XLSX with a row of headings")
        found = _found(name, source.columns)
        if missing := [field for field, about in LISTS[name].items() if about.is_needed and field not in found]:
            raise imports.FileError(
                f"{path.name} has no column for {', '.join(missing)}. Its columns: {', '.join(source.columns)}. "
                f"Give one of them that heading, or describe the file in {path.name.split('.')[0]}.yaml."
            )
        notes.unused_columns(path.name, [column for column in source.columns if column not in _all(found)])
        readers = {field: _reader(name, field, columns, dates) for field, columns in found.items()}
        for number, cells in source.rows:
            notes.read(path.name)
            try:
                row = _row(name, path.name, number, cells, readers, found)
            except RowError as error:
                notes.leave_out(LeftOut(path.name, number, error.column, error.value, error.what, error.todo))
                continue
            if row is not None:
                yield row


def _row(
    name: str,
    file: str,
    number: int,
    cells: Cells,
    readers: Mapping[str, Callable[[Mapping[str, Any]], Any]],
    found: Mapping[str, list[str]],
) -> Row | None:
    """Nothing for a row that is empty throughout."""
    if "\0" in cells:
        raise RowError("", "", cells["\0"], "correct the row")
    if not any(text_of(cell) for cell in cells.values()):
        return None
    fields = {field: value for field, read in readers.items() if (value := read(cells)) not in (None, "", [])}
    for field, about in LISTS[name].items():
        if about.is_needed and field not in fields:
            raise RowError(", ".join(found[field]), "", f"{field} is empty", "every row needs it: fill it in")
    return Row(file, number, fields)


def _reader(name: str, field: str, columns: list[str], dates: DateForm) -> Callable[[Mapping[str, Any]], Any]:
    kind = LISTS[name][field].type
    value = Value(columns=columns, type=kind) if len(columns) > 1 else Value(column=columns[0], type=kind)
    return value_reader(field, value, dates, Counter())


def _found(name: str, headings: list[str]) -> dict[str, list[str]]:
    """The columns of each field: by its own name first, then by what it is called elsewhere."""
    found: dict[str, list[str]] = {}
    for spell in (lambda field, _about: (field,), lambda _field, about: about.called):
        for field, about in LISTS[name].items():
            wanted = {plain(one) for one in spell(field, about)}
            column = next((h for h in headings if plain(h) in wanted and h not in _all(found)), None)
            if column is not None and field not in found:
                found[field] = [column]
    if name == "staff" and "name" not in found:
        halves = [h for part in (_FIRST, _LAST) for h in headings if plain(h) in part]
        if halves:
            found["name"] = halves
    return found


def _all(found: Mapping[str, list[str]]) -> set[str]:
    return {column for columns in found.values() for column in columns}


def rows_by_mapping(mapping: imports.Mapping, path: Path, notes: Notes) -> Iterator[tuple[str, Row]]:
    """The rows of a list that a mapping describes, with the list's name here; of no use here: nothing, and a note."""
    name = STEMS.get(mapping.target, "")
    if not name:
        notes.not_read(path.name, f"lists of {mapping.target} say nothing that is used here")
        return
    renamed = _RENAMED | (_DEVICE if name == "devices" else {})
    with open_source(path, mapping.file) as source:
        reader = RowReader(mapping, source, datetime.now(UTC))
        for number, cells in source.rows:
            notes.read(path.name)
            result = reader.read(number, cells)
            if isinstance(result, imports.EstateRow):
                fields = {renamed.get(field, field): value for field, value in result.fields.items()}
                yield name, Row(path.name, number, {f: v for f, v in fields.items() if f in LISTS[name]})
            elif isinstance(result, imports.Problem):
                left = LeftOut(path.name, number, result.column, result.value, result.what, result.todo)
                notes.leave_out(left)
            else:
                notes.skipped(path.name)


def plain(text: str) -> str:
    """A heading or name without case, blanks and punctuation."""
    return "".join(mark for mark in text.casefold() if mark.isalnum())
