"""Who is near an alarm, and which cameras look there: fetched after the alarm itself, so that it never waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.core.access import covers, may, needs
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate import queries as estate
from bartizan.watch import lake, queries
from bartizan.watch.models import Alarm
from bartizan.watch.shown import Event, at_of, camera_url

BACK: Final = timedelta(hours=12)
"""A badge that was read longer ago says little of where its holder is."""
READS: Final = ["door.granted", "door.exit", "biometric.accepted"]
MOST: Final = 4
LOOKED_AT: Final = 2000


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody whose badge was read last at the alarm's zone or site."""

    name: str
    at: datetime
    place: str
    is_here: bool
    """In the zone itself, not only at the site."""


@dataclass(frozen=True, slots=True)
class Looking:
    code: str
    name: str
    url: str


@require_safe
@needs("see alarms")
def near(request: HttpRequest, key: int) -> HttpResponse:
    alarm = get_object_or_404(queries.alarms(request.user), pk=key)
    people = read_last(request.user, alarm)
    context = {
        "alarm": alarm,
        "people": people,
        "officers": on_site(alarm) if alarm.site else [],
        "cameras": cameras_at(request.user, alarm),
        "clip": clip_url(request.user, alarm),
        "place": "now",
    }
    part = request.headers.get("X-Part")
    return render(request, "watch/_near.html" if part else "watch/near.html", context)


def read_last(user: Any, alarm: Alarm) -> list[Near] | None:
    """Of everybody read in the last 12 hours, those whose last read anywhere was at the alarm's site; its zone first.
    Nothing when the alarm names no site or the lake does not answer."""
    if not alarm.site or not may(user, "see events"):
        return None
    try:
        here = _last_reads(user, {"kind": READS, "site": alarm.site})
        anywhere = _last_reads(user, {"kind": READS, "person": list(here)}) if here else {}
    except lake.LakeError:
        return None
    still = [read for person, read in here.items() if anywhere.get(person, read)["site"] == alarm.site]
    return _named(user, still, alarm)


def _last_reads(user: Any, filters: lake.Filters) -> dict[str, Event]:
    """The newest read of each person. Raises LakeError."""
    now = timezone.now()
    last: dict[str, Event] = {}
    for event in lake.events(queries.lake_of(user), lake.Window(now - BACK, now), filters, limit=LOOKED_AT):
        if person := event.get("person"):
            last.setdefault(str(person), event)
    return last


def _named(user: Any, reads: list[Event], alarm: Alarm) -> list[Near]:
    reads.sort(key=lambda one: (one.get("zone") != alarm.zone or not alarm.zone, -at_of(one).timestamp()))
    kept = reads[:MOST]
    references = [f"person:{one['person']}" for one in kept] + [f"zone:{one['zone']}" for one in kept if one["zone"]]
    names = estate.names_of(user, references)
    return [
        Near(
            names[f"person:{one['person']}"],
            at_of(one),
            names.get(f"zone:{one['zone']}", ""),
            is_here=bool(alarm.zone) and one["zone"] == alarm.zone,
        )
        for one in kept
    ]


def on_site(alarm: Alarm) -> list[User]:
    """Specialists whose reach is limited to sites, this one among them: who of them is on duty no roster says yet."""
    officers = User.objects.filter(is_active=True, role=Role.SPECIALIST).order_by("last_name", "username")
    return [one for one in officers if alarm.site in one.sites and covers(one, alarm)][:MOST]


def cameras_at(user: Any, alarm: Alarm) -> list[Looking]:
    """The cameras in the alarm's zone or on its door, for whoever may look through them."""
    if not may(user, "see cameras"):
        return []
    own = alarm.device.partition(":")[2] if alarm.device.startswith("camera:") else ""
    at_door = Q(portal__code=alarm.portal) | Q(zone__portals_in__code=alarm.portal) if alarm.portal else Q()
    there = Q(code=own) | at_door | (Q(zone__code=alarm.zone) if alarm.zone else Q())
    devices = estate.devices(user).filter(there, kind="camera").distinct()
    return [Looking(one.code, one.name, camera_url(one.code, alarm.first_at)) for one in devices[:MOST]]


def clip_url(user: Any, alarm: Alarm) -> str:
    """Where the room of cameras puts the clip of this place and moment; empty without such a room or permission."""
    if not may(user, "see cameras"):
        return ""
    try:
        address = reverse("cameras-clip-for")
    except NoReverseMatch:
        return ""
    camera = alarm.device.partition(":")[2] if alarm.device.startswith("camera:") else ""
    asked = {"zone": alarm.zone, "portal": alarm.portal, "camera": camera}
    at = alarm.first_at.isoformat(timespec="seconds")
    return address + "?" + urlencode({name: value for name, value in asked.items() if value} | {"at": at})


urlpatterns = [path("alarms/<int:key>/near", near, name="alarm-near")]
