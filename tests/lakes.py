"""Events in a real lake, for tests of it and of the pages that read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4, uuid5

from bartizan.engines.observe import KINDS, microseconds
from bartizan.watch.intake.identity import NAMESPACE
from bartizan.watch.lake import Lake, Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = Window(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
_numbers = count(1)


def event(at: datetime, kind: str = "door.granted", **fields: Any) -> dict[str, Any]:
    """A judged event at the vault's door, as the judge stores it, received a second later."""
    known = KINDS.get(kind)
    usual: dict[str, Any] = {
        "id": str(UUID(int=(7 << 76) | (2 << 62) | next(_numbers))),
        "time": microseconds(at),
        "received": microseconds(at + timedelta(seconds=1)),
        "source": "doors",
        "kind": kind,
        "domain": known.domain if known else "host",
        "actor": "badge:4417",
        "person": "K-3",
        "place": "portal:KP-0-001",
        "portal": "KP-0-001",
        "zone": "KP-0.01",
        "site": "KP",
        "level": 0,
        "summary": f"Badge 4417: {kind}",
        "raw": f"raw message of {kind}",
    }
    return usual | fields


def emptied(lake: Lake) -> Lake:
    """The lake without the events of the test before: cheaper than making another."""
    lake._commit(lambda connection: connection.execute("DELETE FROM lake.event"))
    return lake


def seen(seconds: float = 0, *, key: str = "", kind: str = "door.granted", **fields: Any) -> dict[str, Any]:
    """An event so many seconds after noon, as the judge hands it over."""
    at = microseconds(NOON + timedelta(seconds=seconds))
    return {
        "id": str(uuid5(NAMESPACE, key) if key else uuid4()),
        "time": at,
        "received": at + 1_000,
        "source": "mill-lane-doors",
        "kind": kind,
        "domain": KINDS[kind].domain,
        "class_uid": KINDS[kind].class_uid,
        **fields,
    }
