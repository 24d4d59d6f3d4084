"""The access log: who passed, or was refused, at which door, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.core.access import may, visible_to
from bartizan.doors.models import Visitor
from bartizan.engines import access
from bartizan.engines.observe import split_reference
from bartizan.estate import queries as estate
from bartizan.estate.models import Person
from bartizan.watch import lake as events_of
from bartizan.watch import queries as watch
from bartizan.watch.lake import Asked, Window
from bartizan.watch.queries import Reader

SHOWN: Final = 40
WITHIN: Final = timedelta(days=7)
PASSED: Final = ("door.granted", "door.exit", "door.unlocked", "door.locked")
REFUSED: Final = "door.denied"
PASSBACK: Final = "door.passback"
"""Let in though not out, or refused for it: its outcome says which."""
WRONG: Final = ("door.forced", "door.held", "door.tailgate")
KINDS: Final = (*PASSED, REFUSED, PASSBACK, *WRONG)
VIEWS: Final = ("all", "refused", "visitors")
_RESULTS: Final[Mapping[str, str]] = {
    "door.passback": "Let in, had not left",
    "door.exit": "Opened from inside",
    "door.forced": "forced, no badge",
    "door.held": "held open",
    "door.tailgate": "somebody followed through",
    "door.locked": "Locked",
    "door.unlocked": "Unlocked",
}
_REASONS: Final[Mapping[str, str]] = {
    "two": "two people",
    "free": "emergency release",
    "unlocked": "door stood open",
    "leaving": "way out",
    "pin": "no PIN was typed",
    "second": "nobody else came",
    "unknown": "unknown badge",
    "lost": "badge reported lost",
    "ended": "badge ended",
    "not-yet": "not valid yet",
    "not-joined": "has not started yet",
    "left": "has left the house",
    "no-grant": "may not enter here",
    "hours": "not at this hour",
    "holiday": "not on a holiday",
    "no-pin": "has no PIN",
    "wrong-pin": "wrong PIN",
    "pin-locked": "PIN locked, too many tries",
    "passback": "has not left yet",
    "full": "the room is full",
    "lockdown": "lock-down",
    "locked": "door kept locked",
    "host-away": "host is not in",
    "host-full": "host has enough visitors",
    "two-person": "visitors come in after two people",
    "no-table": "no table to decide by",
    "unknown-door": "door not in the table",
    "lock-away": "lock does not answer",
    "unreadable": "card was misread",
}
"""What our readers give as reasons, short enough for a row, and without the host's name that is in some of their words;
another system's own words stand as they are."""


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


def log(user: Reader, site: str, view: str, midnight: datetime, now: datetime, *, names: bool) -> Log:
    """The latest, the newest first, and how many there were since midnight. ``names``: somebody asked to see them."""
    lake, own = watch.lake_of(user), {"site": site} if site else {}
    guests = _guests(user, now)
    asked: dict[str, Any] = own | {"kind": list(KINDS)}
    if view == "visitors":
        asked["actor"] = [f"badge:{number}" for number in guests] or ["(nobody)"]
    window = Window(now - WITHIN, now + timedelta(minutes=5))
    found = _refused(lake, window, own) if view == "refused" else _events(lake, window, asked)
    today = Window(midnight, now)
    counts = dict(events_of.counts_by(lake, "kind", today, own | {"domain": "door"}))
    refused = counts.get(REFUSED, 0)
    if counts.get(PASSBACK):
        outcomes = dict(events_of.counts_by(lake, "outcome", today, own | {"kind": PASSBACK}))
        refused += outcomes.get("failure", 0)
    rows = _rows(user, found, guests, names=names)
    return Log(tuple(rows), sum(counts.get(kind, 0) for kind in KINDS), refused)


def _events(lake: Asked, window: Window, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    return events_of.events(lake, window, asked, limit=SHOWN, is_whole=True)


def _refused(lake: Asked, window: Window, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    denied = _events(lake, window, {**own, "kind": REFUSED})
    passback = _events(lake, window, {**own, "kind": PASSBACK, "outcome": "failure"})
    return sorted([*denied, *passback], key=lambda event: event["time"], reverse=True)[:SHOWN]


Guests = Mapping[str, Sequence[Visitor]]
"""The visits of each visitor's badge: one number serves many."""


def _guests(user: Reader, now: datetime) -> Guests:
    """Those of the stretch that is shown."""
    lately = Visitor.objects.filter(until__gt=now - WITHIN, since__lt=now).select_related("host__department")
    found: dict[str, list[Visitor]] = {}
    for one in visible_to(user, lately.order_by("since")):
        found.setdefault(one.badge, []).append(one)
    return found


def _rows(user: Reader, found: Sequence[Mapping[str, Any]], guests: Guests, *, names: bool) -> list[Row]:
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
    guests: Guests,
    *,
    names: bool,
) -> Row:
    code = str(event["portal"] or split_reference(str(event["place"]))[1])
    kind, data = str(event["kind"]), event.get("data") or {}
    is_out = kind == "door.exit" or str(data.get("direction", "")).lower() in access.LEAVING
    who = _who(event, people, guests, names=names)
    level = int(event.get("level") or 0)
    is_refused = kind == REFUSED or (kind == PASSBACK and event.get("outcome") == "failure")
    words = _result(kind, data, event.get("facts") or {}, level, is_refused=is_refused)
    return Row(str(event["id"]), event["time"], is_out, who, code, doors.get(code, ""), level, is_refused, words)


def _who(event: Mapping[str, Any], people: Mapping[str, Who], guests: Guests, *, names: bool) -> Who:
    kind, number = split_reference(str(event["actor"]))
    known = people.get(str(event["person"]))
    visits = guests.get(number, ()) if kind == "badge" and not event["person"] else ()
    if visit := next((one for one in visits if one.is_here(event["time"])), None):
        host = f", for {visit.host.department}" if visit.host.department else ""
        return Who("", f"{visit if names else 'Visitor ' + visit.number}{host}", "badge")
    if known is not None and known.reference:
        return known
    if kind == "badge":
        return Who(f"badge:{number}", f"Badge {number}{', ' + known.words if known and known.words else ''}", "badge")
    if number:
        return Who(str(event["actor"]), number, "link")
    return Who("", "Nobody known" if str(event["kind"]) in WRONG else "Not known", "", is_known=False)


def _result(kind: str, data: Mapping[str, Any], facts: Mapping[str, Any], level: int, *, is_refused: bool) -> str:
    if kind == "door.granted":
        words = _passed(data, facts, level)
    elif is_refused:
        reason = _reason(data) or ("has not left yet" if kind == PASSBACK else "")
        words = f"Refused, {reason}" if reason else "Refused"
    else:
        words = _RESULTS.get(kind, kind)
    return words[:1].lower() + words[1:] if level else words


def _reason(data: Mapping[str, Any]) -> str:
    """Short where it is one of ours, else as the door system says it."""
    key = str(data.get("reason") or "")
    return _REASONS.get(key) or _own_words(data) or key


def _own_words(data: Mapping[str, Any]) -> str:
    return str(data.get("words") or "").rstrip(".")


def _passed(data: Mapping[str, Any], facts: Mapping[str, Any], level: int) -> str:
    """Let in: how; and where a rule minds it, why."""
    if level and facts.get("person_status") == "left":
        return "Let in, has left the house"
    if level and (status := facts.get("badge_status")) and status != "active":
        return f"Let in, badge {status}"
    words = _own_words(data)
    if words.startswith("Granted"):
        return words
    return f"Granted, {'badge' if data.get('reason') in (None, '', 'granted') else _reason(data)}"
