"""When more alarms wait than anybody can read: one row an area, the first alarm of each on top.

ANSI/ISA-18.2 speaks of a flood from ten new alarms in ten minutes for one person; here it is what no longer fits on a
screen. Nothing is hidden: each row says how many more wait there and opens them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from bartizan.core.access import needs
from bartizan.estate import queries as estate
from bartizan.watch import actions, queries
from bartizan.watch.models import Alarm

FLOOD: Final = 40
"""So many rows that wait are more than a screen holds."""
MOST: Final = 200
"""Rows that the queue shows, and alarms that one deed takes."""


@dataclass(frozen=True, slots=True)
class Area:
    """What waits in one zone; outside of any, at one site."""

    zone: str
    site: str
    number: int
    worst: int
    first: int
    """The alarm with which it began there."""

    @property
    def code(self) -> str:
        return f"zone:{self.zone}" if self.zone else f"site:{self.site}"


def areas(waiting: QuerySet[Alarm]) -> list[Area]:
    """The worst first, of equals the one that began first."""
    found = waiting.order_by().values("zone", "site").annotate(number=Count("pk"), worst=Max("level"), first=Min("pk"))
    return [Area(**row) for row in found.order_by("-worst", "first")]


def of_area(waiting: QuerySet[Alarm], code: str) -> QuerySet[Alarm]:
    """Those of one area; all of them when none is named."""
    kind, _, name = code.partition(":")
    if kind == "zone":
        return waiting.filter(zone=name)
    return waiting.filter(zone="", site=name) if kind == "site" else waiting


def rows(waiting: QuerySet[Alarm]) -> tuple[list[Alarm], int]:
    """The first alarm of each area, told how many more wait there, and how many areas found no place."""
    found = areas(waiting)
    first: dict[Any, Alarm] = waiting.in_bulk([area.first for area in found[:MOST]])
    shown: Sequence[Area] = [area for area in found[:MOST] if area.first in first]
    for area in shown:
        first[area.first].area = area  # type: ignore[attr-defined]  # for the template alone
    return [first[area.first] for area in shown], len(found) - len(shown)


def name_of(user: Any, code: str) -> str:
    """The area in words, as far as ``user`` may see places; else its code."""
    kind, _, name = code.partition(":")
    if kind == "zone":
        zone = estate.zones(user).filter(code=name).first()
        return zone.name if zone else name
    site = estate.sites(user).filter(code=name).first() if name else None
    return site.name if site else name or "no place known"


@require_POST
@needs("work alarms")
def acknowledge(request: HttpRequest) -> HttpResponse:
    """All that waits in one area, at most so many at once as a transaction bears."""
    user: Any = request.user
    area = request.POST.get("area", "")
    if area:
        actions.acknowledge_all(list(of_area(queries.waiting(user), area)[:MOST]), user)
    return redirect(f"/?{urlencode({'area': area})}" if area else "/")


urlpatterns = [path("alarms/acknowledge", acknowledge, name="alarms-acknowledge")]
