"""Looking for who or what was seen: by camera, zone, kind and time, each with its picture."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from bartizan.cameras import pictures, queries
from bartizan.cameras.jump import NotAMomentError, moment_from, typed
from bartizan.cameras.models import Sighting
from bartizan.cameras.pages.asked import jpeg, lasted, note_pictures, user_of
from bartizan.core.access import needs
from bartizan.estate import queries as estate
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone

PAGE: Final = 24
FIRST: Final = timedelta(hours=24)
"""How far back is looked when nobody says from when."""
MOST: Final = 20_000
"""Of the latest sightings, among which those of a zone are looked for."""


@require_safe
@needs("see cameras")
def search(request: HttpRequest) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    clock = as_zone(zone_of(user))
    since, until, trouble = _between(request, now, clock)
    found = _asked(request, queries.sightings(user).defer("path"), since, until)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    zones = _zones(user)
    context = {
        "place": "cameras",
        "tab": "search",
        "page": page,
        "found_n": page.paginator.count,
        "cameras": list(queries.cameras(user)),
        "kinds": Sighting.KINDS,
        "zones": sorted(zones.items(), key=lambda pair: pair[1]),
        "asked": request.GET,
        "since": since,
        "until": until,
        "typed_from": typed(since, clock),
        "typed_to": typed(until, clock),
        "trouble": trouble,
        "rows": [_row(one, zones) for one in page],
        "query": urlencode([(k, v) for k, v in request.GET.items() if k != "page"]),
    }
    return render(request, "cameras/search.html", context, status=422 if trouble else 200)


def _between(request: HttpRequest, now: datetime, clock: tzinfo) -> tuple[datetime, datetime, str]:
    """The last day unless something else was typed; and what is wrong with what was."""
    since, until = now - FIRST, now
    try:
        if words := request.GET.get("to", "").strip()[:40]:
            until = moment_from(words, now, clock)
            since = until - FIRST
        if words := request.GET.get("from", "").strip()[:40]:
            since = moment_from(words, now, clock)
    except NotAMomentError as error:
        return since, until, str(error)
    return since, until, "The beginning lies after the end." if since > until else ""


def _asked(request: HttpRequest, found: QuerySet[Sighting], since: datetime, until: datetime) -> Any:
    kind, code, zone = (request.GET.get(name, "") for name in ("kind", "camera", "zone"))
    found = found.filter(begun_at__lte=until, ended_at__gte=since)
    if code:
        found = found.filter(camera__device__code=code)
    found = found.filter(kind=kind) if kind in dict(Sighting.KINDS) else found.exclude(kind="motion")
    if not zone:
        return found
    # JSON lists are told apart here and not by the database: SQLite knows no "contains" for them
    return [
        one
        for one in found.order_by("-begun_at")[:MOST]
        if zone in one.zones or (one.camera.device.zone and one.camera.device.zone.code == zone)
    ]


def _zones(user: Any) -> dict[str, str]:
    """Zones of the estate in which cameras hang, and those drawn on pictures, by what sightings call them."""
    named = {}
    for camera in queries.cameras(user):
        if camera.device.zone:
            named[camera.device.zone.code] = camera.device.zone.name
        for zone in camera.zones:
            named[zone.get("zone") or zone["name"]] = zone["name"]
    places = dict(estate.zones(user).filter(code__in=named).values_list("code", "name"))
    return named | places


def _row(sighting: Sighting, zones: dict[str, str]) -> dict[str, Any]:
    return {
        "sighting": sighting,
        "where": ", ".join(zones.get(zone, zone) for zone in sighting.zones[:3]),
        "length": lasted(sighting.begun_at, sighting.ended_at),
    }


@require_safe
@needs("see cameras")
def picture(request: HttpRequest, key: int) -> HttpResponse:
    sighting = get_object_or_404(queries.sightings(user_of(request)), pk=key)
    note_pictures(request, sighting.camera.code)
    return jpeg(pictures.thumbnail(sighting.thumbnail), "There is no picture of it.")


urlpatterns = [
    path("cameras/search", search, name="cameras-search"),
    path("cameras/seen/<int:key>/picture", picture, name="camera-seen-picture"),
]
