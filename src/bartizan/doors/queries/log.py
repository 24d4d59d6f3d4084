"""The access log: who passed, or was refused, at which door, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.core.access import may, visible_to
from bartizan.doors.models import Visitor
from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.estate.models import Person
from bartizan.watch import lake as events_of
from bartizan.watch import queries as watch
from bartizan.watch.lake import Window
from bartizan.watch.queries import Reader

SHOWN: Final = 40
WITHIN: Final = timedelta(days=7)
PASSED: Final = ("door.granted", "door.exit", "door.unlocked", "door.locked")
REFUSED: Final = ("door.denied", "door.passback")
WRONG: Final = ("door.forced", "door.held", "door.tailgate")
VIEWS: Final = ("all", "refused", "visitors")
_LEAVING: Final = frozenset({"out", "exit", "outward", "leave"})
_RESULTS: Final[Mapping[str, str]] = {
    "door.granted": "Granted, badge",
    "door.denied": "Refused",
    "door.passback": "Refused, has not left yet",
    "door.exit": "Opened from inside",
    "door.forced": "forced, no badge",
    "door.held": "held open",
    "door.tailgate": "somebody followed through",
    "door.locked": "Locked",
    "door.unlocked": "Unlocked",
}
_REASONS: Final[Mapping[str, str]] = {
    "two": "two people",
    "released": "emergency release",
    "unlocked": "door stood open",
    "unknown": "unknown badge",
    "lost": "badge reported lost",
    "ended": "badge ended",
    "not-yet": "not valid yet",
    "expired": "no longer valid",
    "not-joined": "has not started yet",
    "left": "has left the house",
    "no-grant": "may not enter here",
    "hours": "not at this hour",
    "holiday": "not on a holiday",
    "wrong-pin": "wrong PIN",
    "pin-locked": "PIN locked, too many tries",
    "passback": "has not left yet",
    "full": "the room is full",
    "lockdown": "lock-down",
    "locked": "door kept locked",
    "host-away": "host is not in",
    "host-full": "host has enough visitors",
    "no-table": "no table to decide by",
    "unknown-door": "door not in the table",
    "same-badge": "same badge twice",
}
"""What the engine gives as reasons, short enough for a row; another system's own words stand as they are."""


@dataclass(frozen=True, slots=True)
class Who:
    reference: str
    """Empty where it is nobody's to open."""
    words: str
    icon: str
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    at: datetime
    is_out: bool
    who: Who
    door: str
    door_name: str
    level: int
    is_refused: bool
    words: str


@dataclass(frozen=True, slots=True)
class Log:
    rows: tuple[Row, ...]
    today: int
    refused: int
    visitors: int


def log(user: Reader, site: str, view: str, midnight: datetime, now: datetime, *, names: bool) -> Log:
    """The latest, the newest first, and how many there were since midnight. ``names``: somebody asked to see them."""
    lake, own = watch.lake_of(user), {"site": site} if site else {}
    guests = _guests(user, now)
    kinds = REFUSED if view == "refused" else (*PASSED, *REFUSED, *WRONG)
    asked: dict[str, Any] = own | {"kind": list(kinds)}
    if view == "visitors":
        asked["actor"] = [f"badge:{number}" for number in guests] or ["(nobody)"]
    window = Window(now - WITHIN, now + timedelta(minutes=5))
    found = events_of.events(lake, window, asked, limit=SHOWN, is_whole=True)
    counts = dict(events_of.counts_by(lake, "kind", Window(midnight, now), own | {"domain": "door"}))
    total = sum(counts.get(kind, 0) for kind in (*PASSED, *REFUSED, *WRONG))
    refused = sum(counts.get(kind, 0) for kind in REFUSED)
    return Log(tuple(_rows(user, found, guests, names=names)), total, refused, len(guests))


