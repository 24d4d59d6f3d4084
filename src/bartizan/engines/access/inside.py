"""Who is inside, of how many, give or take how many; and the muster list, those unseen longest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bartizan.engines.access.hours import local
from bartizan.engines.access.presence import FORGETS, Passage, Presence, Sort, Whereabouts
from bartizan.engines.access.table import Table, Zone, towards
from bartizan.engines.observe import moment

_FRESH: Final = timedelta(hours=10)
"""Seen longer ago than a working day: perhaps gone by an open door."""
LEAVING: Final = frozenset({"out", "exit", "outward", "leave"})
"""What sources call the direction of going out."""
_SORTS: Final[Mapping[str, Sort]] = {
    "door.granted": "in",
    "door.exit": "out",
    "door.passback": "in",
    "door.forced": "forced",
    "door.tailgate": "tailgate",
}


@dataclass(frozen=True, slots=True)
class ZoneInside:
    """``least`` to ``most`` people are in it: those known, less ways out that nobody's badge answers, plus ways in
    that nobody is known for."""

    zone: str
    name: str
    site: str
    holders: tuple[str, ...]
    least: int
    most: int
    unknown_in: int
    unknown_out: int
    capacity: int | None


@dataclass(frozen=True, slots=True)
class MusterLine:
    holder: str
    name: str
    zone: str
    portal: str
    at: datetime
    is_certain: bool
    """Not when they may have left unseen: seen long ago, or somebody left their zone without a badge since."""
    words: str


def passage_of(row: Mapping[str, Any], table: Table) -> Passage | None:
    """A passage of an event of the lake (its columns: ``time`` in µs since 1970, ``kind``, ``actor``, ``person``,
    ``portal`` or ``place``, ``data`` with ``direction``); nothing for an event that moves nobody, or at a door that the
    table does not know. A soft pass-back counts as going in; a door that opened and nobody knows why (``unexplained``)
    as a way out that nobody was seen on."""
    data = row.get("data")
    data = data if isinstance(data, Mapping) else {}
    sort, portal = _sort(str(row.get("kind")), data), table.portal.get(_portal(row))
    if sort is None or portal is None:
        return None
    is_out = sort in ("out", "unseen_out") or str(data.get("direction", "")).lower() in LEAVING
    holder, actor = _holder(row, table), str(row.get("actor") or "")
    if sort in ("in", "out"):
        sort = ("out" if is_out else "in") if holder else ("unseen_out" if is_out else "unseen_in")
    left, zone = towards(portal, "out" if is_out else "in")
    badge = actor.partition(":")[2] if actor.startswith("badge:") else ""
    return Passage(moment(int(row["time"])), sort, portal.code, zone, left, holder, badge)


def _portal(row: Mapping[str, Any]) -> str:
    place = str(row.get("place") or "")
    return str(row.get("portal") or "") or (place.removeprefix("portal:") if place.startswith("portal:") else "")


def _sort(kind: str, data: Mapping[str, Any]) -> Sort | None:
    if kind == "door.opened" and data.get("unexplained"):
        return "unseen_out"
    return _SORTS.get(kind)


def _holder(row: Mapping[str, Any], table: Table) -> str:
    """A visitor by the badge that was given to them, as a reader of ours calls them."""
    if person := row.get("person"):
        return f"person:{str(person).removeprefix('person:')}"
    actor = str(row.get("actor") or "")
    kind, _, number = actor.partition(":")
    if kind == "badge" and number in table.visits:
        return f"visitor:{number}"
    return actor if kind in ("badge", "person", "visitor") else ""


def folded(passages: Iterable[Passage]) -> Presence:
    """Who is where after all of them, noted in the order of their times."""
    presence = Presence()
    for passage in sorted(passages, key=lambda p: p.at):
        presence.note(passage)
    return presence


def inside(presence: Presence, table: Table, now: datetime) -> tuple[ZoneInside, ...]:
    """Every zone that is not outside, in the table's order, empty ones too."""
    holders: dict[str, list[str]] = {}
    for holder, known in presence.where.items():
        if now - known.at < FORGETS:
            holders.setdefault(known.zone, []).append(holder)
    return tuple(
        _counted(presence, zone, holders.get(zone.code, []), now) for zone in table.zones if not zone.is_outside
    )


def _counted(presence: Presence, zone: Zone, holders: list[str], now: datetime) -> ZoneInside:
    unseen_in, unseen_out = presence.unknown(zone.code, now)
    known = len(holders)
    return ZoneInside(
        zone.code,
        zone.name,
        zone.site,
        tuple(sorted(holders)),
        max(0, known - unseen_out),
        known + unseen_in,
        unseen_in,
        unseen_out,
        zone.most,
    )


def muster(presence: Presence, table: Table, scope: Iterable[str], now: datetime) -> tuple[MusterLine, ...]:
    """Everybody who is, or may be, in a scope of ``site:`` and ``zone:`` references, those seen longest ago first."""
    asked = set(scope)
    lines = [
        _line(presence, table, holder, known, now)
        for holder, known in presence.where.items()
        if now - known.at < FORGETS and _is_in(table, known.zone, asked)
    ]
    return tuple(sorted(lines, key=lambda line: (line.at, line.holder)))


def _is_in(table: Table, code: str, scope: set[str]) -> bool:
    zone = table.zone.get(code)
    return zone is not None and not zone.is_outside and bool({f"zone:{code}", f"site:{zone.site}"} & scope)


def _line(presence: Presence, table: Table, holder: str, known: Whereabouts, now: datetime) -> MusterLine:
    left = [at for at in presence.unknown_out.get(known.zone, ()) if at > known.at]
    is_old = now - known.at > _FRESH
    zone, portal = table.zone[known.zone], table.portal.get(known.portal)
    at = local(table.site.get(zone.site), known.at)
    words = f"{zone.name}, through {portal.name if portal else known.portal or 'a door'} at {at:%H:%M}"
    if left:
        words += f"; {len(left)} left it since without a badge"
    elif is_old:
        words += "; long ago, perhaps gone"
    return MusterLine(
        holder, _name_of(table, holder, now), zone.code, known.portal, known.at, not left and not is_old, words
    )


def _name_of(table: Table, holder: str, now: datetime) -> str:
    """A person's or visitor's name; a badge that nobody is known to hold by its number."""
    kind, _, code = holder.partition(":")
    if kind == "person" and code in table.person:
        return table.person[code].name
    if kind == "visitor" and code in table.visits:
        visits = table.visits[code]
        return next((v.name for v in visits if v.since <= now < v.until), visits[-1].name)
    return f"{kind.capitalize()} {code}"
