"""One event in full: what it says, when and where, what stood beside it, and the message as it was received."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import orjson

from bartizan.core.access import visible_to
from bartizan.core.models import User
from bartizan.engines.observe import moment, split_reference
from bartizan.estate import queries as estate
from bartizan.watch import lake as events_of
from bartizan.watch import queries, shown
from bartizan.watch.lake import Asked, Window
from bartizan.watch.models import Alarm
from bartizan.web.words import duration_words, offset_words

SAME = ("zone", "place", "device", "host", "actor", "person")
# From wide to narrow, until fewer than MOST lie around the event: a busy place is looked at more closely.
LOOKS = (3600.0, 300.0, 20.0)
MOST = 200
BESIDE = 3
RAW_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class Detail:
    event: shown.Event
    row: shown.Shown
    title: str
    sentence: str
    day: str
    """The full time on the site's clock."""
    utc: str
    received: str
    skew: str
    who: list[tuple[str, str]]
    """References with their names."""
    device: list[tuple[str, str]]
    asset: list[tuple[str, str]]
    place: list[tuple[str, str]]
    outcome: str
    alarms: list[Alarm]
    cases: list[Any]
    beside: list[shown.Shown]
    raw: str
    is_raw_cut: bool
    digest: str
    facts: list[tuple[str, str]]

    @property
    def main(self) -> str:
        """The entity that O opens."""
        named = [*self.who, *self.device, *self.place]
        return named[0][0] if named else ""


def detail(lake: Asked, user: User, event_id: str, zone: tzinfo) -> Detail | None:
    """Everything about one event, or nothing when the lake does not hold it."""
    event = events_of.event(lake, event_id)
    if event is None:
        return None
    names = estate.names_of(user, [*shown.references(event), *fact_references(event)])
    at, raw = shown.at_of(event), as_received(event)
    local = at.astimezone(zone)
    return Detail(
        event=event,
        row=shown.shown(user, [event], zone)[0],
        title=shown.kind_words(str(event["kind"])),
        sentence=shown.sentence(event),
        day=f"{local:%a} {local.day} {local:%b %Y %H:%M:%S}.{local.microsecond // 1000:03d} {local:%Z}",
        utc=f"{at.astimezone(UTC):%H:%M:%S} UTC",
        received=_received(event),
        skew="; ".join(filter(None, (_skew(event), _measured(event, at, zone)))),
        who=_named(event, names, "actor", "person"),
        device=_named(event, names, "device", "host"),
        asset=_named(event, names, "asset"),
        place=_named(event, names, "portal", "zone", "site") or _named(event, names, "place"),
        outcome=_outcome(event),
        alarms=(alarms := alarms_on(user, event_id)),
        cases=[case for alarm in alarms for case in visible_to(user, alarm.cases.all())],
        beside=_beside(lake, user, event, zone),
        raw=raw[:RAW_SHOWN],
        is_raw_cut=len(raw) > RAW_SHOWN,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        facts=_facts(event, names),
    )


def alarms_on(user: User, event_id: str) -> list[Alarm]:
    """The alarms that rest on this event; each knows its cases."""
    return list(queries.alarms(user).filter(events__event=event_id).order_by("-level").distinct())