def _guests(user: Reader, now: datetime) -> dict[str, Visitor]:
    """Visitors' badges of the stretch that is shown, the latest visit of each."""
    lately = Visitor.objects.filter(until__gt=now - WITHIN, since__lt=now).select_related("host__department")
    return {one.badge: one for one in visible_to(user, lately.order_by("since"))}


def _rows(user: Reader, found: Sequence[Mapping[str, Any]], guests: Mapping[str, Visitor], *, names: bool) -> list[Row]:
    doors = dict(estate.portals(user).values_list("code", "name"))
    people = _people(user, {str(e["person"]) for e in found if e["person"]}, names=names)
    return [_row(event, doors, people, guests, names=names) for event in found]


def _people(user: Reader, codes: set[str], *, names: bool) -> dict[str, Who]:
    """What a badge's holder is called: by name for those of the reader's own department, or once names were asked for;
    by department for others; not at all for whoever may not see people."""
    if not may(user, "see people"):
        return {}
    own = getattr(user, "person", "")
    mine = Person.objects.filter(code=own).values_list("department", flat=True).first() if own else None
    rows = visible_to(user, Person.objects.filter(code__in=codes).select_related("department"))
    found = {}
    for one in rows:
        is_named = names or (mine is not None and one.department_id == mine)
        words = one.name if is_named else one.department.name if one.department else ""
        found[one.code] = Who(f"person:{one.code}" if is_named else "", words, "team" if is_named else "badge")
    return found


def _row(
    event: Mapping[str, Any],
    doors: Mapping[str, str],
    people: Mapping[str, Who],
    guests: Mapping[str, Visitor],
    *,
    names: bool,
) -> Row:
    code = str(event["portal"] or split_reference(str(event["place"]))[1])
    kind, data = str(event["kind"]), event.get("data") or {}
    is_out = kind == "door.exit" or str(data.get("direction", "")).lower() in _LEAVING
    who = _who(event, people, guests, names=names)
    level = int(event.get("level") or 0)
    return Row(
        str(event["id"]), event["time"], is_out, who, code, doors.get(code, ""), level, kind in REFUSED,
        _result(kind, data, event.get("facts") or {}, level),
    )  # fmt: skip


def _who(event: Mapping[str, Any], people: Mapping[str, Who], guests: Mapping[str, Visitor], *, names: bool) -> Who:
    kind, number = split_reference(str(event["actor"]))
    known = people.get(str(event["person"]))
    if visit := guests.get(number) if kind == "badge" and not event["person"] else None:
        host = f", for {visit.host.department}" if visit.host.department else ""
        return Who("", f"{visit if names else 'Visitor ' + visit.number}{host}", "badge")
    if known is not None and known.reference:
        return known
    if kind == "badge":
        return Who(f"badge:{number}", f"Badge {number}{', ' + known.words if known and known.words else ''}", "badge")
    if number:
        return Who(str(event["actor"]), number, "link")
    return Who("", "Nobody known" if str(event["kind"]) in WRONG else "Not known", "", is_known=False)


def _result(kind: str, data: Mapping[str, Any], facts: Mapping[str, Any], level: int) -> str:
    words, reason = _RESULTS.get(kind, kind), str(data.get("reason") or "")
    reason = _REASONS.get(reason, reason)
    if kind == "door.granted":
        return _passed(data, facts, reason, level)
    if kind == "door.denied" and reason:
        words = f"{words}, {reason}"
    return words[:1].lower() + words[1:] if level else words


def _passed(data: Mapping[str, Any], facts: Mapping[str, Any], reason: str, level: int) -> str:
    """Let in: how; and where a rule minds it, why."""
    if level and facts.get("person_status") == "left":
        return "let in, has left the house"
    if level and (status := facts.get("badge_status")) and status != "active":
        return f"let in, badge {status}"
    words = "badge + PIN" if data.get("pin") else "badge" if reason in ("", "granted") else reason
    return f"{'granted' if level else 'Granted'}, {words}"
