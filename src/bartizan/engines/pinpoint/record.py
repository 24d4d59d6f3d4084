"""Events as the engine sees them: facts worked out from the estate alone, in the order of time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from bartizan.engines.context import Context, Estate
from bartizan.engines.context.aliases import bare_account
from bartizan.engines.observe import microseconds
from bartizan.engines.pinpoint.model import Event

_TEXTS = (
    "id", "source", "kind", "actor", "place", "device", "asset", "outcome", "raw"
)  # fmt: skip
# Facts of the live line that rest on a longer memory than the events handed in here: taken over where given.
_REMEMBERED = ("first_place", "dormant_days", "travel_kmh", "owner_elsewhere", "owner_badged", "level")


@dataclass(frozen=True, slots=True)
class Record:
    """One event with its references. ``leaf`` records are shown but lead no further."""

    id: str
    time: int
    kind: str
    domain: str
    actor: str
    person: str
    host: str
    zone: str
    portal: str
    site: str
    remote: str
    asset: str
    device: str
    level: int
    sentence: str
    facts: Mapping[str, Any]

    @property
    def keys(self) -> tuple[str, ...]:
        """References under which other events can be linked to this one."""
        named = (
            self.actor,
            self.person and f"person:{self.person}",
            self.host and f"host:{self.host}",
            self.zone and f"zone:{self.zone}",
            self.portal and f"portal:{self.portal}",
            self.remote and f"ip:{self.remote}",
            self.asset,
        )
        return tuple(dict.fromkeys(key for key in named if key))

    @property
    def is_leaving(self) -> bool:
        direction = self.facts.get("direction")
        return self.kind == "door.exit" or (isinstance(direction, str) and direction.lower() in ("out", "exit"))

    @property
    def is_elsewhere(self) -> bool:
        """Whoever the user account or desk belongs to was on record as being in another place."""
        return self.facts.get("owner_elsewhere", "no") != "no" or bool(self.facts.get("owner_badged"))

    @property
    def is_odd(self) -> bool:
        facts = self.facts
        return (
            facts.get("badge_status", "active") != "active"
            or facts.get("person_status") == "left"
            or bool(facts.get("travel_short_seconds"))
        )


def records(events: Iterable[Event], estate: Estate) -> list[Record]:
    """Each event once, oldest first, whatever the order in which they were given."""
    context = Context(estate)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for event in events:
        plain = _plain(event)
        key = (plain["time"], plain["id"])
        if key not in found or plain_bytes(plain) < plain_bytes(found[key]):
            found[key] = plain
    return [_record(context.enrich(dict(found[key])), found[key]) for key in sorted(found)]


def plain_bytes(told: object) -> bytes:
    """The same bytes for the same event, or the same list of events."""
    try:
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    except TypeError:  # a whole number beyond 64 bits: another writer, for that event alone, that knows no such bound
        if isinstance(told, list) and len(told) > 1:
            return b"\n".join(map(plain_bytes, told))
        return json.dumps(told, sort_keys=True, default=str).encode()


def canonical(events: Iterable[Event]) -> bytes:
    """The same bytes for the same events in any order: what the digest is taken of."""
    return b"\n".join(sorted({plain_bytes(_plain(event)) for event in events}))


def _plain(event: Event) -> dict[str, Any]:
    plain: dict[str, Any] = {name: str(value) for name in _TEXTS if (value := event.get(name))}
    plain.setdefault("kind", "unknown")
    plain["time"] = _us(event.get("time"))
    data = event.get("data")
    plain["data"] = _data(data)
    plain.update({name: value for name in _REMEMBERED if _is_plain(value := event.get(name))})
    if "id" not in plain:
        plain["id"] = sha256(plain_bytes(plain)).hexdigest()[:32]
    return plain


def _data(data: object) -> dict[str, Any]:
    if isinstance(data, (str, bytes)):
        try:
            data = orjson.loads(data)
        except orjson.JSONDecodeError:
            return {}
    return {str(k): v for k, v in data.items()} if isinstance(data, Mapping) else {}


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))


def _us(time: object) -> int:
    if isinstance(time, datetime) and time.tzinfo is not None:
        return microseconds(time)
    return time if type(time) is int else 0


def _record(event: dict[str, Any], given: Mapping[str, Any]) -> Record:
    event.update({name: given[name] for name in _REMEMBERED if name in given})
    level = event.get("level")
    return Record(
        id=event["id"],
        time=event["time"],
        kind=event["kind"],
        domain=event["domain"],
        actor=_actor(event.get("actor", "")),
        person=event.get("person", ""),
        host=event.get("host", ""),
        zone=event.get("zone", ""),
        portal=event.get("portal", ""),
        site=event.get("site", ""),
        remote=event.get("remote_address", ""),
        asset=event.get("asset", ""),
        device=event.get("device", ""),
        level=level if type(level) is int else 0,
        sentence=event["summary"],
        facts=event | {"direction": event["data"].get("direction")},
    )


def _actor(reference: str) -> str:
    kind, _, name = reference.partition(":")
    return f"user:{bare_account(name)}" if kind == "user" else reference