def as_received(event: shown.Event) -> str:
    """The message itself; where the source's own fields are all there was, those."""
    if raw := str(event.get("raw") or ""):
        return raw
    return orjson.dumps(event.get("data") or {}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _outcome(event: shown.Event) -> str:
    """``success, by console``."""
    way = str((event.get("facts") or {}).get("login_way") or "")
    return ", by ".join(part for part in (str(event.get("outcome") or ""), way) if part)


def _received(event: shown.Event) -> str:
    seconds = (_moment(event["received"]) - shown.at_of(event)).total_seconds()
    if seconds < 0:
        return f"received {_short(-seconds)} before its own time"
    return f"received {_short(seconds)} later"


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else moment(int(str(value)))


def _short(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else duration_words(seconds)


def _skew(event: shown.Event) -> str:
    """What intake said of the source's clock, if it was off."""
    return str(event.get("clock") or "")


def _measured(event: shown.Event, at: datetime, zone: tzinfo) -> str:
    """What somebody measured of its source's clock then, and when it happened by that."""
    found = queries.clock_offsets(Window(at, at + timedelta(microseconds=1))).get(str(event["source"]))
    if not found:
        return ""
    told, true = found[-1], at - timedelta(seconds=found[-1].ahead_seconds)
    return f"{offset_words(told.ahead_seconds, told.error_seconds)}: it happened at {true.astimezone(zone):%H:%M:%S}"


def _named(event: shown.Event, names: dict[str, str], *columns: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for column in columns:
        if value := str(event.get(column) or ""):
            reference = value if column in ("actor", "place", "device", "asset") else f"{column}:{value}"
            found.setdefault(reference, names.get(reference, split_reference(reference)[1]))
    if len(found) > 1 and "person" in columns:  # the person has a chip of his own beside his badge's or account's
        first = next(iter(found))
        found[first] = found[first].partition(", ")[0]
    return list(found.items())


def _beside(lake: Asked, user: User, event: shown.Event, zone: tzinfo) -> list[shown.Shown]:
    """The nearest events before and after with the same place, device or person, this one among them."""
    found: Sequence[shown.Event] = ()
    for seconds in LOOKS:
        found = events_of.around(lake, dict(event), seconds, same=SAME, limit=MOST)
        if len(found) < MOST:
            break
    at = next((n for n, one in enumerate(found) if str(one["id"]) == str(event["id"])), None)
    if at is None:
        return []
    return shown.shown(user, found[max(0, at - BESIDE) : at + BESIDE + 1], zone)


# What is worth a line only when it is not as usual: the fact, its label, and what is usual.
_UNUSUAL = (
    ("person_status", "Person", ("employed", "unknown")),
    ("badge_status", "Badge", ("active", "unknown")),
    ("account_status", "User account", ("active", "unknown")),
    ("out_of_hours", "Out of hours", (False, "false")),
    ("origin_outside", "From outside", (False, "false")),
    ("first_place", "First time from there", (False, "false")),
    ("privileged", "Privileged", (False, "false")),
    ("account_kind", "Kind of account", ("person",)),
    ("owner_elsewhere", "Owner is in another", ("no",)),
)
_MEASURED = (
    ("travel_short_seconds", "Walking time missing", "s"),
    ("travel_kmh", "Speed between logins", "km/h"),
    ("dormant_days", "Dormant for", "days"),
)


def fact_references(event: shown.Event) -> list[str]:
    facts = event.get("facts") or {}
    named = (("person", "owner"), ("zone", "owner_seen_zone"))
    return [f"{kind}:{facts[name]}" for kind, name in named if facts.get(name)]


def _facts(event: shown.Event, names: dict[str, str]) -> list[tuple[str, str]]:
    """What the estate's records add, in words: whose it is, and what is not as usual."""
    facts = event.get("facts") or {}
    lines = [("Owner", _owner(facts, names))] if facts.get("owner") else []
    lines += [
        (label, _said(facts[name])) for name, label, usual in _UNUSUAL if name in facts and facts[name] not in usual
    ]
    lines += [(label, f"{_figure(facts[name])} {unit}") for name, label, unit in _MEASURED if name in facts]
    return lines


def _owner(facts: dict[str, object], names: dict[str, str]) -> str:
    name = names.get(f"person:{facts['owner']}", str(facts["owner"]))
    if not facts.get("owner_seen_zone"):
        return name
    where = names.get(f"zone:{facts['owner_seen_zone']}", str(facts["owner_seen_zone"]))
    seconds = float(str(facts.get("owner_seen_seconds") or 0))
    return f"{name}, last seen {duration_words(seconds)} before in {where}"


def _said(value: object) -> str:
    return "yes" if value in (True, "true") else str(value)


def _figure(value: object) -> str:
    return f"{float(str(value)):,.0f}".replace(",", "\u202f")
