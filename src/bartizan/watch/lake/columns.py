"""The columns of an event in the lake: from judged events to an Arrow table, and back to plain dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import pyarrow as pa

TEXTS: Final = (
    "source", "domain", "kind", "actor", "person", "place", "zone", "portal", "site",
    "device", "host", "asset", "outcome", "summary", "raw", "clock",
)  # fmt: skip
REFERENCES: Final = ("actor", "person", "place", "zone", "portal", "site", "device", "host", "asset")
COUNTABLE: Final = ("source", "domain", "kind", "outcome", "level", *REFERENCES)

_MOMENT: Final = pa.timestamp("us", "UTC")
_SCHEMA: Final = pa.schema(
    [
        ("id", pa.string()),
        ("time", _MOMENT),
        ("received", _MOMENT),
        ("class_uid", pa.int32()),
        ("level", pa.int8()),
        *((name, pa.string()) for name in TEXTS),
        ("rules", pa.string()),
        ("data", pa.string()),
        ("facts", pa.string()),
    ]
)
_OWN: Final = frozenset(_SCHEMA.names)
_TEXTS: Final = frozenset(TEXTS)
_SQL_TYPES: Final = {
    pa.string(): "VARCHAR",
    _MOMENT: "TIMESTAMPTZ",
    pa.int32(): "INTEGER",
    pa.int8(): "TINYINT",
}

DEFINITION: Final = ", ".join(
    f"{name} {'UUID' if name == 'id' else _SQL_TYPES[kind]}"
    for name, kind in zip(_SCHEMA.names, _SCHEMA.types, strict=True)
)
WHOLE: Final = "e.id::VARCHAR AS id, " + ", ".join(f"e.{name}" for name in _SCHEMA.names[1:])
"""Everything of an event ``e``."""

LISTED: Final = WHOLE.replace("e.raw", "left(e.raw, 2000) AS raw").replace(
    "e.data", "if(strlen(e.data) <= 65536, e.data, NULL) AS data"
)
"""Everything but the end of huge messages: a list of messages of a megabyte each must not fill the memory."""

_UNSAID: Final = frozenset({"id", "received", "class_uid", "raw", "clock", "rules", "data", "facts"})
BRIEF: Final = "e.id::VARCHAR AS id, " + ", ".join(f"e.{name}" for name in _SCHEMA.names if name not in _UNSAID)
"""What a line in a list says: who, what, where, when. Messages and fields are two thirds of what there is to read."""


def table_of(events: Sequence[Mapping[str, Any]]) -> pa.Table:
    """``events`` as they come from the judge, by columns. What has no column of its own is kept in ``facts``."""
    columns: dict[str, list[Any]] = {name: [event.get(name) for event in events] for name in _OWN - {"facts"}}
    columns["class_uid"] = [event.get("class_uid", 0) for event in events]
    columns["level"] = [event.get("level", 0) for event in events]
    columns["rules"] = [_json(event.get("rules")) for event in events]
    columns["data"] = [_json(event.get("data")) for event in events]
    columns["facts"] = [_json({name: event[name] for name in event.keys() - _OWN}) for event in events]
    arrays = [pa.array(columns[field.name], field.type) for field in _SCHEMA]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def events_of(table: pa.Table) -> list[dict[str, Any]]:
    """Rows of the lake as events: every field that was asked for, empty texts as ``""``, times aware."""
    return [_event(row) for row in table.to_pylist()]


def _event(row: dict[str, Any]) -> dict[str, Any]:
    for name in row.keys() & _TEXTS:
        row[name] = row[name] or ""
    for name, empty in (("rules", list), ("data", dict), ("facts", dict)):
        if name in row:
            row[name] = orjson.loads(row[name]) if row[name] else empty()
    return row


def _json(value: Any) -> str | None:
    return orjson.dumps(value).decode() if value else None
