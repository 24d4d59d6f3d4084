"""Who is inside now, worked out from what the doors reported within a day."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from bartizan.core.access import may, reach_of
from bartizan.doors.queries.table import current_table
from bartizan.engines import access
from bartizan.engines.observe import microseconds
from bartizan.estate import queries as estate
from bartizan.estate.models import Site
from bartizan.estate.queries import Reader
from bartizan.watch import queries as watch
from bartizan.watch.lake import Asked, LakeError

log = logging.getLogger(__name__)
SEEN_WITHIN: Final = timedelta(hours=24)
TRUSTED: Final = 3
"""Seconds for which a process trusts what it has read: pages ask again with every event."""
KINDS: Final = ("door.granted", "door.exit", "door.forced", "door.tailgate", "door.passback")
_UNSEEN: Final = frozenset({"forced", "tailgate", "unseen_in", "unseen_out"})


@dataclass(frozen=True, slots=True)
class SiteInside:
    code: str
    name: str
    known: int
    """People who are known to have come in and not to have left."""
    unseen_in: int
    unseen_out: int
    """How many may have come in, or left, by a way to the outside without anybody being known; no more can have left
    than came."""
    zones: tuple[access.ZoneInside, ...]
    """Those with somebody in them, with a capacity, or with somebody not known; the fullest first."""
    people: tuple[access.MusterLine, ...]


@dataclass(frozen=True, slots=True)
class Inside:
    at: datetime
    sites: tuple[SiteInside, ...] = ()
    note: str = ""
    """What could not be looked at, in words."""

    @property
    def known(self) -> int:
        return sum(site.known for site in self.sites)

    @property
    def unsure(self) -> int:
        """Give or take how many."""
        return sum(max(site.unseen_in, site.unseen_out) for site in self.sites)


@dataclass(frozen=True, slots=True)
class _Folded:
    presence: access.Presence
    unseen: tuple[access.Passage, ...] = ()
    """Ways through a door that nobody is known for."""
    note: str = ""


def inside(user: Reader, now: datetime) -> Inside:
    """Everybody inside the sites that the user may see. Names are in it: ask before showing them."""
    sites = list(estate.sites(user).values_list("code", "name"))
    return _inside(sites, _for(user, now), now)


def everybody(now: datetime) -> Inside:
    """The same for the list that is printed by the clock, whoever reads it."""
    sites = list(Site.objects.order_by("name").values_list("code", "name"))
    return _inside(sites, folded(watch.lake(), current_table(now), now), now)


def _inside(sites: Sequence[tuple[str, str]], found: _Folded, now: datetime) -> Inside:
    table = current_table(now)
    zones = access.inside(found.presence, table, now)
    return Inside(
        now,
        tuple(_site(code, name, zones, found, table, now) for code, name in sites),
        found.note,
    )


def _site(
    code: str, name: str, zones: Sequence[access.ZoneInside], found: _Folded, table: access.Table, now: datetime
) -> SiteInside:
    own = [zone for zone in zones if zone.site == code]
    told = [zone for zone in own if zone.holders or zone.capacity or zone.unknown_in]
    told.sort(key=lambda zone: (-len(zone.holders), zone.zone))
    people = access.muster(found.presence, table, [f"site:{code}"], now)
    unseen_in, unseen_out = _unseen(found, {zone.zone for zone in own}, len(people))
    return SiteInside(code, name, len(people), unseen_in, unseen_out, tuple(told), people)


def _unseen(found: _Folded, zones: Collection[str], known: int) -> tuple[int, int]:
    """Ways into and out of some zones together that nobody is known for: who goes from room to room in them changes
    nothing."""
    came = sum(1 for one in found.unseen if one.sort != "unseen_out" and one.zone in zones and one.left not in zones)
    went = sum(1 for one in found.unseen if one.sort == "unseen_out" and one.left in zones and one.zone not in zones)
    return came, min(went, known)


@dataclass(frozen=True, slots=True)
class Part:
    """Of some zones together."""

    people: tuple[str, ...]
    """Holders, as ``person:K-3``."""
    unsure: int


def inside_zones(user: Reader, zones: Collection[str], now: datetime) -> Part:
    """Who is in one of them, and give or take how many."""
    found = _for(user, now)
    here = [each for each in access.inside(found.presence, current_table(now), now) if each.zone in zones]
    holders = tuple(holder for each in here for holder in each.holders)
    return Part(holders, max(_unseen(found, zones, len(holders))))


_kept: dict[Any, _Folded] = {}


def _for(user: Reader, now: datetime) -> _Folded:
    """What the user may see of it, read anew every few seconds at most, however many pages ask."""
    key = (reach_of(user), may(user, "see events"), int(time.monotonic() // TRUSTED))
    if key not in _kept:
        if len(_kept) > 64:
            _kept.clear()
        _kept[key] = folded(watch.lake_of(user), current_table(now), now)
    return _kept[key]


def forget() -> None:
    """A test begins with another lake."""
    _kept.clear()


def folded(lake: Asked, table: access.Table, now: datetime) -> _Folded:
    """What the doors reported, folded; without the lake nobody is known, and that is said."""
    asked = (
        "SELECT time, kind, actor, person, place, portal, data FROM " + lake.table + " WHERE time > ? AND time <= ?"  # noqa: S608
        " AND (kind IN (" + ", ".join("?" * len(KINDS)) + ")"
        # Most openings only follow a passage; those of which nobody knows why are few.
        " OR kind = 'door.opened' AND data LIKE '%\"unexplained\"%') ORDER BY time"
    )
    try:
        rows = lake.ask(asked, [now - SEEN_WITHIN, now, *KINDS]).to_pylist()
    except LakeError as error:
        log.warning("Who is inside could not be read from the lake: %s", error)
        return _Folded(access.Presence(), (), "The events cannot be read now, so nobody can be counted.")
    passages = [one for row in rows if (one := access.passage_of(_plain(row), table))]
    unseen = tuple(one for one in passages if one.sort in _UNSEEN)
    return _Folded(access.folded(passages), unseen)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    data = row["data"]
    return row | {"time": microseconds(row["time"]), "data": orjson.loads(data) if data else {}}
