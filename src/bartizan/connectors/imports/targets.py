"""The lists of the estate that a file can be read into, and the columns of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Type = Literal["text", "whole", "number", "date", "time", "clock", "boolean", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    type: Type = "text"
    required: bool = False


_TEXT: Final = Column()
_CODE: Final = Column(required=True)

TARGETS: Final[dict[str, dict[str, Column]]] = {
    "departments": {"code": _CODE, "name": _CODE, "head": _TEXT},
    "sites": {
        "code": _CODE,
        "name": _CODE,
        "address": _TEXT,
        "timezone": _TEXT,
        "latitude": Column("number"),
        "longitude": Column("number"),
        "opens": Column("clock"),
        "closes": Column("clock"),
    },
    "buildings": {"code": _CODE, "name": _CODE, "site": _CODE},
    "floors": {
        "code": _CODE,
        "name": _CODE,
        "building": _CODE,
        "level": Column("whole"),
        "width": Column("whole"),
        "height": Column("whole"),
    },
    "zones": {
        "code": _CODE,
        "name": _CODE,
        "site": _CODE,
        "floor": _TEXT,
        "level": Column("whole"),
        "is_outside": Column("boolean"),
        "outline": Column("list"),
    },
    "doors": {
        "code": _CODE,
        "name": _CODE,
        "kind": _TEXT,
        "outer": _CODE,
        "inner": _CODE,
        "seconds": Column("whole"),
        "line": Column("list"),
        "readers": Column("list"),
    },
    "people": {
        "code": _CODE,
        "name": _CODE,
        "email": _TEXT,
        "phone": _TEXT,
        "job": _TEXT,
        "department": _TEXT,
        "manager": _TEXT,
        "site": _TEXT,
        "joined_on": Column("date"),
        "left_on": Column("date"),
        "hours_from": Column("clock"),
        "hours_to": Column("clock"),
        "works_weekends": Column("boolean"),
        "badges": Column("list"),
        "accounts": Column("list"),
    },
    "badges": {
        "number": _CODE,
        "person": _CODE,
        "issued_at": Column("time"),
        "ended_at": Column("time"),
        "end": _TEXT,
        "note": _TEXT,
    },
    "user-accounts": {"name": _CODE, "person": _TEXT, "kind": _TEXT, "disabled_at": Column("time")},
    "devices": {
        "code": _CODE,
        "name": _CODE,
        "kind": _CODE,
        "zone": _TEXT,
        "portal": _TEXT,
        "x": Column("number"),
        "y": Column("number"),
        "facing": Column("number"),
    },
    "hosts": {
        "name": _CODE,
        "kind": _TEXT,
        "owner": _TEXT,
        "zone": _TEXT,
        "addresses": Column("list"),
        "system": _TEXT,
        "x": Column("number"),
        "y": Column("number"),
    },
    "property": {
        "code": _CODE,
        "name": _CODE,
        "kind": _TEXT,
        "department": _TEXT,
        "holder": _TEXT,
        "zone": _TEXT,
        "site": _TEXT,
        "value": Column("number"),
        "serial": _TEXT,
        "acquired_on": Column("date"),
        "gone_on": Column("date"),
        "note": _TEXT,
    },
    "intellectual-property": {
        "code": _CODE,
        "name": _CODE,
        "kind": _CODE,
        "classification": _TEXT,
        "department": _TEXT,
        "owner": _TEXT,
        "registration": _TEXT,
        "expires_on": Column("date"),
        "note": _TEXT,
        "readers": Column("list"),
        "reader_departments": Column("list"),
    },
}
ALIASES: Final = {"staff": "people", "portals": "doors", "accounts": "user-accounts"}
"""What earlier mappings call a target."""
