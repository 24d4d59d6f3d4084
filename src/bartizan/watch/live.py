"""What of the live stream's messages about alarms, events, doors and sources each user hears."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from bartizan.core.access import Reach, reach_of
from bartizan.core.live import topic
from bartizan.estate import queries as estate
from bartizan.estate.models import Person, Zone

TRUSTED = 5
"""Seconds for which a process trusts which people and rooms belong to a department."""
Codes = tuple[frozenset[str], frozenset[str]]


def people_and_rooms(reach: Reach) -> Codes:
    """Codes of the people of the reach's departments, and of their rooms."""
    return _people_and_rooms(reach, int(time.monotonic() // TRUSTED))


@lru_cache(maxsize=64)
def _people_and_rooms(reach: Reach, _turn: int) -> Codes:
    people = Person.objects.filter(department__code__in=reach.departments).values_list("code", flat=True)
    rooms = Zone.objects.filter(department__code__in=reach.departments).values_list("code", flat=True)
    return frozenset(people), frozenset(rooms)


def is_within(reach: Reach, about: dict[str, Any]) -> bool:
    """Whether an event or alarm, by its ``site``, ``person`` and ``zone``, lies within the reach."""
    if reach.sites and about.get("site") not in reach.sites:
        return False
    if not reach.departments:
        return True
    people, rooms = people_and_rooms(reach)
    return about.get("person") in people or about.get("zone") in rooms


def _alarm(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    return body if body.get("holder_id") == user.pk or is_within(reach_of(user), body) else None


def _events(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    """How many there were elsewhere is nobody else's business either."""
    rows = [row for row in body["rows"] if is_within(reach_of(user), row)]
    return {"n": len(rows), "rows": rows} if rows else None


def _door(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    return body if estate.portals(user).filter(code=body.get("code")).exists() else None


def _device(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    return body if estate.devices(user).filter(code=body.get("code")).exists() else None


def _act(user: Any, body: dict[str, Any]) -> dict[str, Any] | None:
    sites = reach_of(user).sites
    return body if not sites or body.get("site") in sites else None


topic("alarm", "see alarms", _alarm, kept=("site", "person", "zone", "holder_id"))
topic("events", "see events", _events)
topic("door", "see places", _door)
topic("device", "see places", _device)
topic("source", "see sources")
topic("act", "see events", _act, kept=("site",))
